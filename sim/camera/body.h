#pragma once
// What is inside the housing: the parts that the resources of CCAPI show and move. Internal to sim/camera.
#include <functional>
#include <string>

#include "sim/camera/camera.h"
#include "sim/camera/card.h"
#include "sim/camera/darkroom.h"
#include "sim/camera/events.h"
#include "sim/camera/exposures.h"
#include "sim/camera/settings.h"

namespace nightjar::sim::camera {

class Body {
 public:
  Body(const CameraOptions& the_options, hal::Loop& the_loop, hal::WallClock& wall_clock);
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  const CameraOptions& options;
  hal::Loop& loop;
  CameraCondition condition;
  CameraFaults faults;
  Settings settings;
  Card card;
  Events events;
  Exposures exposures;
  Darkroom darkroom;
  bool in_session = false;   // a controller has asked something since power-on or the last disconnect
  std::string live_view = "off";
  hal::Instant live_view_shows{};   // from when on there are frames
  hal::Operation live_view_start;
  std::function<std::string()> access_url;
  std::function<void()> reboot;

  /// Level of the resources that grew with time.
  int newer() const { return options.old_firmware ? 100 : 110; }
  int contents_version() const { return options.old_firmware ? 100 : 130; }
  /// "/ccapi/ver130/contents/card1/100CANON": path of something on the card, on old firmware with the whole address before it.
  std::string content_address(const std::string& inside) const;
  /// "path", or "url" on old firmware.
  const char* address_key() const { return options.old_firmware ? "url" : "path"; }

  bool card_readable() const { return condition.card != CameraCondition::Card::removed; }

  Json battery() const;
  Json battery_list() const;
  Json lens() const;
  Json temperature() const;
  Json storage() const;
  Json recordable() const;
  Json date_time() const;
  std::optional<Refusal> set_date_time(const Json& body);

  void power_cut();
  /// A controller says good-bye.
  void end_session();

 private:
  Json event_field(const std::string& name) const;
  std::vector<std::string> event_fields() const;
  hal::WallTime clock() const { return wall_clock_.now() + condition.clock_offset; }

  hal::WallClock& wall_clock_;
};

}   // namespace nightjar::sim::camera
