#pragma once
// What the camera tells of itself, asked for every few seconds while its link stands; and whether what it says is true: a body may answer
// yes to every shot and record nothing until it is switched off and on. Three such shots, and it is opened anew; three more, and it is told.
#include <algorithm>

#include "fsm/sml/sml.h"
#include "hal/result.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct Linked {};                     // the camera answers: for the first time, again, or another one
struct Unlinked {};                   // it does not any more
struct Told { bool recorded = false; };   // among the news is a new file, or its card takes fewer pictures than before
struct NotTold { hal::Error error; };
struct ShotTaken {};                  // the camera has said so

struct CameraEventsPort {
  virtual ~CameraEventsPort() = default;
  virtual void ask() = 0;             // one attempt; answered by Told or NotTold
  virtual void forget_ask() = 0;
  virtual void reopen() = 0;          // let go of the camera and open it again, when no photo is being taken
  virtual void report_records_nothing() = 0;
  virtual void report_records_again() = 0;
};

constexpr auto kAskEvery = 5s;        // a person who turned a dial looks at the page a moment later
constexpr auto kAskEveryMax = 60s;    // 5, 10, 20, 40, 60 s between attempts that fail: a camera that is busy with itself is left alone
constexpr int kShotsUnseenMax = 3;    // ccapi.md, section 5
constexpr int kSilentMax = 3;         // answers after the last of them, so 10 s at least: a RAW file on a slow card takes 9 s

struct CameraEvents {
  static constexpr auto name = "camera_events";
  using Port = CameraEventsPort;
  struct Context {
    int failures = 0;                 // in a row
    int unseen = 0;                   // shots since the camera has shown that it records; at most kShotsUnseenMax
    int silent = 0;                   // answers since the last of them that told of none
    bool operator==(const Context&) const = default;

    void count_failure() { failures = std::min(failures + 1, 5); }
    void forget_failures() { failures = 0; }
    sml::Time pause() const { return std::min(sml::Time{kAskEvery} * (1 << std::max(failures - 1, 0)), sml::Time{kAskEveryMax}); }
    bool cannot_tell(const NotTold& not_told) const { return not_told.error.kind == hal::ErrorKind::not_supported; }

    void count_shot() { unseen = std::min(unseen + 1, kShotsUnseenMax); }
    void count_silence() { silent += unseen == kShotsUnseenMax ? 1 : 0; }
    void forget_shots() { unseen = silent = 0; }
    bool recorded(const Told& told) const { return told.recorded; }
    bool owes_files() const { return silent == kSilentMax - 1; }
  };

  static constexpr auto count_failure = sml::call<&Context::count_failure>;
  static constexpr auto forget_failures = sml::call<&Context::forget_failures>;
  static constexpr auto cannot_tell = sml::call<&Context::cannot_tell>;
  static constexpr auto count_shot = sml::call<&Context::count_shot>;
  static constexpr auto count_silence = sml::call<&Context::count_silence>;
  static constexpr auto forget_shots = sml::call<&Context::forget_shots>;
  static constexpr auto recorded = sml::call<&Context::recorded>;
  static constexpr auto owes_files = sml::call<&Context::owes_files>;
  static constexpr auto ask = sml::call<&CameraEventsPort::ask>;
  static constexpr auto forget_ask = sml::call<&CameraEventsPort::forget_ask>;
  static constexpr auto reopen = sml::call<&CameraEventsPort::reopen>;
  static constexpr auto report_records_nothing = sml::call<&CameraEventsPort::report_records_nothing>;
  static constexpr auto report_records_again = sml::call<&CameraEventsPort::report_records_again>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      // asking
      *"unlinked"_s  + event<Linked>                   / (forget_failures, ask)              = "asking"_s,
       "unlinked"_s  + ignore<Unlinked>, "unlinked"_s + ignore<Told>, "unlinked"_s + ignore<NotTold>,
       "asking"_s    + event<Told>                     / forget_failures                     = "resting"_s,
       "asking"_s    + event<NotTold> [ cannot_tell ]                                        = "mute"_s,      // this body has no events
       "asking"_s    + event<NotTold>                  / count_failure                       = "resting"_s,
       "asking"_s    + event<Linked>                   / (forget_ask, forget_failures, ask)  = "asking"_s,
       "asking"_s    + event<Unlinked>                 / forget_ask                          = "unlinked"_s,
       "resting"_s   + after(&Context::pause)          / ask                                 = "asking"_s,
       "resting"_s   + event<Linked>                   / (forget_failures, ask)              = "asking"_s,
       "resting"_s   + event<Unlinked>                                                       = "unlinked"_s,
       "resting"_s   + ignore<NotTold>,                                                      // of a question that is forgotten
       "mute"_s      + event<Linked>                   / (forget_failures, ask)              = "asking"_s,
       "mute"_s      + event<Unlinked>                                                       = "unlinked"_s,
       "mute"_s      + ignore<NotTold>,
      // believing
      *"believed"_s  + event<ShotTaken>                / count_shot,
       "believed"_s  + event<Told> [ recorded ]        / forget_shots,
       "believed"_s  + event<Told> [ owes_files ]      / (forget_shots, reopen)              = "doubted"_s,
       "believed"_s  + event<Told>                     / count_silence,
       "believed"_s  + event<Linked>                   / forget_shots,
       "doubted"_s   + event<ShotTaken>                / count_shot,
       "doubted"_s   + event<Told> [ recorded ]        / forget_shots                        = "believed"_s,
       "doubted"_s   + event<Told> [ owes_files ]      / (forget_shots, report_records_nothing) = "disbelieved"_s,
       "doubted"_s   + event<Told>                     / count_silence,
       "doubted"_s   + event<Linked>                   / forget_shots,                       // opened anew, as it was to be
       "disbelieved"_s + event<Told> [ recorded ]      / report_records_again                = "believed"_s,
       "disbelieved"_s + event<Linked>                 / report_records_again                = "believed"_s,  // switched off and on
       "disbelieved"_s + ignore<ShotTaken>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
