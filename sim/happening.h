#pragma once
// What may happen in a night besides its own course: the faults of the world and what people do, as data. One row of the table
// below is one word of a scenario's timeline.
#include <optional>
#include <string>
#include <string_view>

#include "hal/result.h"
#include "hal/time.h"

namespace nightjar::sim {

enum class Deed : unsigned char {
  // what people do, through a phone
  start, stop, pause, go_on, replan, save, discard, take_photo, set_camera, look_through, host_session, join_session, leave_session,
  end_session, share_grid, fire, send_rubbish, go_away,
  // the camera
  camera_off, camera_busy, camera_hot, camera_card_full, camera_bad_gateway, camera_garbage, camera_reset, camera_cut, camera_hang,
  camera_forgets, camera_slow, camera_leaves, camera_dial, camera_holds_polls,
  // the network
  reset_connections, hang_network, stop_reading, part, latency, jitter, lose_datagrams, repeat_datagrams, small_segments, bandwidth,
  // device and phone
  step_clock, drift_clock, disk_full, disk_fails, disk_slow, power_cut, power_cut_in_write, rot,
  // the media server and who lives with it; the metrics server
  media_off, media_no_socket, media_mute, media_hang, media_garbage, media_drop, film, guest,
  metrics_off, metrics_refuse, metrics_silent, metrics_garbage, metrics_drop,
};

enum class Whom : unsigned char { nobody, phone, camera, device, media, metrics, anybody };

/// A row of the table: what a deed is called and what must be said with it.
struct DeedInfo {
  Deed deed;
  std::string_view name;
  Whom whom;
  bool lasts;                 // for = "00:05:00"
  std::string_view amount;    // what `amount` means; empty: there is none
  double amount_min = 0;
  double amount_max = 0;
  std::string_view times{};   // what `times` means; empty: there is none
  std::string_view text{};    // and `text`
};

struct Happening {
  hal::Duration at{};
  Deed deed = Deed::start;
  std::string who;
  hal::Duration lasts{};
  double amount = 0;
  int times = 0;
  std::string text;
  bool operator==(const Happening&) const = default;
};

constexpr int kTimesMax = 100'000;

const DeedInfo& info(Deed deed);
const DeedInfo* find_deed(std::string_view name);

/// "01:02:03" or "01:02:03.250": hours as many as there are, fractions to the nanosecond.
std::string clock_text(hal::Duration since_start);
std::optional<hal::Duration> parse_clock(std::string_view text);

/// A TOML string: in quotes, and what may not stand in them escaped.
std::string toml_text(std::string_view text);
/// As an entry of a scenario's timeline, TOML: `{ at = "00:14:07", do = "camera_off", who = "camera", for = "00:02:00" }`
std::string to_toml(const Happening& happening);

}   // namespace nightjar::sim
