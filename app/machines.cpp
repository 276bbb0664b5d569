#include "app/machines.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "fsm/camera_address.h"
#include "fsm/camera_clock.h"
#include "fsm/camera_discovery.h"
#include "fsm/camera_events.h"
#include "fsm/camera_link.h"
#include "fsm/capture.h"
#include "fsm/client_session.h"
#include "fsm/client_time.h"
#include "fsm/device_clock.h"
#include "fsm/connection.h"
#include "fsm/hub_session.h"
#include "fsm/intervalometer.h"
#include "fsm/metrics_reader.h"
#include "fsm/live_view.h"
#include "fsm/picture_fetch.h"
#include "fsm/server_link.h"
#include "fsm/session_discovery.h"
#include "fsm/session_guest.h"
#include "fsm/session_host.h"
#include "fsm/session_member.h"
#include "fsm/report.h"
#include "fsm/shutter_button.h"
#include "fsm/sml/print.h"
#include "fsm/status_led.h"
#include "fsm/wifi_link.h"

namespace nightjar::app {
namespace {

template <class Table>
constexpr Lifecycle lifecycle() {
  return {&sml::info<Table>, [] { return sml::to_mermaid<Table>(); }, [] { return sml::to_dot<Table>(); }, [] { return sml::to_json<Table>(); }};
}

constexpr std::array kLifecycles{
    // the camera and its sessions
    lifecycle<fsm::Intervalometer>(), lifecycle<fsm::Capture>(), lifecycle<fsm::CameraLink>(), lifecycle<fsm::ClientSession>(), lifecycle<fsm::PictureFetch>(),
    lifecycle<fsm::CameraDiscovery>(), lifecycle<fsm::CameraAddress>(), lifecycle<fsm::CameraEvents>(), lifecycle<fsm::LiveView>(),
    lifecycle<fsm::Report>(),
    // the device
    lifecycle<fsm::ShutterButton>(), lifecycle<fsm::StatusLed>(), lifecycle<fsm::ClientTime>(), lifecycle<fsm::DeviceClock>(), lifecycle<fsm::CameraClock>(),
    lifecycle<fsm::WifiLink>(),
    // others
    lifecycle<fsm::Connection>(), lifecycle<fsm::MetricsReader>(), lifecycle<fsm::HubSession>(), lifecycle<fsm::ServerLink>(), lifecycle<fsm::SessionHost>(),
    lifecycle<fsm::SessionGuest>(), lifecycle<fsm::SessionMember>(), lifecycle<fsm::SessionDiscovery>(),
};
}  // namespace

std::span<const Lifecycle> lifecycles() { return kLifecycles; }

std::string machine_tables_json() {
  std::string out = "[";
  for (const auto& lifecycle : kLifecycles) out += (out.size() == 1 ? "" : ",") + lifecycle.json();
  return out + "]\n";
}

std::string live_machines_json(const std::vector<LiveMachine>& machines, const Trace& trace, hal::Instant now, std::size_t since) {
  using json = nlohmann::ordered_json;
  const auto ms = [](sml::Time time) { return std::chrono::duration_cast<std::chrono::milliseconds>(time).count(); };
  auto states = json::array();
  for (const auto& machine : machines) states.push_back({{"name", machine.info->name}, {"state", machine.states.front()}, {"states", machine.states}});
  auto steps = json::array();
  for (const auto& step : trace.last(trace.count() - std::min(since, trace.count()))) {
    steps.push_back({{"at_ms", ms(step.time)},
                     {"machine", step.machine->name},
                     {"from", step.from_name()},
                     {"event", step.event_name()},
                     {"to", step.to_name()},
                     {"verdict", sml::to_string(step.verdict)}});
  }
  return json{{"now_ms", ms(now.time_since_epoch())}, {"steps", trace.count()}, {"machines", states}, {"trace", steps}}.dump();
}

}  // namespace nightjar::app
