#pragma once
// The camera's clock, which dates its pictures: compared with ours when a person asks, and when either has become known. More than two
// seconds off it is set; a camera that is busy is asked again, one that refuses is not.
#include "fsm/sml/sml.h"
#include "hal/result.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct CompareClocks {};
struct CameraClockRead { sml::Time ahead{}; };        // of ours
struct CameraClockSet {};
struct CameraClockFailed { hal::Error error; };       // it could not be read, or could not be set

struct CameraClockPort {
  virtual ~CameraClockPort() = default;
  virtual void read() = 0;                            // once; answered by CameraClockRead or CameraClockFailed
  virtual void set() = 0;                             // to our time, once; answered by CameraClockSet or CameraClockFailed
  virtual void forget() = 0;                          // what was asked is not wanted any more
  virtual void report_acceptable() = 0;
  virtual void report_set() = 0;
  virtual void report_not_read(const CameraClockFailed&) = 0;
  virtual void report_rejected(const CameraClockFailed&) = 0;
  virtual void report_silent() = 0;
};

constexpr auto kCameraOff = 2s;        // contract.md, section 1; the camera tells full seconds
constexpr auto kCameraClockMax = 20s;  // a request takes up to 8 s, and may wait for the one before it
constexpr auto kCameraBusyWait = 2s;   // it sets no clock while it exposes or writes
constexpr int kCameraRetriesMax = 3;

struct CameraClock {
  static constexpr auto name = "camera_clock";
  using Port = CameraClockPort;
  struct Context {
    sml::Time ahead{};                                // the camera's clock of ours, when it was read last
    int retries = 0;
    bool operator==(const Context&) const = default;

    void begin() { retries = 0; }
    void note(const CameraClockRead& seen) { ahead = seen.ahead; }
    bool is_off(const CameraClockRead& seen) const { return seen.ahead > kCameraOff || seen.ahead < -kCameraOff; }
    bool may_retry(const CameraClockFailed& failed) const { return failed.error.kind == hal::ErrorKind::busy && retries < kCameraRetriesMax; }
    void count_retry() { ++retries; }
  };

  static constexpr auto begin = sml::call<&Context::begin>;
  static constexpr auto note = sml::call<&Context::note>;
  static constexpr auto is_off = sml::call<&Context::is_off>;
  static constexpr auto may_retry = sml::call<&Context::may_retry>;
  static constexpr auto count_retry = sml::call<&Context::count_retry>;
  static constexpr auto read = sml::call<&CameraClockPort::read>;
  static constexpr auto set = sml::call<&CameraClockPort::set>;
  static constexpr auto forget = sml::call<&CameraClockPort::forget>;
  static constexpr auto report_acceptable = sml::call<&CameraClockPort::report_acceptable>;
  static constexpr auto report_set = sml::call<&CameraClockPort::report_set>;
  static constexpr auto report_not_read = sml::call<&CameraClockPort::report_not_read>;
  static constexpr auto report_rejected = sml::call<&CameraClockPort::report_rejected>;
  static constexpr auto report_silent = sml::call<&CameraClockPort::report_silent>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"idle"_s    + event<CompareClocks>                 / (begin, read)              = "reading"_s,
       "idle"_s    + ignore<CameraClockRead>, "idle"_s + ignore<CameraClockSet>, "idle"_s + ignore<CameraClockFailed>,   // given up before
       "reading"_s + event<CameraClockRead> [ is_off ]    / (note, set)                = "setting"_s,
       "reading"_s + event<CameraClockRead>               / (note, report_acceptable)  = "idle"_s,
       "reading"_s + event<CameraClockFailed> [ may_retry ] / count_retry               = "waiting"_s,
       "reading"_s + event<CameraClockFailed>             / report_not_read            = "idle"_s,
       "reading"_s + after(kCameraClockMax)               / (forget, report_silent)    = "idle"_s,
       "reading"_s + ignore<CompareClocks>, "reading"_s + ignore<CameraClockSet>,                  // is being done; whoever asks hears of it
       "setting"_s + event<CameraClockSet>                / report_set                 = "idle"_s,
       "setting"_s + event<CameraClockFailed> [ may_retry ] / count_retry               = "waiting"_s,
       "setting"_s + event<CameraClockFailed>             / report_rejected            = "idle"_s,
       "setting"_s + after(kCameraClockMax)               / (forget, report_silent)    = "idle"_s,
       "setting"_s + ignore<CompareClocks>, "setting"_s + ignore<CameraClockRead>,
       "waiting"_s + after(kCameraBusyWait)               / read                       = "reading"_s,
       "waiting"_s + ignore<CompareClocks>, "waiting"_s + ignore<CameraClockRead>, "waiting"_s + ignore<CameraClockSet>,
       "waiting"_s + ignore<CameraClockFailed>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
