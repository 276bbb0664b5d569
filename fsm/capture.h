#pragma once
// One photo at a time on one camera: pressed, exposing, saved or failed. A camera that is busy for a moment is asked again within the
// time the photo may take, and a camera that never answers is given up, so that the next photo always has a chance. A session's slot
// waits for a person's photo to end, and a person's press for the session's; whose own photo is being taken is refused at once.
#include <algorithm>

#include "fsm/sml/sml.h"
#include "hal/result.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

enum class Asker : unsigned char { person, session };

struct Press {
  sml::Time retry_until{};   // so long it waits for its turn, and so long a busy camera is asked again: the end of the slot
  Asker by = Asker::person;
  sml::Time bulb{};          // how long the shutter is held open; zero: as long as the camera is set to
  bool operator==(const Press&) const = default;
};
struct Saved {};
struct Failed {
  hal::Error error;
  sml::Time at{};
};
struct Abandon {};           // the camera is gone or changed: nothing more will come from it
struct Freed {};             // the shutter tells the line: it is idle again
struct Next {};              // the line tells the shutter: the press that waits has its turn

struct CapturePort {
  virtual ~CapturePort() = default;
  virtual void take_order() = 0;                     // this press is the photo being taken from now on
  virtual void hold_order() = 0;                     // this press waits
  virtual void take_held() = 0;                      // the press that waits is the photo being taken from now on
  virtual void shoot() = 0;                          // one request; answered by Saved or Failed
  virtual void forget_shot() = 0;                    // an answer that arrives after this belongs to no press
  virtual void report_saved() = 0;
  virtual void report_failed(const Failed&) = 0;
  virtual void report_timed_out() = 0;
  virtual void report_abandoned() = 0;
  virtual void report_busy() = 0;                    // pressed while a photo is being taken
  virtual void report_held_too_long() = 0;           // the press that waited: its time is over
  virtual void report_held_abandoned() = 0;
};

constexpr auto kExposureMax = 45s;    // the longest time a camera can be set to is 30 s; writing a RAW file takes up to 9 s; bulb comes on top
constexpr auto kBulbMax = 60s;        // with kExposureMax below the intervalometer's kShotMax
constexpr auto kBusyPause = 300ms;    // a body says "Device busy" for about 0.4 s after an exposure (ccapi.md, section 5)

struct Capture {
  static constexpr auto name = "capture";
  using Port = CapturePort;
  struct Context {
    Press press;             // the photo being taken
    int retries = 0;
    Press held;              // the press that waits
    sml::Time patience{};    // from its coming to its retry_until
    bool operator==(const Context&) const = default;

    void accept(const Press& now_taken) {
      press = now_taken;
      retries = 0;
    }
    void accept_held() { accept(held); }
    bool may_wait(const Press& other) const { return other.by != press.by; }
    void keep_place(const Press& other, sml::Time now) {
      held = other;
      patience = std::max(held.retry_until - now, sml::Time{});
    }
    bool may_retry(const Failed& failed) const {
      return failed.error.kind == hal::ErrorKind::busy && failed.at + kBusyPause < press.retry_until;
    }
    void count_retry() { ++retries; }
    sml::Time exposure_max() const { return sml::Time{kExposureMax} + press.bulb; }
  };

  static constexpr auto accept = sml::call<&Context::accept>;
  static constexpr auto accept_held = sml::call<&Context::accept_held>;
  static constexpr auto may_wait = sml::call<&Context::may_wait>;
  static constexpr auto keep_place = sml::call<&Context::keep_place>;
  static constexpr auto may_retry = sml::call<&Context::may_retry>;
  static constexpr auto count_retry = sml::call<&Context::count_retry>;
  static constexpr auto take_order = sml::call<&CapturePort::take_order>;
  static constexpr auto hold_order = sml::call<&CapturePort::hold_order>;
  static constexpr auto take_held = sml::call<&CapturePort::take_held>;
  static constexpr auto shoot = sml::call<&CapturePort::shoot>;
  static constexpr auto forget_shot = sml::call<&CapturePort::forget_shot>;
  static constexpr auto report_saved = sml::call<&CapturePort::report_saved>;
  static constexpr auto report_failed = sml::call<&CapturePort::report_failed>;
  static constexpr auto report_timed_out = sml::call<&CapturePort::report_timed_out>;
  static constexpr auto report_abandoned = sml::call<&CapturePort::report_abandoned>;
  static constexpr auto report_busy = sml::call<&CapturePort::report_busy>;
  static constexpr auto report_held_too_long = sml::call<&CapturePort::report_held_too_long>;
  static constexpr auto report_held_abandoned = sml::call<&CapturePort::report_held_abandoned>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      // the shutter
      *"idle"_s       + on_entry<_>                   / process(Freed{}),
       "idle"_s       + event<Press>                  / (accept, take_order, shoot)           = "exposing"_s,
       "idle"_s       + event<Next>                   / (accept_held, take_held, shoot)       = "exposing"_s,
       "idle"_s       + ignore<Abandon>,
       "exposing"_s   + event<Saved>                  / report_saved                          = "idle"_s,
       "exposing"_s   + event<Failed> [ may_retry ]   / count_retry                           = "waiting"_s,
       "exposing"_s   + event<Failed>                 / report_failed                         = "idle"_s,
       "exposing"_s   + event<Abandon>                / (forget_shot, report_abandoned)       = "idle"_s,
       "exposing"_s   + after(&Context::exposure_max)  / (forget_shot, report_timed_out)       = "idle"_s,
       "waiting"_s    + after(kBusyPause)             / shoot                                 = "exposing"_s,
       "waiting"_s    + event<Abandon>                / report_abandoned                      = "idle"_s,
      // the line before it: one place, for whose own photo is not being taken
      *"free"_s       + event<Press>                                                          = "taken"_s,
       "free"_s       + ignore<Freed>,                                                        // when it starts
       "taken"_s      + event<Press> [ may_wait ]     / (keep_place, hold_order)              = "waited_for"_s,
       "taken"_s      + event<Press>                  / report_busy,                          // the exposure's clock runs on
       "taken"_s      + event<Freed>                                                          = "free"_s,
       "waited_for"_s + event<Press>                  / report_busy,
       "waited_for"_s + event<Freed>                  / process(Next{})                       = "taken"_s,
       "waited_for"_s + event<Abandon>                / report_held_abandoned                 = "taken"_s,
       "waited_for"_s + after(&Context::patience)     / report_held_too_long                  = "taken"_s
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
