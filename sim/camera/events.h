#pragma once
// event/polling and event/monitoring: what has changed, told once. Internal to sim/camera.
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hal/time.h"
#include "sim/camera/answer.h"
#include "sim/camera/camera_options.h"

namespace nightjar::sim::camera {

/// Whoever polls consumes what is told: there is one list of changes, not one a client. Bound: kContentsMax paths wait; past it the oldest
/// are forgotten, as a real body forgets them.
class Events {
 public:
  using ValueOf = std::function<Json(const std::string& field)>;
  /// `fields` are those of a complete state; `value_of` is asked when an event is told, null leaves the field out.
  Events(hal::Loop& loop, const CameraOptions& options, const CameraCondition& condition, std::vector<std::string> fields,
         ValueOf value_of);

  void changed(const std::string& field);
  void added(std::string path);
  void deleted(std::string path);

  void poll(int version, std::string_view query, AnswerPtr answer);
  void stop_poll(const AnswerPtr& answer);
  void monitor(const AnswerPtr& answer);
  void stop_monitor(const AnswerPtr& answer);

  /// A new session: nobody polls, and the first poll tells everything again.
  void reset();

 private:
  static constexpr std::size_t kContentsMax = 1000;

  bool anything() const { return !fields_changed_.empty() || !added_.empty() || !deleted_.empty() || first_; }
  void wake();
  void flush();
  Json take();
  void answer_poll(const Json& json);
  void beat();
  void unit(const Json& json);

  hal::Loop& loop_;
  const CameraOptions& options_;
  const CameraCondition& condition_;
  std::vector<std::string> all_fields_;
  ValueOf value_of_;

  std::set<std::string> fields_changed_;
  std::vector<std::string> added_;
  std::vector<std::string> deleted_;
  bool first_ = true;

  AnswerPtr poll_;
  hal::Operation hold_;
  hal::Instant ended_{hal::Duration::min()};
  std::shared_ptr<hal::HttpReply::Sink> monitor_;
  hal::Operation beat_;
  hal::Operation wake_;
};

}   // namespace nightjar::sim::camera
