#pragma once
// Looking for sessions nearby: by mDNS; where that cannot be had or nothing is heard by it, by UDP broadcast besides; then within this
// process. It goes on while somebody wants to know, and begins anew every half minute, for Avahi may have been started since.
#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

// The ways by which a session is told to devices nearby (session_host.h) and found by them.
struct MdnsUp {};                    // what was asked of mDNS is on
struct MdnsFailed {};                // it could not be had, or has ended by itself
struct UdpUp {};
struct UdpFailed {};
constexpr auto kWayMax = 5s;         // Avahi probes a name for less than a second; it may be starting

struct LookForSessions {};           // a person or a lost member asks; asks again while it wants to know
struct StopLookingForSessions {};
struct SessionSeen {};               // by whichever way

struct SessionDiscoveryPort {
  virtual ~SessionDiscoveryPort() = default;
  virtual void browse_mdns() = 0;    // unless it is on; answered by MdnsUp or MdnsFailed
  virtual void forget_mdns() = 0;
  virtual void browse_udp() = 0;     // asks there, and listens; answered by UdpUp or UdpFailed
  virtual void forget_udp() = 0;
  virtual void browse_here() = 0;    // within this process; cannot fail
  virtual void stop_browsing() = 0;  // in every way
};

constexpr auto kHeardMax = 3s;       // an answer by mDNS comes within a second; multicast may be dropped (access points do)
constexpr auto kLookAnew = 30s;
constexpr auto kWanted = 60s;        // longer than the pause between a member's attempts

struct SessionDiscovery {
  static constexpr auto name = "session_discovery";
  using Port = SessionDiscoveryPort;
  struct Context {
    bool operator==(const Context&) const = default;
  };

  static constexpr auto browse_mdns = sml::call<&SessionDiscoveryPort::browse_mdns>;
  static constexpr auto forget_mdns = sml::call<&SessionDiscoveryPort::forget_mdns>;
  static constexpr auto browse_udp = sml::call<&SessionDiscoveryPort::browse_udp>;
  static constexpr auto forget_udp = sml::call<&SessionDiscoveryPort::forget_udp>;
  static constexpr auto browse_here = sml::call<&SessionDiscoveryPort::browse_here>;
  static constexpr auto stop_browsing = sml::call<&SessionDiscoveryPort::stop_browsing>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      // which ways are open
      *"idle"_s        + event<LookForSessions>          / browse_mdns                  = "asking_mdns"_s,
       "asking_mdns"_s + event<MdnsUp>                                                  = "by_mdns"_s,
       "asking_mdns"_s + event<MdnsFailed>               / browse_udp                   = "asking_udp"_s,
       "asking_mdns"_s + after(kWayMax)                  / (forget_mdns, browse_udp)    = "asking_udp"_s,
       "asking_mdns"_s + event<StopLookingForSessions>   / stop_browsing                = "idle"_s,
       "by_mdns"_s     + event<SessionSeen>                                             = "found"_s,
       "by_mdns"_s     + after(kHeardMax)                / browse_udp                   = "asking_udp"_s,   // mDNS goes on
       "by_mdns"_s     + event<MdnsFailed>               / browse_udp                   = "asking_udp"_s,
       "by_mdns"_s     + event<StopLookingForSessions>   / stop_browsing                = "idle"_s,
       "found"_s       + event<LookForSessions>          / browse_udp                   = "asking_udp"_s,   // it was not the one
       "found"_s       + event<MdnsFailed>               / browse_udp                   = "asking_udp"_s,
       "found"_s       + event<StopLookingForSessions>   / stop_browsing                = "idle"_s,
       "asking_udp"_s  + event<UdpUp>                                                   = "by_udp"_s,
       "asking_udp"_s  + event<UdpFailed>                / browse_here                  = "in_process"_s,
       "asking_udp"_s  + after(kWayMax)                  / (forget_udp, browse_here)    = "in_process"_s,
       "asking_udp"_s  + event<StopLookingForSessions>   / stop_browsing                = "idle"_s,
       "by_udp"_s      + event<SessionSeen>                                             = "by_udp"_s,       // its clock starts anew
       "by_udp"_s      + after(kHeardMax)                / browse_here                  = "in_process"_s,   // the others go on
       "by_udp"_s      + event<UdpFailed>                / browse_here                  = "in_process"_s,
       "by_udp"_s      + event<LookForSessions>          / browse_udp                   = "asking_udp"_s,   // asks there again
       "by_udp"_s      + event<StopLookingForSessions>   / stop_browsing                = "idle"_s,
       "in_process"_s  + after(kLookAnew)                / browse_mdns                  = "asking_mdns"_s,
       "in_process"_s  + event<LookForSessions>          / browse_mdns                  = "asking_mdns"_s,
       "in_process"_s  + event<StopLookingForSessions>   / stop_browsing                = "idle"_s,
       // whether anybody wants to know
      *"unwanted"_s    + event<LookForSessions>                                         = "wanted"_s,
       "wanted"_s      + event<LookForSessions>                                         = "wanted"_s,
       "wanted"_s      + after(kWanted)                  / process(StopLookingForSessions{}) = "unwanted"_s,
       "wanted"_s      + event<StopLookingForSessions>                                  = "unwanted"_s,
       "unwanted"_s    + ignore<StopLookingForSessions>,
       state<_>        + ignore<SessionSeen>, state<_> + ignore<MdnsUp>, state<_> + ignore<MdnsFailed>, state<_> + ignore<UdpUp>,
       state<_>        + ignore<UdpFailed>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
