#include "app/messages/link_message.h"

#include "app/iso_time.h"

namespace nightjar::app {
namespace {

Json count_of(const std::optional<std::chrono::milliseconds>& duration) { return duration ? Json(duration->count()) : Json(); }

}  // namespace

Json uplink_json(const UplinkView& view) {
  const Json error = view.error_code.empty() ? Json() : Json{{"code", view.error_code}, {"message", view.error}, {"advice", view.advice}};
  return {{"state", view.state},
          {"attempt", view.attempt},
          {"attemptsMax", fsm::Connection::kRetriesMax},
          {"retryInMs", count_of(view.retry_in)},
          {"lastError", view.last_error.empty() ? Json() : Json(view.last_error)},
          {"error", error},
          {"lastDataAgeMs", count_of(view.data_age)},
          {"successRate", view.success_rate}};
}

std::string uplink_changed(hal::WallTime at, std::string_view from, std::string_view to, const UplinkView& view) {
  return Json{{"type", "link_event"},
              {"timestamp", iso_utc(at)},
              {"eventType", "uplinkStateChanged"},
              {"data", {{"from", from}, {"to", to}, {"uplink", uplink_json(view)}}}}
      .text();
}

}  // namespace nightjar::app
