#include "sim/camera/events.h"

#include <algorithm>
#include <utility>

namespace nightjar::sim::camera {
namespace {

/// How long a poll is held; nothing for a form this version does not know, zero for at once, max for ever.
std::optional<hal::Duration> hold_of(int version, std::string_view query, const CameraOptions& options) {
  if (query.empty()) return hal::Duration{0};
  if (version < 110) {
    if (query == "continue=off") return hal::Duration{0};
    if (query == "continue=on") return hal::Duration::max();
    return std::nullopt;
  }
  if (query == "timeout=immediately") return hal::Duration{0};
  if (query == "timeout=short") return options.poll_short;
  if (query == "timeout=long") return options.poll_long;
  return std::nullopt;
}

void keep_newest(std::vector<std::string>& paths, std::size_t most) {
  if (paths.size() > most) paths.erase(paths.begin());
}

}   // namespace

Events::Events(hal::Loop& loop, const CameraOptions& options, const CameraCondition& condition, std::vector<std::string> fields,
               ValueOf value_of)
    : loop_(loop), options_(options), condition_(condition), all_fields_(std::move(fields)), value_of_(std::move(value_of)) {}

void Events::changed(const std::string& field) {
  fields_changed_.insert(field);
  wake();
}

void Events::added(std::string path) {
  added_.push_back(std::move(path));
  keep_newest(added_, kContentsMax);
  wake();
}

void Events::deleted(std::string path) {
  deleted_.push_back(std::move(path));
  keep_newest(deleted_, kContentsMax);
  wake();
}

/// Later in the same instant: what changes together is told together.
void Events::wake() {
  if (!poll_ && !monitor_) return;
  wake_ = loop_.at(loop_.now(), [this] { flush(); });
}

void Events::flush() {
  if (!anything()) return;
  if (monitor_) return unit(take());
  if (poll_ && !condition_.holds_polls) answer_poll(take());
}

Json Events::take() {
  Json out = Json::object();
  if (std::exchange(first_, false) && condition_.first_poll_full) fields_changed_.insert(all_fields_.begin(), all_fields_.end());
  for (const auto& field : all_fields_)
    if (fields_changed_.contains(field))
      if (auto value = value_of_(field); !value.is_null()) out[field] = std::move(value);
  fields_changed_.clear();
  if (!added_.empty()) out["addedcontents"] = std::exchange(added_, {});
  if (!deleted_.empty()) out["deletedcontents"] = std::exchange(deleted_, {});
  return out;
}

void Events::poll(int version, std::string_view query, AnswerPtr answer) {
  auto hold = hold_of(version, query, options_);
  if (hold && condition_.holds_polls) hold = options_.poll_long;
  if (!hold) return answer->refuse(400, "Invalid parameter");
  const bool lingers = ended_ != hal::Instant{hal::Duration::min()} && loop_.now() - ended_ < options_.poll_linger;
  if (poll_ || monitor_ || lingers) return answer->refuse(503, "Already started");
  if (*hold == hal::Duration{0} || (anything() && !condition_.holds_polls)) return answer->ok(take());
  poll_ = std::move(answer);
  if (*hold != hal::Duration::max()) hold_ = loop_.at(loop_.now() + *hold, [this] { answer_poll(take()); });
}

void Events::answer_poll(const Json& json) {
  hold_.drop();
  ended_ = loop_.now();
  if (const auto answer = std::exchange(poll_, nullptr)) answer->ok(json);
}

void Events::stop_poll(const AnswerPtr& answer) {
  if (poll_) answer_poll(Json::object());
  answer->ok();
}

void Events::monitor(const AnswerPtr& answer) {
  if (poll_ || monitor_) return answer->refuse(503, "Already started");
  monitor_ = answer->stream();
  if (!monitor_ || !monitor_->begin({200, {{"Content-Type", "application/octet-stream"}}, {}})) {
    monitor_.reset();
    return;
  }
  flush();
  beat();
}

/// Clients take two seconds of silence for a dead connection.
void Events::beat() {
  beat_ = loop_.at(loop_.now() + std::chrono::seconds{1}, [this] {
    unit(Json::object());
    if (monitor_) beat();
  });
}

/// FF 00 | type 02 | size, 4 bytes big endian | JSON | FF FF
void Events::unit(const Json& json) {
  const auto payload = to_text(json);
  std::string bytes{"\xff\x00\x02", 3};
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>((payload.size() >> shift) & 0xff);
  bytes += payload;
  bytes += "\xff\xff";
  if (monitor_ && !monitor_->chunk(bytes)) monitor_.reset();
}

void Events::stop_monitor(const AnswerPtr& answer) {
  if (!monitor_) return answer->refuse(503, "Not started");
  std::exchange(monitor_, nullptr)->end();
  beat_.drop();
  answer->ok();
}

void Events::reset() {
  poll_.reset();
  monitor_.reset();
  hold_.drop();
  beat_.drop();
  wake_.drop();
  fields_changed_.clear();
  added_.clear();
  deleted_.clear();
  first_ = true;
}

}   // namespace nightjar::sim::camera
