#pragma once
// One photo on one camera: pressed, exposing, saved or failed. A camera that is busy for a moment is asked again within the
// time the photo may take, and a camera that never answers is given up, so that the next photo always has a chance.
#include "fsm/sml/sml.h"
#include "hal/result.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct Press {
  sml::Time retry_until{};   // a busy camera is asked again until then: the end of the slot
};
struct Saved {};
struct Failed {
  hal::Error error;
  sml::Time at{};
};
struct Abandon {};           // the camera is gone or changed: nothing more will come from it

struct CapturePort {
  virtual ~CapturePort() = default;
  virtual void take_order() = 0;                     // this press is the photo being taken from now on
  virtual void shoot() = 0;                          // one request; answered by Saved or Failed
  virtual void forget_shot() = 0;                    // an answer that arrives after this belongs to no press
  virtual void report_saved() = 0;
  virtual void report_failed(const Failed&) = 0;
  virtual void report_timed_out() = 0;
  virtual void report_abandoned() = 0;
  virtual void report_busy() = 0;                    // pressed while a photo is being taken
};

constexpr auto kExposureMax = 45s;    // bulb exposures end at 30 s; writing a RAW file takes up to 9 s
constexpr auto kBusyPause = 300ms;    // a body says "Device busy" for about 0.4 s after an exposure (ccapi.md, section 5)

struct Capture {
  static constexpr auto name = "capture";
  using Port = CapturePort;
  struct Context {
    sml::Time retry_until{};
    int retries = 0;
    bool operator==(const Context&) const = default;

    void accept(const Press& press) {
      retry_until = press.retry_until;
      retries = 0;
    }
    bool may_retry(const Failed& failed) const {
      return failed.error.kind == hal::ErrorKind::busy && failed.at + kBusyPause < retry_until;
    }
    void count_retry() { ++retries; }
  };

  static constexpr auto accept = sml::call<&Context::accept>;
  static constexpr auto may_retry = sml::call<&Context::may_retry>;
  static constexpr auto count_retry = sml::call<&Context::count_retry>;
  static constexpr auto take_order = sml::call<&CapturePort::take_order>;
  static constexpr auto shoot = sml::call<&CapturePort::shoot>;
  static constexpr auto forget_shot = sml::call<&CapturePort::forget_shot>;
  static constexpr auto report_saved = sml::call<&CapturePort::report_saved>;
  static constexpr auto report_failed = sml::call<&CapturePort::report_failed>;
  static constexpr auto report_timed_out = sml::call<&CapturePort::report_timed_out>;
  static constexpr auto report_abandoned = sml::call<&CapturePort::report_abandoned>;
  static constexpr auto report_busy = sml::call<&CapturePort::report_busy>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"idle"_s     + event<Press>                  / (accept, take_order, shoot)      = "exposing"_s,
       "idle"_s     + ignore<Abandon>,
       "exposing"_s + event<Press>                  / report_busy,                     // stays; its clock runs on
       "exposing"_s + event<Saved>                  / report_saved                     = "idle"_s,
       "exposing"_s + event<Failed> [ may_retry ]   / count_retry                      = "waiting"_s,
       "exposing"_s + event<Failed>                 / report_failed                    = "idle"_s,
       "exposing"_s + event<Abandon>                / (forget_shot, report_abandoned)  = "idle"_s,
       "exposing"_s + after(kExposureMax)           / (forget_shot, report_timed_out)  = "idle"_s,
       "waiting"_s  + after(kBusyPause)             / shoot                            = "exposing"_s,
       "waiting"_s  + event<Press>                  / report_busy,
       "waiting"_s  + event<Abandon>                / report_abandoned                 = "idle"_s
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
