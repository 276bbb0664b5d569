#pragma once
// The errands about settings, batteries, cards, news and live view. Internal to drivers/canon.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drivers/canon/ccapi_settings.h"
#include "drivers/canon/errand_for.h"

namespace nightjar::canon {

class SettingsErrand final : public ErrandFor<std::vector<hal::CameraSetting>> {
 public:
  using ErrandFor::ErrandFor;

 private:
  void first() override {
    if (!*known_) return answer(not_open());
    const auto* all = resource("shooting/settings");
    if (!all) return answer(lacks("settings"));
    get(all->path, [this](const std::string& body) {
      auto settings = parse_settings(body);
      if (!settings) return answer(no_ccapi("the list of settings"));
      answer(*std::move(settings));
    });
  }
};

/// Reads one setting; with a wish, writes it where its ability allows, and reads it again.
class SettingErrand final : public ErrandFor<hal::CameraSetting> {
 public:
  SettingErrand(hal::Completion<hal::Result<hal::CameraSetting>> completion, KnownPtr known, std::string name, std::optional<std::string> wish)
      : ErrandFor(std::move(completion), std::move(known)), name_(std::move(name)), wish_(std::move(wish)) {}

 private:
  void first() override {
    if (!*known_) return answer(not_open());
    if (!resource(resource_name())) return answer(lacks("setting \"" + name_.substr(0, kSettingNameMax) + "\""));
    read([this](hal::CameraSetting setting) {
      if (!wish_) return answer(std::move(setting));
      write(setting);
    });
  }
  std::string resource_name() const { return "shooting/settings/" + name_; }

  void read(std::function<void(hal::CameraSetting)> then) {
    get(resource(resource_name())->path, [this, then = std::move(then)](const std::string& body) {
      auto setting = parse_setting(name_, body);
      if (!setting) return answer(no_ccapi("the setting"));
      then(*std::move(setting));
    });
  }
  void write(const hal::CameraSetting& setting) {
    const auto* asked = resource(resource_name(), Method::put);
    if (!asked || setting.ability == "[]" || setting.ability == "{}" || setting.ability == "\"\"")
      return answer(hal::Error{hal::ErrorKind::invalid, "\"" + name_ + "\" cannot be changed just now"});
    if (!may_be(setting, *wish_)) return answer(hal::Error{hal::ErrorKind::invalid, "\"" + name_ + "\" cannot be set to this value"});
    send("PUT", asked->path, setting_body(*wish_), [this](const std::string&) {
      read([this](hal::CameraSetting now) { answer(std::move(now)); });
    });
  }

  std::string name_;
  std::optional<std::string> wish_;
};

/// devicestatus/battery first, always: on some bodies the list is right only after it was read.
class BatteriesErrand final : public ErrandFor<std::vector<hal::CameraBattery>> {
 public:
  using ErrandFor::ErrandFor;

 private:
  void first() override {
    if (!*known_) return answer(not_open());
    const auto* one = resource("devicestatus/battery");
    if (!one) return list();
    get(one->path, [this](const std::string& body) {
      one_ = parse_one_battery(body);
      list();
    });
  }
  void list() {
    const auto* all = resource("devicestatus/batterylist");
    if (!all && !one_) return answer(lacks("battery level"));
    if (!all) return answer(std::vector{*one_});
    get(all->path, [this](const std::string& body) {
      auto batteries = parse_batteries(body, one_ ? one_->level : std::string{});
      if (batteries && !batteries->empty()) return answer(*std::move(batteries));
      if (!one_) return answer(no_ccapi("the list of batteries"));
      answer(std::vector{*one_});
    });
  }

  std::optional<hal::CameraBattery> one_;
};

class CardsErrand final : public ErrandFor<std::vector<hal::CameraCard>> {
 public:
  using ErrandFor::ErrandFor;

 private:
  void first() override {
    if (!*known_) return answer(not_open());
    const auto* storage = resource("devicestatus/storage");
    if (!storage) return answer(lacks("list of its cards"));
    get(storage->path, [this](const std::string& body) {
      const auto cards = parse_storage(body);
      if (!cards) return answer(no_ccapi("the list of cards"));
      std::vector<hal::CameraCard> out;
      for (const auto& each : *cards) out.push_back(each.card);
      answer(std::move(out));
    });
  }
};

/// A poll that is answered at once. Bodies know one of two ways to ask for that and answer 400 to the other; without any, all answer at once.
class NewsErrand final : public ErrandFor<hal::CameraNews> {
 public:
  using ErrandFor::ErrandFor;

 private:
  void first() override {
    if (!*known_) return answer(not_open());
    const auto* polling = resource("event/polling");
    if (!polling) return answer(lacks("events"));
    poll(polling->path + (polling->version < 110 ? "?continue=off" : "?timeout=immediately"), polling->path);
  }
  void poll(const std::string& target, const std::string& otherwise) {
    const auto then = [this](const std::string& body) {
      auto news = parse_news(body);
      if (!news) return answer(no_ccapi("the news"));
      answer(*std::move(news));
    };
    const auto failed = [this, otherwise](hal::Error error) {
      if (error.kind != hal::ErrorKind::invalid || otherwise.empty()) return answer(std::move(error));
      poll(otherwise, {});
    };
    get(target, then, failed, kNewsPatience);
  }
};

class LiveViewErrand final : public ErrandFor<void> {
 public:
  LiveViewErrand(hal::Completion<hal::Result<void>> completion, KnownPtr known, std::string command)
      : ErrandFor(std::move(completion), std::move(known)), command_(std::move(command)) {}

 private:
  void first() override {
    if (!*known_) return answer(not_open());
    const auto* live_view = resource("shooting/liveview", Method::post);
    if (!live_view) return answer(lacks("live view"));
    send("POST", live_view->path, command_, [this](const std::string&) { answer({}); });
  }

  std::string command_;
};

class FrameErrand final : public ErrandFor<std::string> {
 public:
  using ErrandFor::ErrandFor;

 private:
  void first() override {
    if (!*known_) return answer(not_open());
    const auto* flip = resource("shooting/liveview/flip");
    if (!flip) return answer(lacks("live view"));
    get(flip->path, [this](const std::string& body) {
      if (!body.starts_with("\xff\xd8")) return answer(no_ccapi("the frame"));
      answer(body);
    });
  }
};

}   // namespace nightjar::canon
