#pragma once
// What is promised of every night, watched all the time by those who know only what they see: the machines' steps, the messages that
// phones get, the log, the disk, and what the cameras themselves have recorded.
#include <map>
#include <memory>
#include <string>

#include "sim/cast.h"
#include "sim/findings.h"
#include "sim/watch_links.h"
#include "sim/watch_machines.h"
#include "sim/watch_session.h"
#include "sim/watch_shutter.h"

namespace nightjar::sim {

class Invariants {
 public:
  Invariants(Cast& cast, const Scenario& scenario);

  // Told by the simulation as it happens.
  void happening(const Happening& happening);
  void stepped(const Cast::Pi& pi, const sml::Step& step);
  void logged(const Cast::Pi& pi, const Log::Line& line);
  void heard(const Cast::Seat& seat, const MessageName& name, std::string_view text);
  void booting(const Cast::Pi& pi);
  void ready(const Cast::Pi& pi, const hal::Result<hal::Endpoint>& at);
  void power_cut(const Cast::Pi& pi);
  void threw(const std::string& what);
  /// Once in a virtual minute.
  void look();
  /// When everything has had its time to recover; then, when every session was to be stopped and saved; then, when a photo was to be taken.
  void check_all_is_well();
  void check_last_wishes();
  void check_last_photo();
  void at_the_end();

  const std::optional<Broken>& broken() const { return findings_.first(); }

  struct Counts {
    WatchSession::Counts sessions;
    std::uint64_t presses = 0, exposures = 0, power_cuts = 0;
    Counts& operator+=(const Counts& more) {
      sessions += more.sessions;
      presses += more.presses;
      exposures += more.exposures;
      power_cuts += more.power_cuts;
      return *this;
    }
  };
  Counts counts() const;

 private:
  struct Watch {
    Watch(Findings& findings, const Cast::Pi& pi);
    WatchMachines machines;
    WatchSession session;
    WatchLinks links;
    std::unique_ptr<WatchShutter> shutter;
    hal::Instant booted{};
    bool ready = false;
    std::uint64_t saved = 0;       // photos, of sessions or not, since it booted
    std::uint64_t saved_before = 0;
  };
  Watch& watch(const Cast::Pi& pi) { return *watches_.at(pi.device->name()); }
  const Watch& watch(const Cast::Pi& pi) const { return *watches_.at(pi.device->name()); }
  bool connected(const Cast::Pi& pi) const;
  void check_secret(std::string_view where, std::string_view text);

  Cast& cast_;
  Findings findings_;
  std::map<std::string, std::unique_ptr<Watch>> watches_;
  std::vector<std::string> secrets_;
  hal::Instant disk_bad_until_{};
  std::uint64_t power_cuts_ = 0;
};

}   // namespace nightjar::sim
