#pragma once
// The connection to one camera: opened, watched every ten seconds, and sought again for ever when it is lost, for a device in
// the field has nobody to press Retry. Any sign of life counts, so a session that shoots often is never asked twice.
#include <algorithm>

#include "fsm/sml/sml.h"
#include "hal/result.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct Retarget {};                  // another address is known from now on
struct Opened {};                    // the camera told what it can do
struct OpenFailed { hal::Error error; };
struct Alive {};                     // it answered: a check, a status, a photo
struct Lost { hal::Error error; };   // it did not, or the connection broke
struct Retry {};                     // a person asks: now, please
struct Release {};                   // let go of the camera

struct CameraLinkPort {
  virtual ~CameraLinkPort() = default;
  virtual void open() = 0;           // one attempt; answered by Opened or OpenFailed
  virtual void forget_open() = 0;    // its answer is not wanted any more
  virtual void check() = 0;          // one request; answered by Alive or Lost
  virtual void forget_check() = 0;
  virtual void report_connected() = 0;
  virtual void report_open_failed(const OpenFailed&) = 0;
  virtual void report_open_timed_out() = 0;
  virtual void report_lost(const Lost&) = 0;
  virtual void report_silent() = 0;  // lost, for it did not answer a check in time
  virtual void report_released() = 0;
};

constexpr auto kCheckEvery = 10s;    // contract.md, section 1: health check
constexpr auto kCheckMax = 5s;       // a camera on Wi-Fi answers in 30 to 80 ms, at the slowest in half a second (ccapi.md)
constexpr auto kOpenMax = 10s;       // TCP, TLS and the capability document
constexpr auto kReconnectFirst = 5s; // 5, 10, 20, 40, then every 60 s: contract.md, section 1
constexpr auto kReconnectMax = 60s;

struct CameraLink {
  static constexpr auto name = "camera_link";
  using Port = CameraLinkPort;
  struct Context {
    int attempt = 0;                 // of the current row of attempts; 0 while all is well
    bool operator==(const Context&) const = default;

    void begin_again() { attempt = 0; }
    void count_attempt() { attempt = std::min(attempt + 1, 1'000'000); }
    /// Before attempt n: 5 s x 2^(n-1), at most 60 s.
    sml::Time backoff() const {
      return attempt > 4 ? sml::Time{kReconnectMax} : sml::Time{kReconnectFirst} * (1 << std::max(attempt - 1, 0));
    }
  };

  static constexpr auto begin_again = sml::call<&Context::begin_again>;
  static constexpr auto count_attempt = sml::call<&Context::count_attempt>;
  static constexpr auto open = sml::call<&CameraLinkPort::open>;
  static constexpr auto forget_open = sml::call<&CameraLinkPort::forget_open>;
  static constexpr auto check = sml::call<&CameraLinkPort::check>;
  static constexpr auto forget_check = sml::call<&CameraLinkPort::forget_check>;
  static constexpr auto report_connected = sml::call<&CameraLinkPort::report_connected>;
  static constexpr auto report_open_failed = sml::call<&CameraLinkPort::report_open_failed>;
  static constexpr auto report_open_timed_out = sml::call<&CameraLinkPort::report_open_timed_out>;
  static constexpr auto report_lost = sml::call<&CameraLinkPort::report_lost>;
  static constexpr auto report_silent = sml::call<&CameraLinkPort::report_silent>;
  static constexpr auto report_released = sml::call<&CameraLinkPort::report_released>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"no_camera"_s   + event<Retarget>             / (begin_again, open)                     = "connecting"_s,
       "no_camera"_s   + ignore<Retry>, "no_camera"_s + ignore<Release>, "no_camera"_s + ignore<Lost>, "no_camera"_s + ignore<Alive>,
       "connecting"_s  + event<Opened>               / (begin_again, report_connected)         = "ready"_s,
       "connecting"_s  + event<OpenFailed>           / (count_attempt, report_open_failed)     = "backing_off"_s,
       "connecting"_s  + after(kOpenMax)             / (forget_open, count_attempt, report_open_timed_out) = "backing_off"_s,
       "connecting"_s  + event<Retarget>             / (forget_open, begin_again, open)        = "connecting"_s,
       "connecting"_s  + event<Release>              / (forget_open, report_released)          = "no_camera"_s,
       "connecting"_s  + ignore<Retry>, "connecting"_s + ignore<Lost>, "connecting"_s + ignore<Alive>,
       "backing_off"_s + after(&Context::backoff)    / open                                    = "connecting"_s,
       "backing_off"_s + event<Retry>                / open                                    = "connecting"_s,
       "backing_off"_s + event<Retarget>             / (begin_again, open)                     = "connecting"_s,
       "backing_off"_s + event<Release>              / report_released                         = "no_camera"_s,
       "backing_off"_s + ignore<Lost>, "backing_off"_s + ignore<Alive>,
       "ready"_s       + event<Alive>                                                          = "ready"_s,      // its clock starts anew
       "ready"_s       + after(kCheckEvery)          / check                                   = "checking"_s,
       "ready"_s       + event<Lost>                 / (count_attempt, report_lost)            = "backing_off"_s,
       "ready"_s       + event<Retarget>             / (begin_again, open)                     = "connecting"_s,
       "ready"_s       + event<Release>              / report_released                         = "no_camera"_s,
       "ready"_s       + ignore<Retry>,
       "checking"_s    + event<Alive>                                                          = "ready"_s,
       "checking"_s    + event<Lost>                 / (forget_check, count_attempt, report_lost) = "backing_off"_s,
       "checking"_s    + after(kCheckMax)            / (forget_check, count_attempt, report_silent) = "backing_off"_s,
       "checking"_s    + event<Retarget>             / (forget_check, begin_again, open)       = "connecting"_s,
       "checking"_s    + event<Release>              / (forget_check, report_released)         = "no_camera"_s,
       "checking"_s    + ignore<Retry>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
