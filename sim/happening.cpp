#include "sim/happening.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace nightjar::sim {
namespace {

using enum Deed;

constexpr std::array kDeeds{
    DeedInfo{start, "start", Whom::phone, false, "interval in seconds", 1, 86'400, "shots; 0: until stopped", "skip, shift or burst: what becomes of late slots"},
    DeedInfo{stop, "stop", Whom::phone, false, ""},
    DeedInfo{pause, "pause", Whom::phone, false, ""},
    DeedInfo{go_on, "go_on", Whom::phone, false, ""},
    DeedInfo{replan, "replan", Whom::phone, false, "interval in seconds", 1, 86'400, "shots; 0: until stopped"},
    DeedInfo{save, "save", Whom::phone, false, ""},
    DeedInfo{discard, "discard", Whom::phone, false, ""},
    DeedInfo{take_photo, "take_photo", Whom::phone, false, ""},
    DeedInfo{set_camera, "set_camera", Whom::phone, false, "", 0, 0, "", "the setting and its value, JSON"},
    DeedInfo{look_through, "look_through", Whom::phone, false, ""},
    DeedInfo{host_session, "host_session", Whom::phone, false, ""},
    DeedInfo{join_session, "join_session", Whom::phone, false, "", 0, 0, "1: its address is typed as well", "the device that hosts"},
    DeedInfo{leave_session, "leave_session", Whom::phone, false, ""},
    DeedInfo{end_session, "end_session", Whom::phone, false, ""},
    DeedInfo{share_grid, "share_grid", Whom::phone, false, ""},
    DeedInfo{fire, "fire", Whom::phone, false, ""},
    DeedInfo{send_rubbish, "send_rubbish", Whom::phone, false, "", 0, 0, "messages", "what each of them is"},
    DeedInfo{go_away, "go_away", Whom::phone, true, ""},
    DeedInfo{camera_off, "camera_off", Whom::camera, true, ""},
    DeedInfo{camera_busy, "camera_busy", Whom::camera, false, "", 0, 0, "presses that are refused", "the camera's sentence"},
    DeedInfo{camera_hot, "camera_hot", Whom::camera, true, ""},
    DeedInfo{camera_card_full, "camera_card_full", Whom::camera, true, ""},
    DeedInfo{camera_bad_gateway, "camera_bad_gateway", Whom::camera, false, "", 0, 0, "requests", "part of their path"},
    DeedInfo{camera_garbage, "camera_garbage", Whom::camera, false, "", 0, 0, "requests", "part of their path"},
    DeedInfo{camera_reset, "camera_reset", Whom::camera, false, "", 0, 0, "requests", "part of their path"},
    DeedInfo{camera_cut, "camera_cut", Whom::camera, false, "", 0, 0, "requests", "part of their path"},
    DeedInfo{camera_hang, "camera_hang", Whom::camera, false, "", 0, 0, "requests", "part of their path"},
    DeedInfo{camera_forgets, "camera_forgets", Whom::camera, false, "", 0, 0, "shots that leave no file"},
    DeedInfo{camera_slow, "camera_slow", Whom::camera, true, "seconds before each answer", 0, 60},
    DeedInfo{camera_leaves, "camera_leaves", Whom::camera, true, ""},
    DeedInfo{camera_dial, "camera_dial", Whom::camera, true, "", 0, 0, "", "the mode it is turned to; then back to m"},
    DeedInfo{camera_holds_polls, "camera_holds_polls", Whom::camera, true, ""},
    DeedInfo{reset_connections, "reset_connections", Whom::anybody, false, ""},
    DeedInfo{hang_network, "hang_network", Whom::anybody, true, ""},
    DeedInfo{stop_reading, "stop_reading", Whom::phone, true, ""},
    DeedInfo{part, "part", Whom::anybody, true, "", 0, 0, "", "the other one"},
    DeedInfo{latency, "latency", Whom::nobody, true, "seconds, one way", 0, 10},
    DeedInfo{jitter, "jitter", Whom::nobody, true, "seconds at most, one way", 0, 10},
    DeedInfo{lose_datagrams, "lose_datagrams", Whom::nobody, true, "how many of them, 0 to 1", 0, 1},
    DeedInfo{repeat_datagrams, "repeat_datagrams", Whom::nobody, true, "how many of them, 0 to 1", 0, 1},
    DeedInfo{small_segments, "small_segments", Whom::nobody, true, "bytes that arrive in one piece", 1, 65'536},
    DeedInfo{bandwidth, "bandwidth", Whom::nobody, true, "bytes a second", 1'000, 1e9},
    DeedInfo{step_clock, "step_clock", Whom::anybody, false, "seconds", -1e8, 1e8},
    DeedInfo{drift_clock, "drift_clock", Whom::anybody, false, "parts per million", -10'000, 10'000},
    DeedInfo{disk_full, "disk_full", Whom::device, true, ""},
    DeedInfo{disk_fails, "disk_fails", Whom::device, true, ""},
    DeedInfo{disk_slow, "disk_slow", Whom::device, true, "seconds for each write", 0, 10},
    DeedInfo{power_cut, "power_cut", Whom::device, true, ""},
    DeedInfo{power_cut_in_write, "power_cut_in_write", Whom::device, true, "seconds of the write before it", 0, 10},
    DeedInfo{rot, "rot", Whom::device, false, "", 0, 0, "bits", "the file"},
    DeedInfo{media_off, "media_off", Whom::media, true, ""},
    DeedInfo{media_no_socket, "media_no_socket", Whom::media, true, ""},
    DeedInfo{media_mute, "media_mute", Whom::media, true, ""},
    DeedInfo{media_hang, "media_hang", Whom::media, true, ""},
    DeedInfo{media_garbage, "media_garbage", Whom::media, true, ""},
    DeedInfo{media_drop, "media_drop", Whom::media, false, ""},
    DeedInfo{film, "film", Whom::media, true, ""},
    DeedInfo{guest, "guest", Whom::media, true, ""},
    DeedInfo{metrics_off, "metrics_off", Whom::metrics, true, ""},
    DeedInfo{metrics_refuse, "metrics_refuse", Whom::metrics, true, "the status of its refusal", 400, 599},
    DeedInfo{metrics_silent, "metrics_silent", Whom::metrics, true, ""},
    DeedInfo{metrics_garbage, "metrics_garbage", Whom::metrics, true, ""},
    DeedInfo{metrics_drop, "metrics_drop", Whom::metrics, false, ""},
};

constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < kDeeds.size(); ++i)
    if (static_cast<std::size_t>(kDeeds[i].deed) != i) return false;
  return true;
}
static_assert(rows_stand_in_order());

std::optional<std::int64_t> number(std::string_view digits) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (digits.empty() || digits.front() == '-' || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return out;
}

}   // namespace

const DeedInfo& info(Deed deed) { return kDeeds[static_cast<std::size_t>(deed)]; }

const DeedInfo* find_deed(std::string_view name) {
  const auto found = std::find_if(kDeeds.begin(), kDeeds.end(), [name](const DeedInfo& row) { return row.name == name; });
  return found == kDeeds.end() ? nullptr : &*found;
}

std::string clock_text(hal::Duration since_start) {
  using namespace std::chrono;
  const hh_mm_ss time{since_start};
  auto out = fmt::format("{:02}:{:02}:{:02}", time.hours().count(), time.minutes().count(), time.seconds().count());
  const auto nanoseconds = time.subseconds().count();
  if (nanoseconds == 0) return out;
  out += fmt::format(".{:09}", nanoseconds);
  while ((out.size() - out.rfind('.') - 1) > 3 && out.ends_with("000")) out.resize(out.size() - 3);
  return out;
}

std::optional<hal::Duration> parse_clock(std::string_view text) {
  constexpr std::int64_t kHoursMax = 100'000;
  const auto first = text.find(':');
  if (first == std::string_view::npos || text.size() < first + 6 || text[first + 3] != ':') return std::nullopt;
  const auto hours = number(text.substr(0, first));
  const auto minutes = number(text.substr(first + 1, 2));
  const auto seconds = number(text.substr(first + 4, 2));
  if (!hours || !minutes || !seconds || *hours > kHoursMax || *minutes > 59 || *seconds > 59) return std::nullopt;
  const auto rest = text.substr(first + 6);
  std::int64_t nanoseconds = 0;
  if (!rest.empty()) {
    const auto digits = rest.substr(1);
    const auto fraction = number(digits);
    if (rest.front() != '.' || !fraction || digits.size() > 9) return std::nullopt;
    nanoseconds = *fraction;
    for (auto i = digits.size(); i < 9; ++i) nanoseconds *= 10;
  }
  return std::chrono::hours{*hours} + std::chrono::minutes{*minutes} + std::chrono::seconds{*seconds} + hal::Duration{nanoseconds};
}

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    else
      out += c;
  }
  return out + "\"";
}

std::string to_toml(const Happening& happening) {
  const auto& row = info(happening.deed);
  auto out = fmt::format("{{ at = \"{}\", do = \"{}\"", clock_text(happening.at), row.name);
  if (!happening.who.empty()) out += ", who = " + toml_text(happening.who);
  if (row.lasts) out += fmt::format(", for = \"{}\"", clock_text(happening.lasts));
  if (!row.amount.empty()) out += fmt::format(", amount = {}", happening.amount);   // the shortest text that reads back the same
  if (!row.times.empty()) out += fmt::format(", times = {}", happening.times);
  if (!row.text.empty() && !happening.text.empty()) out += ", text = " + toml_text(happening.text);
  return out + " }";
}

}   // namespace nightjar::sim
