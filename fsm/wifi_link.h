#pragma once
// The device's radio, one change at a time: onto a network, off it, or an access point of its own. A network counts as joined when
// five seconds later we are still on it and have an address. A join that fails goes back to what was there before: whoever asked may
// have come over just that.
#include "fsm/sml/sml.h"
#include "hal/result.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

// What shall be joined or changed, the port's owner knows: names and passphrases are in no event, so in no trace.
struct JoinWifi { bool may_go_back = false; };       // there is a network or an access point to go back to
struct ChangeWifi {};                                // leave, forget, begin or end the access point
struct WifiDone {};                                  // what was asked of the radio
struct WifiFailed { hal::Error error; };

struct WifiLinkPort {
  virtual ~WifiLinkPort() = default;
  virtual void join() = 0;                           // one attempt; this and the next three are answered by WifiDone or WifiFailed
  virtual void verify() = 0;                         // are we on it, with an address?
  virtual void change() = 0;
  virtual void go_back() = 0;
  virtual void forget() = 0;                         // what was asked is not wanted any more
  virtual void report_started() = 0;
  virtual void report_connected() = 0;
  virtual void report_failed(const WifiFailed&) = 0;
  virtual void report_timed_out() = 0;
  virtual void report_changed() = 0;
  virtual void report_not_changed(const WifiFailed&) = 0;
  virtual void report_change_timed_out() = 0;
  virtual void report_back() = 0;
  virtual void report_stranded() = 0;                // nor did the way back work
  virtual void report_busy() = 0;
};

constexpr auto kWifiJoinMax = 50s;        // NetworkManager's own limits end about 45 s
constexpr auto kVerifyAfter = 5s;     // camera-control-websocket.md, Wi-Fi connection flow
constexpr auto kWifiStatusMax = 5s;   // a question on the bus

struct WifiLink {
  static constexpr auto name = "wifi_link";
  using Port = WifiLinkPort;
  struct Context {
    bool may_go_back = false;
    bool operator==(const Context&) const = default;

    void note_way_back(const JoinWifi& order) { may_go_back = order.may_go_back; }
    bool has_way_back() const { return may_go_back; }
    /// Not where nothing was begun: then we are still where we were.
    bool must_go_back(const WifiFailed& failed) const {
      using enum hal::ErrorKind;
      const auto kind = failed.error.kind;
      return may_go_back && kind != not_found && kind != invalid && kind != busy && kind != missing;
    }
  };

  static constexpr auto note_way_back = sml::call<&Context::note_way_back>;
  static constexpr auto has_way_back = sml::call<&Context::has_way_back>;
  static constexpr auto must_go_back = sml::call<&Context::must_go_back>;
  static constexpr auto join = sml::call<&WifiLinkPort::join>;
  static constexpr auto verify = sml::call<&WifiLinkPort::verify>;
  static constexpr auto change = sml::call<&WifiLinkPort::change>;
  static constexpr auto go_back = sml::call<&WifiLinkPort::go_back>;
  static constexpr auto forget = sml::call<&WifiLinkPort::forget>;
  static constexpr auto report_started = sml::call<&WifiLinkPort::report_started>;
  static constexpr auto report_connected = sml::call<&WifiLinkPort::report_connected>;
  static constexpr auto report_failed = sml::call<&WifiLinkPort::report_failed>;
  static constexpr auto report_timed_out = sml::call<&WifiLinkPort::report_timed_out>;
  static constexpr auto report_changed = sml::call<&WifiLinkPort::report_changed>;
  static constexpr auto report_not_changed = sml::call<&WifiLinkPort::report_not_changed>;
  static constexpr auto report_change_timed_out = sml::call<&WifiLinkPort::report_change_timed_out>;
  static constexpr auto report_back = sml::call<&WifiLinkPort::report_back>;
  static constexpr auto report_stranded = sml::call<&WifiLinkPort::report_stranded>;
  static constexpr auto report_busy = sml::call<&WifiLinkPort::report_busy>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"idle"_s       + event<JoinWifi>                   / (note_way_back, report_started, join)  = "joining"_s,
       "idle"_s       + event<ChangeWifi>                 / change                                 = "changing"_s,
       "idle"_s       + ignore<WifiDone>, "idle"_s + ignore<WifiFailed>,                                         // given up before
       "joining"_s    + event<WifiDone>                                                            = "settling"_s,
       "joining"_s    + event<WifiFailed> [ must_go_back ] / (report_failed, go_back)               = "going_back"_s,
       "joining"_s    + event<WifiFailed>                 / report_failed                          = "idle"_s,
       "joining"_s    + after(kWifiJoinMax) [ has_way_back ]  / (forget, report_timed_out, go_back)    = "going_back"_s,
       "joining"_s    + after(kWifiJoinMax)                   / (forget, report_timed_out)             = "idle"_s,
       "settling"_s   + after(kVerifyAfter)               / verify                                 = "verifying"_s,
       "settling"_s   + ignore<WifiDone>, "settling"_s + ignore<WifiFailed>,
       "verifying"_s  + event<WifiDone>                   / report_connected                       = "idle"_s,
       "verifying"_s  + event<WifiFailed> [ must_go_back ] / (report_failed, go_back)               = "going_back"_s,
       "verifying"_s  + event<WifiFailed>                 / report_failed                          = "idle"_s,
       "verifying"_s  + after(kWifiStatusMax)             / (forget, report_timed_out)             = "idle"_s,
       "changing"_s   + event<WifiDone>                   / report_changed                         = "idle"_s,
       "changing"_s   + event<WifiFailed>                 / report_not_changed                     = "idle"_s,
       "changing"_s   + after(kWifiJoinMax)                   / (forget, report_change_timed_out)      = "idle"_s,
       "going_back"_s + event<WifiDone>                   / report_back                            = "idle"_s,
       "going_back"_s + event<WifiFailed>                 / report_stranded                        = "idle"_s,
       "going_back"_s + after(kWifiJoinMax)                   / (forget, report_stranded)              = "idle"_s,
       state<_>       + event<JoinWifi>                   / report_busy,
       state<_>       + event<ChangeWifi>                 / report_busy
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
