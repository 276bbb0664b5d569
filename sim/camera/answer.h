#pragma once
// What the parts of the simulated camera answer requests with. Internal to sim/camera.
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "hal/http.h"

namespace nightjar::sim::camera {

/// Keeps members in the order written, as the camera does.
using Json = nlohmann::ordered_json;

inline std::string to_text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }
/// A discarded value when it is not JSON.
inline Json from_text(std::string_view text) { return Json::parse(text, nullptr, false); }

inline hal::HttpResponse json_response(int status, const Json& json) {
  return {status, {{"Content-Type", "application/json"}}, to_text(json)};
}

/// Why the camera does not do something, in its own words.
struct Refusal {
  int status = 503;
  std::string message;
};

/// The answer a request waits for; given once, now or when the exposure is over. Never given: the connection stays silent.
class Answer {
 public:
  virtual ~Answer() = default;
  virtual void send(hal::HttpResponse response) = 0;
  /// For endless bodies; nothing when the client is to be left alone (switched off meanwhile).
  virtual std::shared_ptr<hal::HttpReply::Sink> stream() = 0;

  void ok(const Json& json) { send(json_response(200, json)); }
  void ok() { ok(Json::object()); }
  void refuse(const Refusal& refusal) { send(json_response(refusal.status, {{"message", refusal.message}})); }
  void refuse(int status, std::string message) { refuse(Refusal{status, std::move(message)}); }
};
using AnswerPtr = std::shared_ptr<Answer>;

}   // namespace nightjar::sim::camera
