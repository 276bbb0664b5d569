#pragma once
// A session that this device hosts: registered, told to those nearby, its port opened, hosting, closed. It is told by mDNS, where that
// fails by UDP broadcast, where that fails within this process; a session that was there before a restart waits for its port.
#include "fsm/session_discovery.h"   // the ways
#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct HostSession {};       // a person asks; whoever asks has it made already
struct RehostSession {};     // the one that was hosted before the program started anew
struct SessionKept {};       // it is on the disk: a restart finds it again
struct SessionNotKept {};
struct PortOpened {};
struct PortNotOpened {};
struct EndSession {};        // a person asks
struct GuestsGone {};        // the last of them is
struct Tell {};              // its life tells the telling: let those nearby know
struct Told {};              // and it answers: they can know
struct Hush {};

struct SessionHostPort {
  virtual ~SessionHostPort() = default;
  virtual void keep() = 0;               // registers it; answered by SessionKept or SessionNotKept
  virtual void open_port() = 0;          // answered by PortOpened or PortNotOpened
  virtual void dismiss_guests() = 0;     // SESSION_CLOSED, close 1000; answered by GuestsGone, at once when there are none
  virtual void close_port() = 0;
  virtual void forget_session() = 0;     // from the registry and the disk
  virtual void tell_by_mdns() = 0;       // answered by MdnsUp or MdnsFailed
  virtual void forget_mdns() = 0;
  virtual void tell_by_udp() = 0;        // by broadcast; answered by UdpUp or UdpFailed
  virtual void answer_by_udp() = 0;      // only who asks: where mDNS does not reach, guests ask
  virtual void tell_here() = 0;          // within this process; cannot fail
  virtual void stop_telling() = 0;       // in every way
  virtual void report_hosting() = 0;
  virtual void report_not_kept() = 0;
  virtual void report_busy() = 0;        // a session at a time
  virtual void report_port_awaited() = 0;
  virtual void report_not_opened() = 0;
  virtual void report_ended() = 0;
  virtual void report_none() = 0;        // there is nothing to end
};

constexpr auto kKeepMax = 5s;            // a card that takes longer is broken; the session is hosted all the same
constexpr auto kPortAgain = 5s;          // for ever: a restored session has nobody to ask again
constexpr auto kDismissMax = 6s;         // the driver gives a closing handshake 5 s
constexpr auto kMdnsAgain = 60s;         // Avahi may have been started since

struct SessionHost {
  static constexpr auto name = "session_host";
  using Port = SessionHostPort;
  struct Context {
    bool restored = false;               // nobody waits for an answer
    bool operator==(const Context&) const = default;
    void begin() { restored = false; }
    void begin_restored() { restored = true; }
    bool is_restored() const { return restored; }
  };

  static constexpr auto begin = sml::call<&Context::begin>;
  static constexpr auto begin_restored = sml::call<&Context::begin_restored>;
  static constexpr auto is_restored = sml::call<&Context::is_restored>;
  static constexpr auto keep = sml::call<&SessionHostPort::keep>;
  static constexpr auto open_port = sml::call<&SessionHostPort::open_port>;
  static constexpr auto dismiss_guests = sml::call<&SessionHostPort::dismiss_guests>;
  static constexpr auto close_port = sml::call<&SessionHostPort::close_port>;
  static constexpr auto forget_session = sml::call<&SessionHostPort::forget_session>;
  static constexpr auto tell_by_mdns = sml::call<&SessionHostPort::tell_by_mdns>;
  static constexpr auto forget_mdns = sml::call<&SessionHostPort::forget_mdns>;
  static constexpr auto tell_by_udp = sml::call<&SessionHostPort::tell_by_udp>;
  static constexpr auto answer_by_udp = sml::call<&SessionHostPort::answer_by_udp>;
  static constexpr auto tell_here = sml::call<&SessionHostPort::tell_here>;
  static constexpr auto stop_telling = sml::call<&SessionHostPort::stop_telling>;
  static constexpr auto report_hosting = sml::call<&SessionHostPort::report_hosting>;
  static constexpr auto report_not_kept = sml::call<&SessionHostPort::report_not_kept>;
  static constexpr auto report_busy = sml::call<&SessionHostPort::report_busy>;
  static constexpr auto report_port_awaited = sml::call<&SessionHostPort::report_port_awaited>;
  static constexpr auto report_not_opened = sml::call<&SessionHostPort::report_not_opened>;
  static constexpr auto report_ended = sml::call<&SessionHostPort::report_ended>;
  static constexpr auto report_none = sml::call<&SessionHostPort::report_none>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      // its life
      *"idle"_s         + event<HostSession>                  / (begin, keep)                                = "registering"_s,
       "idle"_s         + event<RehostSession>                / (begin_restored, process(Tell{}))            = "advertising"_s,
       "idle"_s         + event<EndSession>                   / report_none,
       "registering"_s  + event<SessionKept>                  / process(Tell{})                              = "advertising"_s,
       "registering"_s  + event<SessionNotKept>               / (report_not_kept, process(Tell{}))           = "advertising"_s,
       "registering"_s  + after(kKeepMax)                     / (report_not_kept, process(Tell{}))           = "advertising"_s,
       "registering"_s  + event<EndSession>                   / (forget_session, report_ended)               = "idle"_s,
       "advertising"_s  + event<Told>                         / open_port                                    = "opening"_s,
       "advertising"_s  + event<EndSession>                   / (process(Hush{}), forget_session, report_ended) = "idle"_s,
       "opening"_s      + event<PortOpened>                   / report_hosting                               = "hosting"_s,
       "opening"_s      + event<PortNotOpened> [ is_restored ] / report_port_awaited                         = "waiting"_s,
       "opening"_s      + event<PortNotOpened>                / (process(Hush{}), forget_session, report_not_opened) = "idle"_s,
       "opening"_s      + event<EndSession>                   / (process(Hush{}), close_port, forget_session, report_ended) = "idle"_s,
       "waiting"_s      + after(kPortAgain)                   / open_port                                    = "opening"_s,
       "waiting"_s      + event<EndSession>                   / (process(Hush{}), forget_session, report_ended) = "idle"_s,
       "hosting"_s      + event<EndSession>                   / (process(Hush{}), dismiss_guests)            = "closing"_s,
       "closing"_s      + event<GuestsGone>                   / (close_port, forget_session, report_ended)   = "idle"_s,
       "closing"_s      + after(kDismissMax)                  / (close_port, forget_session, report_ended)   = "idle"_s,
       "closing"_s      + ignore<EndSession>,
       "registering"_s  + event<HostSession>                  / report_busy, "advertising"_s + event<HostSession>          / report_busy,
       "opening"_s      + event<HostSession>                  / report_busy, "waiting"_s     + event<HostSession>          / report_busy,
       "hosting"_s      + event<HostSession>                  / report_busy, "closing"_s     + event<HostSession>          / report_busy,
       state<_>         + ignore<RehostSession>, state<_> + ignore<SessionKept>, state<_> + ignore<SessionNotKept>,
       state<_>         + ignore<PortOpened>, state<_> + ignore<PortNotOpened>, state<_> + ignore<GuestsGone>, state<_> + ignore<Told>,
       // how it is told
      *"silent"_s       + event<Tell>                         / tell_by_mdns                                 = "asking_mdns"_s,
       "asking_mdns"_s  + event<MdnsUp>                       / (answer_by_udp, process(Told{}))             = "by_mdns"_s,
       "asking_mdns"_s  + event<MdnsFailed>                   / tell_by_udp                                  = "asking_udp"_s,
       "asking_mdns"_s  + after(kWayMax)                      / (forget_mdns, tell_by_udp)                   = "asking_udp"_s,
       "asking_mdns"_s  + event<Hush>                         / stop_telling                                 = "silent"_s,
       "by_mdns"_s      + event<MdnsFailed>                   / tell_by_udp                                  = "asking_udp"_s,
       "by_mdns"_s      + event<Hush>                         / stop_telling                                 = "silent"_s,
       "asking_udp"_s   + event<UdpUp>                        / process(Told{})                              = "by_udp"_s,
       "asking_udp"_s   + event<UdpFailed>                    / (tell_here, process(Told{}))                 = "in_process"_s,
       "asking_udp"_s   + after(kWayMax)                      / (tell_here, process(Told{}))                 = "in_process"_s,
       "asking_udp"_s   + event<Hush>                         / stop_telling                                 = "silent"_s,
       "by_udp"_s       + event<UdpFailed>                    / tell_here                                    = "in_process"_s,
       "by_udp"_s       + after(kMdnsAgain)                   / tell_by_mdns                                 = "asking_mdns"_s,
       "by_udp"_s       + event<Hush>                         / stop_telling                                 = "silent"_s,
       "in_process"_s   + after(kMdnsAgain)                   / tell_by_mdns                                 = "asking_mdns"_s,
       "in_process"_s   + event<Hush>                         / stop_telling                                 = "silent"_s
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
