#pragma once
// The device's own wall clock, which has no battery on most Pis: clients and GPS say what time it is, and when ours is far off it is
// set. Whether that came about is told only when it is known. Schedules run on the monotonic clock and feel nothing of it.
#include <cstdint>

#include "fsm/sml/sml.h"
#include "hal/result.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

/// How far the time that was told is ahead of ours.
struct ClientTold { sml::Time offset{}; };
struct GpsTold {
  sml::Time offset{};
  bool accurate = false;             // it says so of itself: "high"
  sml::Time age{};                   // of the fix
};
struct ClockSet {};
struct ClockNotSet { hal::Error error; };

enum class TimeSource : std::uint8_t { nobody, client, gps };

struct DeviceClockPort {
  virtual ~DeviceClockPort() = default;
  virtual void set_clock(sml::Time by) = 0;                // once; answered by ClockSet or ClockNotSet
  virtual void forget_set() = 0;
  virtual void report_in_time() = 0;                       // ours is near enough
  virtual void report_set() = 0;
  virtual void report_not_set(const ClockNotSet&) = 0;
  virtual void report_set_timed_out() = 0;
  virtual void report_inaccurate() = 0;                    // a GPS time that is not to be believed, and why
  virtual void report_too_old() = 0;
  virtual void report_busy() = 0;                          // what is told while the clock is being set counts for nothing
  virtual void report_lost() = 0;                          // nobody has told the time for long
};

constexpr auto kFarOff = 5s;         // past it the clock is set: contract.md, section 1
constexpr auto kNear = 2s;           // below it a client's word makes our time highly reliable
constexpr auto kGpsAgeMax = 10s;
constexpr auto kSetMax = 5s;         // a system call; a service may take a second
constexpr auto kTimeKeeps = 11min;   // two askings (client_time.h) in vain, and a minute

struct DeviceClock {
  static constexpr auto name = "device_clock";
  using Port = DeviceClockPort;
  struct Context {
    TimeSource source = TimeSource::nobody;   // who told the time last
    sml::Time offset{};                       // how far it was ahead of ours then
    bool operator==(const Context&) const = default;

    void note_client(const ClientTold& told) {
      source = TimeSource::client;
      offset = told.offset;
    }
    void note_gps(const GpsTold& told) {
      source = TimeSource::gps;
      offset = told.offset;
    }
    static bool is_far(sml::Time offset) { return offset > kFarOff || offset < -kFarOff; }
    bool client_is_far(const ClientTold& told) const { return is_far(told.offset); }
    bool gps_is_far(const GpsTold& told) const { return is_far(told.offset); }
    bool is_inaccurate(const GpsTold& told) const { return !told.accurate; }
    bool is_old(const GpsTold& told) const { return told.age >= kGpsAgeMax; }
  };

  struct Verbs {
    static void set_clock(const Context& context, DeviceClockPort& port) { port.set_clock(context.offset); }
  };

  static constexpr auto note_client = sml::call<&Context::note_client>;
  static constexpr auto note_gps = sml::call<&Context::note_gps>;
  static constexpr auto client_is_far = sml::call<&Context::client_is_far>;
  static constexpr auto gps_is_far = sml::call<&Context::gps_is_far>;
  static constexpr auto is_inaccurate = sml::call<&Context::is_inaccurate>;
  static constexpr auto is_old = sml::call<&Context::is_old>;
  static constexpr auto set_clock = sml::call<&Verbs::set_clock>;
  static constexpr auto forget_set = sml::call<&DeviceClockPort::forget_set>;
  static constexpr auto report_in_time = sml::call<&DeviceClockPort::report_in_time>;
  static constexpr auto report_set = sml::call<&DeviceClockPort::report_set>;
  static constexpr auto report_not_set = sml::call<&DeviceClockPort::report_not_set>;
  static constexpr auto report_set_timed_out = sml::call<&DeviceClockPort::report_set_timed_out>;
  static constexpr auto report_inaccurate = sml::call<&DeviceClockPort::report_inaccurate>;
  static constexpr auto report_too_old = sml::call<&DeviceClockPort::report_too_old>;
  static constexpr auto report_busy = sml::call<&DeviceClockPort::report_busy>;
  static constexpr auto report_lost = sml::call<&DeviceClockPort::report_lost>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"unknown"_s + event<ClientTold> [ client_is_far ] / (note_client, set_clock)           = "setting"_s,
       "unknown"_s + event<ClientTold>                  / (note_client, report_in_time)      = "known"_s,
       "unknown"_s + event<GpsTold> [ is_inaccurate ]   / report_inaccurate,
       "unknown"_s + event<GpsTold> [ is_old ]          / report_too_old,
       "unknown"_s + event<GpsTold> [ gps_is_far ]      / (note_gps, set_clock)              = "setting"_s,
       "unknown"_s + event<GpsTold>                     / (note_gps, report_in_time)         = "known"_s,
       "unknown"_s + ignore<ClockSet>, "unknown"_s + ignore<ClockNotSet>,                                // given up before it was known
       "setting"_s + event<ClockSet>                    / report_set                         = "known"_s,
       "setting"_s + event<ClockNotSet>                 / report_not_set                     = "unknown"_s,
       "setting"_s + after(kSetMax)                     / (forget_set, report_set_timed_out) = "unknown"_s,
       "setting"_s + event<ClientTold>                  / report_busy,
       "setting"_s + event<GpsTold>                     / report_busy,
       "known"_s   + event<ClientTold> [ client_is_far ] / (note_client, set_clock)           = "setting"_s,
       "known"_s   + event<ClientTold>                  / (note_client, report_in_time)      = "known"_s, // its clock starts anew
       "known"_s   + event<GpsTold> [ is_inaccurate ]   / report_inaccurate,
       "known"_s   + event<GpsTold> [ is_old ]          / report_too_old,
       "known"_s   + event<GpsTold> [ gps_is_far ]      / (note_gps, set_clock)              = "setting"_s,
       "known"_s   + event<GpsTold>                     / (note_gps, report_in_time)         = "known"_s,
       "known"_s   + after(kTimeKeeps)                  / report_lost                        = "unknown"_s,
       "known"_s   + ignore<ClockSet>, "known"_s + ignore<ClockNotSet>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
