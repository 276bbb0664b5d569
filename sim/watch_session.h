#pragma once
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/session.h"
#include "fsm/sml/sml.h"
#include "sim/device.h"
#include "sim/findings.h"
#include "sim/phone.h"
#include "sim/session_course.h"

namespace nightjar::sim {

/// A session as the machines' steps show it.
struct WatchedSession {
  std::string id;                        // empty: not known yet
  std::optional<SessionCourse> course;   // nothing after a power cut, until its first shot
  bool blind = false;                    // its course cannot be known until the next power cut
  std::ptrdiff_t plans_before = 0;       // that it had been given before the last power cut
  bool halted = false;                   // paused, or to be stopped
  std::uint32_t saved = 0;
  std::uint32_t failed = 0;
  bool ended = false;
  bool leaving = false;                  // it is being saved or discarded
  bool interrupted = false;              // by a power cut
  bool kept = true;                      // all of it is on the disk
  bool holed = false;                    // some of it never will be
};

/// Watches one device's sessions from three sides that know nothing of each other: its machines' steps, what its clients are told, and
/// what is on its disk. They must agree about every shot, through power cuts too.
class WatchSession {
 public:
  WatchSession(Findings& findings, Device& device) : findings_(findings), device_(device) {}

  void stepped(const sml::Step& step);
  void heard(const std::string& phone, const MessageName& name, std::string_view text);
  /// The device has said itself that something is not on its disk.
  void not_kept();
  void kept_again();
  void rotted();
  void powered_off();
  /// From time to time while the device runs; `ready`: since a while, so that it has found what it left.
  /// `disk_works`: since so long that what it had not taken must be on it.
  void look(bool ready, bool disk_works);

  /// Reads every report anew: after a power cut, at the end.
  void check_kept_reports() const;

  struct Counts {
    std::uint64_t sessions = 0, reports = 0, saved = 0, failed = 0, missed = 0;
    Counts& operator+=(const Counts& more) {
      sessions += more.sessions;
      reports += more.reports;
      saved += more.saved;
      failed += more.failed;
      missed += more.missed;
      return *this;
    }
  };
  const Counts& counts() const { return counts_; }

 private:
  enum class Told : unsigned char { nothing, saved, failed };

  void begin(const sml::Step& step);
  void follow(const sml::Step& step);
  void follow(SessionCourse::What what, sml::Time at);
  void store(const sml::Step& step);
  bool find_report();
  void learn();
  void learn_plans(const app::Session& session);
  void check_course();
  void check_report(const std::string& path, const std::string& text);
  void check_shots(const nlohmann::json& report);
  void check_length(std::uint32_t slots);
  void check_told(const std::string& id, const nlohmann::json& report);
  void check_end(const std::string& id, const std::string& status);
  void settle_left();
  void forget_session();

  Findings& findings_;
  Device& device_;
  Counts counts_;
  std::optional<WatchedSession> run_;
  std::set<std::string> told_sessions_;                       // that nobody has saved or discarded
  std::set<std::string> gone_;                                // what a slow phone may still hear of
  std::map<std::string, std::string> told_ends_;              // the event that told it, by session
  std::map<std::string, std::vector<Told>> told_shots_;       // by session, by shot number - 1
  std::map<std::pair<std::string, std::string>, std::uint32_t> last_told_;   // by phone and session: the newest shot number
  std::map<std::string, std::size_t> reports_;                // path -> hash of what is in it
};

}   // namespace nightjar::sim
