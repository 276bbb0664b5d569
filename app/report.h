#pragma once
// A session's report: its JSON (fields: existing-program.md, section 5, and every shot), what a list shows of it, and its CSV.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/messages/json_text.h"
#include "app/session.h"
#include "hal/camera.h"

namespace nightjar::app {

constexpr std::size_t kReportMax = 32u << 20;   // bytes; 100 000 shots are about 13 MB

/// Without its shots and errors: what a list shows, and what the index keeps.
struct ReportEntry {
  std::string session_id;
  std::string title;
  hal::WallTime started{};
  hal::WallTime ended{};
  hal::WallTime saved_at{};
  double interval_s = 0;
  std::uint32_t shots = 0;             // asked for; 0 = no limit
  std::string stop_condition;
  std::string stop_time;
  std::string late;
  Tally tally;
  bool whole = false;                  // it came to its own end
  std::string reason;
  std::string model;
  std::string version;
  bool operator==(const ReportEntry&) const = default;

  std::string id() const { return "report-" + session_id; }
};

ReportEntry entry_of(const Session& session, const hal::CameraInfo& camera, hal::WallTime saved_at, std::string_view version);
/// Of a report's or an index line's JSON; nothing when it is neither. Never throws.
std::optional<ReportEntry> entry_of(std::string_view json);
/// The report without shots and errors.
Json summary(const ReportEntry& entry);

std::string report_json(const Session& session, const hal::CameraInfo& camera, hal::WallTime saved_at, std::string_view version);

/// The same report under another title; nothing when it is none of ours.
std::optional<std::string> with_title(std::string_view report, std::string_view title);

/// One line a shot, RFC 4180, with a head: shotNumber,dueTime,outcome,late_ms,took_ms,error. Nothing when it is no report.
/// Cells that a spreadsheet would take for a formula begin with an apostrophe.
std::optional<std::string> report_csv(std::string_view report);


}  // namespace nightjar::app
