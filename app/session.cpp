#include "app/session.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "app/iso_time.h"

namespace nightjar::app {
namespace {

using nlohmann::ordered_json;

/// CRC-32 as in IEEE 802.3, reflected, 0xEDB88320.
std::uint32_t crc32(std::string_view bytes) {
  static constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320u : value >> 1;
      table[i] = value;
    }
    return table;
  }();
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const char c : bytes) crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return ~crc;
}

/// Bytes that are not UTF-8 (a camera's error text) are replaced, not refused.
std::string text_of(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

std::string line(const ordered_json& record) {
  const auto text = text_of(record);
  return fmt::format("{:08x} {}\n", crc32(text), text);
}

std::int64_t ms(hal::WallTime time) { return time.time_since_epoch().count(); }
hal::WallTime wall(std::int64_t value) { return hal::WallTime{std::chrono::milliseconds{value}}; }

constexpr std::array<const char*, 3> kOutcomes{"saved", "failed", "missed"};

std::optional<ShotOutcome> outcome_of(const std::string& text) {
  for (std::size_t i = 0; i < kOutcomes.size(); ++i)
    if (text == kOutcomes[i]) return static_cast<ShotOutcome>(i);
  return std::nullopt;
}

Session read_begin(const ordered_json& record) {
  Session out;
  out.id = record.at("id").get<std::string>();
  out.title = record.at("title").get<std::string>();
  out.started = wall(record.at("started").get<std::int64_t>());
  out.request.interval = std::chrono::milliseconds{record.at("interval_ms").get<std::int64_t>()};
  out.request.shots = record.at("shots").get<std::uint32_t>();
  out.request.stop_condition = record.at("stop").get<std::string>();
  out.request.stop_time = record.at("stop_time").get<std::string>();
  if (const auto stops_at = record.find("stops_at"); stops_at != record.end()) out.stops_at = wall(stops_at->get<std::int64_t>());
  out.request.title = out.title;
  return out;
}

/// True when the record was understood.
bool apply(const ordered_json& record, Session& session) {
  const auto what = record.at("record").get<std::string>();
  if (what == "shot") {
    const auto outcome = outcome_of(record.at("outcome").get<std::string>());
    if (!outcome) return false;
    session.note({record.at("slot").get<std::uint32_t>(), *outcome, record.at("late_us").get<std::int32_t>(), record.at("took_ms").get<std::uint32_t>()},
                 record.value("error", std::string{}), wall(record.at("at").get<std::int64_t>()));
    return true;
  }
  if (what == "end") {
    session.ended = wall(record.at("at").get<std::int64_t>());
    session.end_reason = record.at("reason").get<std::string>();
    return true;
  }
  if (what == "clock") {
    session.move(std::chrono::milliseconds{record.at("by_ms").get<std::int64_t>()});
    return true;
  }
  return false;
}

/// The JSON of one line whose checksum holds.
std::optional<ordered_json> checked(std::string_view line) {
  if (line.size() < 10 || line[8] != ' ') return std::nullopt;
  const auto text = line.substr(9);
  if (fmt::format("{:08x}", crc32(text)) != line.substr(0, 8)) return std::nullopt;
  auto record = ordered_json::parse(text, nullptr, false);
  if (!record.is_object()) return std::nullopt;
  return record;
}

ordered_json shots_json(const Session& session) {
  auto out = ordered_json::array();
  for (const auto& shot : session.shots) {
    out.push_back({{"shotNumber", shot.slot + 1},
                   {"outcome", kOutcomes[static_cast<std::size_t>(shot.outcome)]},
                   {"late_ms", shot.late_us / 1000.0},
                   {"took_ms", shot.took_ms}});
  }
  return out;
}

ordered_json errors_json(const Session& session) {
  auto out = ordered_json::array();
  for (const auto& error : session.errors)
    out.push_back({{"shotNumber", error.slot + 1}, {"error", error.text}, {"timestamp", iso_utc(error.at)}});
  return out;
}

}  // namespace

void Session::note(const ShotRecord& shot, std::string_view error, hal::WallTime at) {
  switch (shot.outcome) {
    case ShotOutcome::saved: ++saved; break;
    case ShotOutcome::failed: ++failed; break;
    case ShotOutcome::missed: ++missed; break;
  }
  noted = at;
  if (shots.size() < kShotsKept) shots.push_back(shot);
  if (shot.outcome == ShotOutcome::failed && errors.size() < kErrorsKept) errors.push_back({shot.slot, std::string{error}, at});
}

void Session::move(std::chrono::milliseconds by) {
  started += by;
  if (noted) *noted += by;
  if (stops_at) *stops_at += by;
  for (auto& error : errors) error.at += by;
}

namespace journal {

std::string begin(const Session& session) {
  ordered_json out{{"record", "begin"},
                   {"id", session.id},
                   {"title", session.title},
                   {"started", ms(session.started)},
                   {"interval_ms", std::chrono::duration_cast<std::chrono::milliseconds>(session.request.interval).count()},
                   {"shots", session.request.shots},
                   {"stop", session.request.stop_condition},
                   {"stop_time", session.request.stop_time}};
  if (session.stops_at) out["stops_at"] = ms(*session.stops_at);
  return line(out);
}

std::string shot(const ShotRecord& record, std::string_view error, hal::WallTime at) {
  ordered_json out{{"record", "shot"},
                   {"slot", record.slot},
                   {"outcome", kOutcomes[static_cast<std::size_t>(record.outcome)]},
                   {"late_us", record.late_us},
                   {"took_ms", record.took_ms},
                   {"at", ms(at)}};
  if (!error.empty()) out["error"] = error;
  return line(out);
}

std::string end(std::string_view reason, hal::WallTime at) { return line({{"record", "end"}, {"reason", reason}, {"at", ms(at)}}); }

std::string clock(std::chrono::milliseconds by) { return line({{"record", "clock"}, {"by_ms", by.count()}}); }

std::optional<Session> read(std::string_view text, std::size_t* whole) try {
  std::optional<Session> session;
  const auto size = text.size();
  while (!text.empty()) {
    const auto end_of_line = text.find('\n');
    if (end_of_line == std::string_view::npos) break;
    const auto record = checked(text.substr(0, end_of_line));
    if (!record) break;
    if (!session) {
      if (record->at("record") != "begin") break;
      session = read_begin(*record);
    } else if (!apply(*record, *session)) {
      break;
    }
    text.remove_prefix(end_of_line + 1);
  }
  if (whole != nullptr) *whole = size - text.size();
  return session;
} catch (const nlohmann::json::exception&) {   // a checksum that holds over a record we never wrote
  return std::nullopt;
}

}  // namespace journal

std::string report_json(const Session& session, const hal::CameraInfo& camera, hal::WallTime saved_at, std::string_view version) {
  const auto ended = session.ended.value_or(session.started);
  const auto number = [](std::uint32_t shots) { return shots == 0 ? ordered_json(nullptr) : ordered_json(shots); };
  const ordered_json out{
      {"id", "report-" + session.id},
      {"sessionId", session.id},
      {"title", session.title},
      {"startTime", iso_utc(session.started)},
      {"endTime", iso_utc(ended)},
      {"duration", (ended - session.started).count()},
      {"status", session.is_whole() ? "completed" : "stopped"},
      {"intervalometer",
       {{"interval", std::chrono::duration<double>{session.request.interval}.count()},
        {"stopCondition", session.request.stop_condition},
        {"numberOfShots", number(session.request.shots)},
        {"stopAt", session.request.stop_time.empty() ? ordered_json(nullptr) : ordered_json(session.request.stop_time)}}},
      {"cameraInfo", {{"model", camera.model}, {"serialNumber", camera.serial}, {"firmware", camera.firmware}}},
      {"cameraSettings", ordered_json::object()},
      {"results",
       {{"imagesCaptured", session.taken()},
        {"imagesSuccessful", session.saved},
        {"imagesFailed", session.failed},
        {"imagesMissed", session.missed},
        {"errors", errors_json(session)},
        {"firstImageName", nullptr},
        {"lastImageName", nullptr}}},
      {"shots", shots_json(session)},
      {"metadata", {{"completionReason", session.end_reason}, {"savedAt", iso_utc(saved_at)}, {"version", version}, {"cameraModel", camera.model}}}};
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace nightjar::app
