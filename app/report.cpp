#include "app/report.h"

#include <nlohmann/json.hpp>

#include "app/iso_time.h"

namespace nightjar::app {
namespace {

using nlohmann::json;

Json number(std::uint32_t shots) { return shots == 0 ? Json() : Json(shots); }

Json intervalometer_json(const ReportEntry& entry) {
  return {{"interval", entry.interval_s}, {"stopCondition", entry.stop_condition}, {"numberOfShots", number(entry.shots)}, {"stopAt", or_null(entry.stop_time)}, {"late", entry.late}};
}

Json results_json(const ReportEntry& entry) {
  return {{"imagesCaptured", entry.tally.taken()},
          {"imagesSuccessful", entry.tally.saved},
          {"imagesFailed", entry.tally.failed},
          {"imagesMissed", entry.tally.missed},
          {"firstImageName", nullptr},
          {"lastImageName", nullptr}};
}

Json metadata_json(const ReportEntry& entry) {
  return {{"completionReason", entry.reason}, {"savedAt", iso_utc(entry.saved_at)}, {"version", entry.version}, {"cameraModel", entry.model}};
}

Json head_json(const ReportEntry& entry) {
  return {{"id", entry.id()},
          {"sessionId", entry.session_id},
          {"title", entry.title},
          {"startTime", iso_utc(entry.started)},
          {"endTime", iso_utc(entry.ended)},
          {"duration", (entry.ended - entry.started).count()},
          {"status", entry.whole ? "completed" : "stopped"},
          {"intervalometer", intervalometer_json(entry)}};
}

Json errors_json(const Session& session) {
  auto out = Json::array();
  for (const auto& error : session.errors) out.push_back({{"shotNumber", error.slot + 1}, {"error", error.text}, {"timestamp", iso_utc(error.at)}});
  return out;
}

Json changes_json(const Session& session) {
  auto out = Json::array();
  for (const auto& change : session.changes) {
    Json one{{"what", name_of(change.what)}, {"at", iso_utc(change.at)}, {"shotNumber", change.slot + 1}};
    if (!change.why.empty()) one.add("reason", change.why);
    if (change.plan && change.what != SessionChange::What::went_on) {
      one.add("interval", std::chrono::duration<double>{change.plan->interval}.count());
      one.add("numberOfShots", number(change.plan->shots));
      one.add("stopAt", or_null(change.plan->stop_time));
    }
    out.push_back(one);
  }
  return out;
}

/// Errors are kept in the order of their shots; those past the list's end have no words.
Json shots_json(const Session& session) {
  auto out = Json::array();
  auto error = session.errors.begin();
  for (const auto& shot : session.shots) {
    Json one{{"shotNumber", shot.slot + 1},
             {"outcome", name_of(shot.outcome)},
             {"dueTime", iso_utc(session.due(shot))},
             {"late_ms", shot.late_us / 1000.0},
             {"took_ms", shot.took_ms}};
    if (error != session.errors.end() && error->slot == shot.slot) one.add("error", (error++)->text);
    out.push_back(one);
  }
  return out;
}

/// "2026-11-20T23:14:07.330Z", as iso_utc() writes it.
std::optional<hal::WallTime> parse_iso_utc(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millisecond = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ", &year, &month, &day, &hour, &minute, &second, &millisecond) != 7) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)}, std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second} + std::chrono::milliseconds{millisecond};
}

hal::WallTime time_at(const json& object, const char* key) {
  const auto time = parse_iso_utc(object.at(key).get<std::string>());
  if (!time) throw json::other_error::create(501, "no time", &object);
  return *time;
}

std::string text_or_empty(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// Where the title's JSON text begins and ends; our reports say id, sessionId, title before all else, and ids hold no quotes.
std::optional<std::pair<std::size_t, std::size_t>> find_title(std::string_view report) {
  constexpr std::string_view kKey = "\"title\":";
  constexpr std::size_t kHeadMax = 400;
  const auto key = report.substr(0, kHeadMax).find(kKey);
  if (key == std::string_view::npos) return std::nullopt;
  const auto begin = report.find_first_not_of(' ', key + kKey.size());
  if (begin == std::string_view::npos || report[begin] != '"') return std::nullopt;
  for (auto end = begin + 1; end < report.size(); ++end) {
    if (report[end] == '\\') ++end;
    else if (report[end] == '"') return std::pair{begin, end + 1};
  }
  return std::nullopt;
}

std::string csv_cell(std::string text) {
  if (!text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos) text.insert(0, "'");
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

}  // namespace

ReportEntry entry_of(const Session& session, const hal::CameraInfo& camera, hal::WallTime saved_at, std::string_view version) {
  const auto& plan = session.request;
  return {session.id, session.title, session.started, session.ended.value_or(session.started), saved_at,
          std::chrono::duration<double>{plan.interval}.count(), plan.shots, plan.stop_condition, plan.stop_time, std::string{name_of(plan.late)},
          session.tally(), session.is_whole(), session.end_reason, camera.model, std::string{version}};
}

std::optional<ReportEntry> entry_of(std::string_view text) try {
  const auto skip = [](int depth, json::parse_event_t event, json& value) { return depth > 1 || event != json::parse_event_t::key || value != "shots"; };
  const auto report = json::parse(text, skip, false);
  if (!report.is_object()) return std::nullopt;
  const auto& plan = report.at("intervalometer");
  const auto& results = report.at("results");
  const auto& metadata = report.at("metadata");
  const auto shots = plan.find("numberOfShots");
  return ReportEntry{report.at("sessionId").get<std::string>(),
                     report.at("title").get<std::string>(),
                     time_at(report, "startTime"),
                     time_at(report, "endTime"),
                     time_at(metadata, "savedAt"),
                     plan.at("interval").get<double>(),
                     shots != plan.end() && shots->is_number_unsigned() ? shots->get<std::uint32_t>() : 0,
                     text_or_empty(plan, "stopCondition"),
                     text_or_empty(plan, "stopAt"),
                     plan.value("late", "skip"),
                     {results.at("imagesSuccessful").get<std::uint32_t>(), results.at("imagesFailed").get<std::uint32_t>(), results.value("imagesMissed", 0u)},
                     report.value("status", "") == "completed",
                     text_or_empty(metadata, "completionReason"),
                     text_or_empty(metadata, "cameraModel"),
                     text_or_empty(metadata, "version")};
} catch (const json::exception&) {   // a field that is missing or of another kind
  return std::nullopt;
}

Json summary(const ReportEntry& entry) {
  auto out = head_json(entry);
  out.add("results", results_json(entry));
  out.add("metadata", metadata_json(entry));
  return out;
}

std::string report_json(const Session& session, const hal::CameraInfo& camera, hal::WallTime saved_at, std::string_view version) {
  const auto entry = entry_of(session, camera, saved_at, version);
  auto out = head_json(entry);
  out.add("cameraInfo", {{"model", camera.model}, {"serialNumber", camera.serial}, {"firmware", camera.firmware}});
  out.add("cameraSettings", Json::object());
  auto results = results_json(entry);
  results.add("errors", errors_json(session));
  out.add("results", results);
  out.add("changes", changes_json(session));
  out.add("changesInAll", session.changes_in_all);
  out.add("shots", shots_json(session));
  out.add("metadata", metadata_json(entry));
  return out.text() + "\n";
}

std::optional<std::string> with_title(std::string_view report, std::string_view title) {
  const auto place = find_title(report);
  if (!place) return std::nullopt;
  std::string out{report.substr(0, place->first)};
  return out.append(Json(title).text()).append(report.substr(place->second));
}

std::optional<std::string> report_csv(std::string_view text) try {
  const auto report = json::parse(text, nullptr, false);
  if (!report.is_object()) return std::nullopt;
  std::string out = "shotNumber,dueTime,outcome,late_ms,took_ms,error\r\n";
  for (const auto& shot : report.at("shots")) {
    out += fmt::format("{},{},{},{},{},{}\r\n", shot.at("shotNumber").get<std::uint32_t>(), text_or_empty(shot, "dueTime"), shot.at("outcome").get<std::string>(),
                       shot.at("late_ms").get<double>(), shot.at("took_ms").get<std::uint32_t>(), csv_cell(text_or_empty(shot, "error")));
  }
  return out;
} catch (const json::exception&) {   // a field that is missing or of another kind
  return std::nullopt;
}

}  // namespace nightjar::app
