#pragma once
// What the course of a session must be, worked out from what happened to it and from its plan, apart from the code that is watched: when
// each shot may be ordered, and how many slots there have been.
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "fsm/intervalometer.h"

namespace nightjar::sim {

class SessionCourse {
 public:
  enum class What : unsigned char { shot_ordered, shot_ended, paused, went_on, replanned, stopped };

  /// Slot `slot` is due at `due`.
  SessionCourse(sml::Time due, std::uint32_t slot) : due_(due), free_(due), slot_(slot) {}

  /// What happens is kept until the plan it falls under is known: a journal is on its way to the disk for a while.
  void add(What what, sml::Time at) { waiting_.push_back({what, at}); }
  /// The plan from the beginning, or the next one; in order.
  void know(const fsm::SessionRequest& plan) { plans_.push_back(plan); }
  std::size_t plans_known() const { return plans_known_ + plans_.size(); }

  /// Works out what it can; what was wrong, in words, or nothing.
  std::optional<std::string> check();

  /// All that happened has been worked out.
  bool knows_all() const { return waiting_.empty() && plan_.has_value(); }
  /// Slots that were due: shot or missed. After a stop or the end these are all.
  std::uint32_t slots() const { return slot_; }
  /// As many as the plan wants; 0 = no limit. A plan with fewer slots than there were already is over at once.
  std::uint32_t wanted() const { return wanted_; }

 private:
  struct Happened {
    What what;
    sml::Time at;
  };
  bool can_take(const Happened& next);
  std::optional<std::string> take(const Happened& next);
  void end_shot(sml::Time at);
  void halt(sml::Time at);
  void replan(sml::Time at);
  void miss_before(sml::Time at, std::uint32_t keeps);
  void want(const fsm::SessionRequest& plan, std::uint32_t next);
  bool over() const { return wanted_ != 0 && slot_ >= wanted_; }

  std::optional<fsm::SessionRequest> plan_;
  std::deque<fsm::SessionRequest> plans_;   // known, and not yet come to
  std::size_t plans_known_ = 0;             // come to
  std::deque<Happened> waiting_;
  sml::Time due_;                           // of slot_
  std::optional<sml::Time> then_;           // of the one after it, where a new plan says so during its shot
  std::optional<sml::Time> last_;           // when the last shot was due
  std::optional<sml::Time> halted_;
  sml::Time free_;                          // since when the next shot may be ordered
  bool in_flight_ = false;
  std::uint32_t slot_;
  std::uint32_t wanted_ = 0;
};

}   // namespace nightjar::sim
