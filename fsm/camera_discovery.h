#pragma once
// Looking for cameras on the networks around: a round asks three times, for access points drop multicast; rounds come often at first and
// rarely later, and at once when a network changes, a camera is lost or a person asks. Who is heard meanwhile is not this table's business.
#include <algorithm>

#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct LookForCameras {};          // a person asks, or a camera was lost: now, please
struct StopLooking {};
struct NetworksChanged {};         // an interface came, went or has another address

struct CameraDiscoveryPort {
  virtual ~CameraDiscoveryPort() = default;
  virtual void listen() = 0;       // on the interfaces there are now
  virtual void search() = 0;       // asks once on each of them
  virtual void look_at_networks() = 0;   // answered by NetworksChanged when they have
  virtual void stop_listening() = 0;
};

constexpr int kSearchesMax = 3;          // per round
constexpr auto kSearchAgain = 1s;        // the answers to one search are spread over a second (MX)
constexpr auto kRestFirst = 5s;          // 5, 10, 20, 40, then every 60 s
constexpr auto kRestMax = 60s;           // cameras announce themselves besides, every few tens of seconds (ccapi.md, section 2)
constexpr auto kLookAtNetworks = 5s;     // where nobody tells: a cable, a phone's hotspot

struct CameraDiscovery {
  static constexpr auto name = "camera_discovery";
  using Port = CameraDiscoveryPort;
  struct Context {
    int searches = 0;              // in this round
    int rounds = 0;                // since there was a reason to hurry
    bool operator==(const Context&) const = default;

    void hurry() { rounds = 0; }
    void begin_round() {
      searches = 1;
      rounds = std::min(rounds + 1, 1'000'000);
    }
    void count_search() { ++searches; }
    bool may_search() const { return searches < kSearchesMax; }
    sml::Time rest() const { return rounds > 4 ? sml::Time{kRestMax} : sml::Time{kRestFirst} * (1 << std::max(rounds - 1, 0)); }
  };

  static constexpr auto hurry = sml::call<&Context::hurry>;
  static constexpr auto begin_round = sml::call<&Context::begin_round>;
  static constexpr auto count_search = sml::call<&Context::count_search>;
  static constexpr auto may_search = sml::call<&Context::may_search>;
  static constexpr auto listen = sml::call<&CameraDiscoveryPort::listen>;
  static constexpr auto search = sml::call<&CameraDiscoveryPort::search>;
  static constexpr auto look_at_networks = sml::call<&CameraDiscoveryPort::look_at_networks>;
  static constexpr auto stop_listening = sml::call<&CameraDiscoveryPort::stop_listening>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"idle"_s      + event<LookForCameras>              / (hurry, listen, begin_round, search) = "searching"_s,
       "idle"_s      + ignore<NetworksChanged>, "idle"_s + ignore<StopLooking>,
       "searching"_s + after(kSearchAgain) [ may_search ] / (count_search, search)               = "searching"_s,
       "searching"_s + after(kSearchAgain)                                                       = "resting"_s,
       "searching"_s + event<NetworksChanged>             / (hurry, listen, begin_round, search) = "searching"_s,
       "searching"_s + event<StopLooking>                 / stop_listening                       = "idle"_s,
       "searching"_s + event<LookForCameras>              / hurry,                                           // is being done
       "resting"_s   + after(&Context::rest)              / (listen, begin_round, search)        = "searching"_s,
       "resting"_s   + every(kLookAtNetworks)             / look_at_networks,
       "resting"_s   + event<LookForCameras>              / (hurry, listen, begin_round, search) = "searching"_s,
       "resting"_s   + event<NetworksChanged>             / (hurry, listen, begin_round, search) = "searching"_s,
       "resting"_s   + event<StopLooking>                 / stop_listening                       = "idle"_s
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
