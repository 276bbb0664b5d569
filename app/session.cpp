#include "app/session.h"

#include <array>
#include <nlohmann/json.hpp>

#include "app/checked_line.h"

namespace nightjar::app {
namespace {

using nlohmann::ordered_json;

/// Bytes that are not UTF-8 (a camera's error text) are replaced, not refused.
std::string text_of(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

std::string line(const ordered_json& record) { return checked_line(text_of(record)); }

std::int64_t ms(hal::WallTime time) { return time.time_since_epoch().count(); }
hal::WallTime wall(std::int64_t value) { return hal::WallTime{std::chrono::milliseconds{value}}; }

template <class Kind, std::size_t N>
std::optional<Kind> find_name(const std::array<const char*, N>& names, std::string_view text) {
  for (std::size_t i = 0; i < N; ++i)
    if (text == names[i]) return static_cast<Kind>(i);
  return std::nullopt;
}

constexpr std::array<const char*, 3> kOutcomes{"saved", "failed", "missed"};
constexpr std::array<const char*, 5> kChanges{"paused", "went_on", "replanned", "shifted", "power_returned"};
constexpr std::array<const char*, 3> kLate{"skip", "shift", "burst"};

void write_plan(ordered_json& out, const fsm::SessionRequest& plan, const std::optional<hal::WallTime>& stops_at) {
  out["interval_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(plan.interval).count();
  out["shots"] = plan.shots;
  out["stop"] = plan.stop_condition;
  out["stop_time"] = plan.stop_time;
  out["late"] = name_of(plan.late);
  if (stops_at) out["stops_at"] = ms(*stops_at);
}

void read_plan(const ordered_json& record, fsm::SessionRequest& plan, std::optional<hal::WallTime>& stops_at) {
  plan.interval = std::chrono::milliseconds{record.at("interval_ms").get<std::int64_t>()};
  plan.shots = record.at("shots").get<std::uint32_t>();
  plan.stop_condition = record.at("stop").get<std::string>();
  plan.stop_time = record.at("stop_time").get<std::string>();
  plan.late = late_of(record.value("late", "skip")).value_or(fsm::Late::skip);
  if (const auto found = record.find("stops_at"); found != record.end()) stops_at = wall(found->get<std::int64_t>());
}

Session read_begin(const ordered_json& record) {
  Session out;
  out.id = record.at("id").get<std::string>();
  out.title = record.at("title").get<std::string>();
  out.started = wall(record.at("started").get<std::int64_t>());
  read_plan(record, out.request, out.stops_at);
  out.request.title = out.title;
  return out;
}

std::optional<SessionChange> read_change(const ordered_json& record, const Session& session) {
  const auto what = find_name<SessionChange::What>(kChanges, record.at("what").get<std::string>());
  if (!what) return std::nullopt;
  SessionChange out{*what, wall(record.at("at").get<std::int64_t>()), record.at("slot").get<std::uint32_t>(), record.value("why", std::string{}), {}, {}, 0, 0};
  if (!record.contains("due_ms")) return out;
  out.plan = session.request;
  read_plan(record, *out.plan, out.stops_at);
  out.due_ms = record.at("due_ms").get<std::int64_t>();
  out.first = record.at("first").get<std::uint32_t>();
  return out;
}

/// True when the record was understood.
bool apply(const ordered_json& record, Session& session) {
  const auto what = record.at("record").get<std::string>();
  if (what == "shot") {
    const auto outcome = find_name<ShotOutcome>(kOutcomes, record.at("outcome").get<std::string>());
    if (!outcome) return false;
    session.note({record.at("slot").get<std::uint32_t>(), *outcome, record.at("late_us").get<std::int32_t>(), record.at("took_ms").get<std::uint32_t>(),
                  record.value("due_ms", std::int64_t{0})},
                 record.value("error", std::string{}), wall(record.at("at").get<std::int64_t>()));
    return true;
  }
  if (what == "change") {
    const auto change = read_change(record, session);
    if (change) session.note(*change);
    return change.has_value();
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
  const auto text = checked_text(line);
  auto record = text ? ordered_json::parse(*text, nullptr, false) : ordered_json{};
  if (!record.is_object()) return std::nullopt;
  return record;
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
  for (auto& change : changes) {
    change.at += by;
    if (change.stops_at) *change.stops_at += by;
  }
}

void Session::note(const SessionChange& change) {
  if (change.what == SessionChange::What::paused) {
    paused = true;
    paused_why = change.why;
  }
  if (change.what == SessionChange::What::went_on) paused = false;
  if (change.plan) {
    request = *change.plan;
    stops_at = change.stops_at;
    grid = {std::chrono::milliseconds{change.due_ms}, change.first};
  }
  ++changes_in_all;
  if (changes.size() < kChangesKept) changes.push_back(change);
}

std::string_view name_of(fsm::Late late) { return kLate[static_cast<std::size_t>(late)]; }
std::optional<fsm::Late> late_of(std::string_view name) { return find_name<fsm::Late>(kLate, name); }
std::string_view name_of(ShotOutcome outcome) { return kOutcomes[static_cast<std::size_t>(outcome)]; }
std::string_view name_of(SessionChange::What what) { return kChanges[static_cast<std::size_t>(what)]; }

namespace journal {

std::string begin(const Session& session) {
  ordered_json out{{"record", "begin"},
                   {"id", session.id},
                   {"title", session.title},
                   {"started", ms(session.started)}};
  write_plan(out, session.request, session.stops_at);
  return line(out);
}

std::string shot(const ShotRecord& record, std::string_view error, hal::WallTime at) {
  ordered_json out{{"record", "shot"},
                   {"slot", record.slot},
                   {"outcome", kOutcomes[static_cast<std::size_t>(record.outcome)]},
                   {"late_us", record.late_us},
                   {"took_ms", record.took_ms},
                   {"due_ms", record.due_ms},
                   {"at", ms(at)}};
  if (!error.empty()) out["error"] = error;
  return line(out);
}

std::string change(const SessionChange& change) {
  ordered_json out{{"record", "change"}, {"what", name_of(change.what)}, {"at", ms(change.at)}, {"slot", change.slot}};
  if (!change.why.empty()) out["why"] = change.why;
  if (change.plan) {
    out["first"] = change.first;
    out["due_ms"] = change.due_ms;
    write_plan(out, *change.plan, change.stops_at);
  }
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

}  // namespace nightjar::app
