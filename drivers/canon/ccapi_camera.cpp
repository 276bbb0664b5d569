#include "drivers/canon/ccapi_camera.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "drivers/canon/clock_errands.h"
#include "drivers/canon/errand_for.h"
#include "drivers/canon/lanes.h"
#include "drivers/canon/setting_errands.h"
#include "drivers/canon/shutter.h"

namespace nightjar::canon {
namespace {

constexpr auto kEntry = "/ccapi";   // the one path that is not in the capability document

class OpenErrand final : public ErrandFor<hal::CameraInfo> {
 public:
  OpenErrand(hal::Completion<hal::Result<hal::CameraInfo>> completion, KnownPtr known, const Lanes& lanes)
      : ErrandFor(std::move(completion), std::move(known)), lanes_(lanes) {}

 private:
  void first() override {
    get(kEntry, [this](const std::string& body) {
      auto capabilities = parse_capabilities(body);
      if (!capabilities) return answer(no_ccapi("the capability document"));
      found_.capabilities = std::move(*capabilities);
      ask_who();
    });
  }
  void ask_who() {
    const auto* who = found_.capabilities.find("deviceinformation", Method::get);
    if (!who) return answer(no_ccapi("a document without device information"));
    get(who->path, [this](const std::string& body) {
      auto info = parse_device_information(body);
      if (!info) return answer(no_ccapi("the device information"));
      found_.info = std::move(*info);
      keep();
    });
  }
  void keep() {
    if (const auto* manual = found_.capabilities.find("shooting/control/shutterbutton/manual", Method::post))
      found_.button = found_.held_button = {manual->path, true};
    if (const auto* simple = found_.capabilities.find("shooting/control/shutterbutton", Method::post)) found_.button = {simple->path, false};
    found_.info.shutter_path = found_.button.path;
    found_.info.certificate = lanes_.certificate();
    auto info = found_.info;
    *known_ = std::move(found_);
    answer(std::move(info));
  }

  const Lanes& lanes_;
  Known found_;
};

class CheckErrand final : public ErrandFor<void> {
 public:
  using ErrandFor::ErrandFor;

 private:
  void first() override {
    const auto* who = resource("deviceinformation");
    if (!who) return answer(not_open());
    get(who->path, [this](const std::string& body) {
      const auto info = parse_device_information(body);
      if (!info) return answer(no_ccapi("the device information"));
      if (info->serial != (*known_)->info.serial) return answer(hal::Error{hal::ErrorKind::protocol, "another camera answers here"});
      answer({});
    });
  }
};

class StatusErrand final : public ErrandFor<hal::CameraStatus> {
 public:
  using ErrandFor::ErrandFor;

 private:
  void first() override {
    if (!*known_) return answer(not_open());
    part(
        "devicestatus/battery", [this](const std::string& body) { status_.battery = parse_battery(body).value_or(""); },
        [this] { ask_heat(); });
  }
  void ask_heat() {
    part(
        "devicestatus/temperature", [this](const std::string& body) { status_.temperature = parse_temperature(body).value_or(""); },
        [this] { ask_room(); });
  }
  void ask_room() {
    part(
        "shooting/information/recordable", [this](const std::string& body) { status_.shots_left = parse_recordable(body); },
        [this] { answer(status_); });
  }

  void part(std::string_view name, std::function<void(const std::string&)> read, std::function<void()> next) {
    const auto* asked = resource(name);
    if (!asked) return next();
    const auto then = [read = std::move(read), next](const std::string& body) {
      read(body);
      next();
    };
    const auto failed = [this, next](hal::Error error) {
      using enum hal::ErrorKind;
      const bool only_this_part = error.kind == not_supported || error.kind == invalid || error.kind == io;
      if (only_this_part)
        next();
      else
        answer(std::move(error));
    };
    get(asked->path, then, failed, kErrandPatience);
  }

  hal::CameraStatus status_;
};

bool is_picture(std::string_view path) {
  auto ending = std::string{path.substr(std::min(path.size(), path.rfind('.')))};
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return ending == ".JPG" || ending == ".JPEG" || ending == ".CR3" || ending == ".CR2" || ending == ".HIF";
}

/// The current folder, or on bodies that do not tell it the last folder of the first card that holds files; its last page; the last
/// picture of that.
class PictureErrand final : public ErrandFor<hal::Picture> {
 public:
  using ErrandFor::ErrandFor;

 private:
  void first() override {
    if (!*known_) return answer(not_open());
    if (const auto* directory = resource("devicestatus/currentdirectory"))
      return get(directory->path, [this](const std::string& body) {
        if (const auto path = parse_directory(body))
          count(*path);
        else
          none();
      });
    const auto* storage = resource("devicestatus/storage");
    if (!storage) return answer(lacks("list of its cards"));
    get(storage->path, [this](const std::string& body) { choose_card(body); });
  }
  void choose_card(const std::string& body) {
    const auto cards = parse_storage(body);
    if (!cards) return answer(no_ccapi("the list of cards"));
    const auto card = std::find_if(cards->begin(), cards->end(), [](const StorageInfo& info) { return info.card.contents > 0; });
    if (card == cards->end()) return none();
    get(card->path, [this](const std::string& folders) {
      const auto list = parse_contents(folders);
      if (!list) return answer(no_ccapi("the list of folders"));
      if (list->empty()) return none();
      count(list->back());
    });
  }
  void count(const std::string& folder) {
    get(folder + "?kind=number", [this, folder](const std::string& body) {
      const auto number = parse_contents_number(body);
      if (!number) return answer(no_ccapi("the number of contents"));
      if (number->contents == 0 || number->pages == 0) return none();
      list_page(folder, number->pages);
    });
  }
  void list_page(const std::string& folder, std::int64_t page) {
    get(folder + "?kind=list&page=" + std::to_string(page), [this](const std::string& body) {
      const auto list = parse_contents(body);
      if (!list) return answer(no_ccapi("the list of pictures"));
      const auto newest = std::find_if(list->rbegin(), list->rend(), is_picture);
      if (newest == list->rend()) return none();
      download(*newest, "display");
    });
  }
  void download(const std::string& path, const std::string& kind) {
    const auto then = [this, path](const std::string& body) {
      if (!body.starts_with("\xff\xd8")) return answer(no_ccapi("the picture"));
      answer(hal::Picture{path, body});
    };
    const auto failed = [this, path, kind](hal::Error error) {
      using enum hal::ErrorKind;
      const bool has_no_such_size = kind == "display" && (error.kind == invalid || error.kind == not_supported);
      if (has_no_such_size)
        download(path, "thumbnail");
      else
        answer(std::move(error));
    };
    get(path + "?kind=" + kind, then, failed, kPicturePatience);
  }
  void none() { answer(hal::Error{hal::ErrorKind::not_found, "no picture on the card"}); }
};

}   // namespace

class CcapiCamera::Body {
 public:
  Body(hal::HttpOrigin origin, hal::HttpClients& clients, hal::Loop& the_loop, std::shared_ptr<ReleaseKeeper> keeper)
      : loop(the_loop),
        lanes(std::move(origin), clients, the_loop),
        shutter(std::make_shared<Shutter>(lanes, the_loop, std::move(keeper))) {}

  template <class ErrandType, class T, class... More>
  hal::Operation send(std::function<void(hal::Result<T>)> done, More&&... more) {
    const hal::Completion<hal::Result<T>> completion{std::move(done)};
    const auto id = errands->next_id();
    completion.on_dropped([weak = std::weak_ptr{errands}, id] {
      if (auto queue = weak.lock()) queue->drop(id);
    });
    if (!errands->add(std::make_unique<ErrandType>(completion, known, std::forward<More>(more)...), id))
      loop.post([completion] { completion(hal::Error{hal::ErrorKind::busy, "too many requests wait for this camera"}); });
    return completion.operation();
  }

  hal::Operation press(Button Known::*which, hal::Duration hold, hal::Duration patience, Shutter::Done done) {
    const auto button = *known ? (**known).*which : Button{};
    if (!button.path.empty()) return shutter->shoot(button, hold, patience, std::move(done));
    const hal::Completion<hal::Result<hal::Shot>> completion{std::move(done)};
    loop.post([completion, error = *known ? lacks(which == &Known::button ? "shutter button" : "shutter button that can be held") : not_open()] { completion(error); });
    return completion.operation();
  }

  hal::Loop& loop;
  Lanes lanes;
  KnownPtr known = std::make_shared<std::optional<Known>>();
  std::shared_ptr<Errands> errands = std::make_shared<Errands>(lanes, loop);
  std::shared_ptr<Shutter> shutter;
};

CcapiCameras::CcapiCameras(hal::HttpClients& clients, hal::Loop& loop)
    : clients_(clients), loop_(loop), keeper_(std::make_shared<ReleaseKeeper>(loop)) {}
CcapiCameras::~CcapiCameras() = default;

std::unique_ptr<hal::Camera> CcapiCameras::camera(const hal::HttpOrigin& origin) {
  return std::make_unique<CcapiCamera>(origin, clients_, loop_, keeper_);
}

CcapiCamera::CcapiCamera(hal::HttpOrigin origin, hal::HttpClients& clients, hal::Loop& loop, std::shared_ptr<ReleaseKeeper> keeper)
    : body_(std::make_shared<Body>(std::move(origin), clients, loop, std::move(keeper))) {}
CcapiCamera::~CcapiCamera() = default;

hal::Operation CcapiCamera::open(std::function<void(hal::Result<hal::CameraInfo>)> done) {
  return body_->send<OpenErrand, hal::CameraInfo>(
      [weak = std::weak_ptr{body_}, done = std::move(done)](hal::Result<hal::CameraInfo> info) {
        if (const auto body = weak.lock(); body && info.ok()) body->shutter->let_go((*body->known)->button);
        done(std::move(info));
      },
      body_->lanes);
}

hal::Operation CcapiCamera::check(std::function<void(hal::Result<void>)> done) { return body_->send<CheckErrand, void>(std::move(done)); }

hal::Operation CcapiCamera::status(std::function<void(hal::Result<hal::CameraStatus>)> done) {
  return body_->send<StatusErrand, hal::CameraStatus>(std::move(done));
}

hal::Operation CcapiCamera::last_picture(std::function<void(hal::Result<hal::Picture>)> done) {
  return body_->send<PictureErrand, hal::Picture>(std::move(done));
}

hal::Operation CcapiCamera::date_time(std::function<void(hal::Result<hal::CameraTime>)> done) {
  return body_->send<ReadClockErrand, hal::CameraTime>(std::move(done));
}

hal::Operation CcapiCamera::set_date_time(const hal::CameraTime& time, std::function<void(hal::Result<void>)> done) {
  return body_->send<SetClockErrand, void>(std::move(done), time);
}

void CcapiCamera::let_go() {
  if (const auto& known = *body_->known) body_->shutter->let_go(known->held_button);
}

hal::Operation CcapiCamera::settings(std::function<void(hal::Result<std::vector<hal::CameraSetting>>)> done) {
  return body_->send<SettingsErrand, std::vector<hal::CameraSetting>>(std::move(done));
}

hal::Operation CcapiCamera::setting(std::string name, std::function<void(hal::Result<hal::CameraSetting>)> done) {
  return body_->send<SettingErrand, hal::CameraSetting>(std::move(done), std::move(name), std::nullopt);
}

hal::Operation CcapiCamera::set(std::string name, std::string value, std::function<void(hal::Result<hal::CameraSetting>)> done) {
  return body_->send<SettingErrand, hal::CameraSetting>(std::move(done), std::move(name), std::optional{std::move(value)});
}

hal::Operation CcapiCamera::batteries(std::function<void(hal::Result<std::vector<hal::CameraBattery>>)> done) {
  return body_->send<BatteriesErrand, std::vector<hal::CameraBattery>>(std::move(done));
}

hal::Operation CcapiCamera::cards(std::function<void(hal::Result<std::vector<hal::CameraCard>>)> done) {
  return body_->send<CardsErrand, std::vector<hal::CameraCard>>(std::move(done));
}

hal::Operation CcapiCamera::news(std::function<void(hal::Result<hal::CameraNews>)> done) {
  return body_->send<NewsErrand, hal::CameraNews>(std::move(done));
}

hal::Operation CcapiCamera::start_live_view(std::function<void(hal::Result<void>)> done) {
  return body_->send<LiveViewErrand, void>(std::move(done), R"({"liveviewsize":"small","cameradisplay":"keep"})");
}

hal::Operation CcapiCamera::stop_live_view(std::function<void(hal::Result<void>)> done) {
  return body_->send<LiveViewErrand, void>(std::move(done), R"({"liveviewsize":"off","cameradisplay":"keep"})");
}

hal::Operation CcapiCamera::live_view_frame(std::function<void(hal::Result<std::string>)> done) {
  return body_->send<FrameErrand, std::string>(std::move(done));
}

hal::Operation CcapiCamera::shoot(hal::Duration patience, std::function<void(hal::Result<hal::Shot>)> done) {
  return body_->press(&Known::button, hal::Duration{0}, patience, std::move(done));
}

hal::Operation CcapiCamera::shoot_bulb(hal::Duration exposure, hal::Duration patience, std::function<void(hal::Result<hal::Shot>)> done) {
  return body_->press(&Known::held_button, exposure, patience, std::move(done));
}

}   // namespace nightjar::canon
