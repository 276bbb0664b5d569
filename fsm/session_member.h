#pragma once
// This device as a guest of another's session: it looks for the host where only a code is known, connects, joins, keeps its heart
// beating, and comes back by itself to its old place when the connection breaks, for ever, until it leaves or is told that it is over.
#include <algorithm>

#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct JoinSession {
  bool knows_place = false;    // its host's address is known; else it is looked for
  bool operator==(const JoinSession&) const = default;
};
struct HostFound {};           // the session was seen at an address that is new
struct HostReached {};
struct HostNotReached {};
struct Welcomed {};
struct JoinRefused {
  bool for_now = false;        // full, or the old connection is not yet missed there: worth another try by who was a member
  bool operator==(const JoinRefused&) const = default;
};
struct HostHeard {};
struct HostDropped {};         // the connection is closed or broken
struct SessionEnded {};        // SESSION_CLOSED came
struct KickedOut {};           // KICKED came
struct LeaveSession {};        // a person asks

struct SessionMemberPort {
  virtual ~SessionMemberPort() = default;
  virtual void look() = 0;                  // for the code; answered by HostFound
  virtual void connect() = 0;               // one attempt; answered by HostReached or HostNotReached
  virtual void drop() = 0;                  // the attempt or the connection, without a word
  virtual void say_join() = 0;              // answered by Welcomed or JoinRefused
  virtual void beat() = 0;                  // HEARTBEAT; its answer is HostHeard
  virtual void say_goodbye() = 0;           // close 1000; HostDropped when it is done
  virtual void report_joined() = 0;
  virtual void report_busy() = 0;           // leave the other session first
  virtual void report_not_found() = 0;
  virtual void report_not_reached() = 0;
  virtual void report_refused() = 0;
  virtual void report_lost() = 0;           // it will be tried again
  virtual void report_left() = 0;
  virtual void report_ended() = 0;          // by its host
  virtual void report_kicked() = 0;
  virtual void report_none() = 0;           // there is nothing to leave
};

constexpr auto kLookMax = 20s;              // all ways of finding it have had their turn (session_discovery.h)
constexpr auto kReachMax = 10s;
constexpr auto kWelcomeMax = 10s;
constexpr auto kFirstBeat = 100ms;          // at first beats come quickly, until the host's clock is known (app/host_clock.h)
constexpr int kFirstBeats = 150;
constexpr auto kBeat = 500ms;
constexpr auto kDeafMax = 15s;              // as the host's patience with us
constexpr auto kAgainFirst = 1s;            // 1, 2, 4, 8, 16, then every 30 s: contract.md, section 4
constexpr auto kAgainMax = 30s;
constexpr auto kGoodbyeMax = 6s;            // the driver gives a closing handshake 5 s

struct SessionMember {
  static constexpr auto name = "session_member";
  using Port = SessionMemberPort;
  struct Context {
    bool member = false;                    // it was joined once: it comes back by itself
    int attempt = 0;                        // since the connection broke
    int beats = 0;                          // since it joined, at most kFirstBeats
    sml::Time unheard{};                    // since the host was heard, by our beats
    bool operator==(const Context&) const = default;

    void begin() { *this = {}; }
    void settle_in() {
      *this = {};
      member = true;
    }
    void count_attempt() { attempt = std::min(attempt + 1, 1'000'000); }
    void count_beat() {
      unheard += pause();
      beats = std::min(beats + 1, kFirstBeats);
    }
    void note_heard() { unheard = {}; }
    sml::Time pause() const { return beats < kFirstBeats ? sml::Time{kFirstBeat} : sml::Time{kBeat}; }
    /// Before attempt n: 1 s x 2^(n-1), at most 30 s.
    sml::Time backoff() const { return attempt > 5 ? sml::Time{kAgainMax} : sml::Time{kAgainFirst} * (1 << std::max(attempt - 1, 0)); }
    bool is_deaf() const { return unheard >= kDeafMax; }
    bool was_member() const { return member; }
    bool may_come_back(const JoinRefused& refused) const { return member && refused.for_now; }
    static bool knows_place(const JoinSession& join) { return join.knows_place; }
  };

  static constexpr auto begin = sml::call<&Context::begin>;
  static constexpr auto settle_in = sml::call<&Context::settle_in>;
  static constexpr auto count_attempt = sml::call<&Context::count_attempt>;
  static constexpr auto count_beat = sml::call<&Context::count_beat>;
  static constexpr auto note_heard = sml::call<&Context::note_heard>;
  static constexpr auto is_deaf = sml::call<&Context::is_deaf>;
  static constexpr auto was_member = sml::call<&Context::was_member>;
  static constexpr auto may_come_back = sml::call<&Context::may_come_back>;
  static constexpr auto knows_place = sml::call<&Context::knows_place>;
  static constexpr auto look = sml::call<&SessionMemberPort::look>;
  static constexpr auto connect = sml::call<&SessionMemberPort::connect>;
  static constexpr auto drop = sml::call<&SessionMemberPort::drop>;
  static constexpr auto say_join = sml::call<&SessionMemberPort::say_join>;
  static constexpr auto beat = sml::call<&SessionMemberPort::beat>;
  static constexpr auto say_goodbye = sml::call<&SessionMemberPort::say_goodbye>;
  static constexpr auto report_joined = sml::call<&SessionMemberPort::report_joined>;
  static constexpr auto report_busy = sml::call<&SessionMemberPort::report_busy>;
  static constexpr auto report_not_found = sml::call<&SessionMemberPort::report_not_found>;
  static constexpr auto report_not_reached = sml::call<&SessionMemberPort::report_not_reached>;
  static constexpr auto report_refused = sml::call<&SessionMemberPort::report_refused>;
  static constexpr auto report_lost = sml::call<&SessionMemberPort::report_lost>;
  static constexpr auto report_left = sml::call<&SessionMemberPort::report_left>;
  static constexpr auto report_ended = sml::call<&SessionMemberPort::report_ended>;
  static constexpr auto report_kicked = sml::call<&SessionMemberPort::report_kicked>;
  static constexpr auto report_none = sml::call<&SessionMemberPort::report_none>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"idle"_s         + event<JoinSession> [ knows_place ]   / (begin, connect)                    = "connecting"_s,
       "idle"_s         + event<JoinSession>                   / (begin, look)                       = "looking"_s,
       "idle"_s         + event<LeaveSession>                  / report_none,
       "looking"_s      + event<HostFound>                     / connect                             = "connecting"_s,
       "looking"_s      + after(kLookMax)                      / report_not_found                    = "idle"_s,
       "looking"_s      + event<LeaveSession>                  / report_left                         = "idle"_s,
       "connecting"_s   + event<HostReached>                   / say_join                            = "joining"_s,
       "connecting"_s   + event<HostNotReached> [ was_member ] / count_attempt                       = "reconnecting"_s,
       "connecting"_s   + event<HostNotReached>                / report_not_reached                  = "idle"_s,
       "connecting"_s   + after(kReachMax) [ was_member ]      / (drop, count_attempt)               = "reconnecting"_s,
       "connecting"_s   + after(kReachMax)                     / (drop, report_not_reached)          = "idle"_s,
       "connecting"_s   + event<LeaveSession>                  / (drop, report_left)                 = "idle"_s,
       "joining"_s      + event<Welcomed>                      / (settle_in, report_joined, beat)    = "joined"_s,
       "joining"_s      + event<JoinRefused> [ may_come_back ] / (drop, count_attempt)               = "reconnecting"_s,
       "joining"_s      + event<JoinRefused>                   / (drop, report_refused)              = "idle"_s,
       "joining"_s      + event<SessionEnded>                  / (drop, report_ended)                = "idle"_s,
       "joining"_s      + event<HostDropped> [ was_member ]    / (drop, count_attempt)               = "reconnecting"_s,
       "joining"_s      + event<HostDropped>                   / (drop, report_not_reached)          = "idle"_s,
       "joining"_s      + after(kWelcomeMax) [ was_member ]    / (drop, count_attempt)               = "reconnecting"_s,
       "joining"_s      + after(kWelcomeMax)                   / (drop, report_not_reached)          = "idle"_s,
       "joining"_s      + event<LeaveSession>                  / (drop, report_left)                 = "idle"_s,
       "joined"_s       + after(&Context::pause) [ is_deaf ]   / (drop, count_attempt, report_lost)  = "reconnecting"_s,
       "joined"_s       + after(&Context::pause)               / (count_beat, beat)                  = "joined"_s,
       "joined"_s       + event<HostHeard>                     / note_heard,
       "joined"_s       + event<HostDropped>                   / (drop, count_attempt, report_lost)  = "reconnecting"_s,
       "joined"_s       + event<SessionEnded>                  / (drop, report_ended)                = "idle"_s,
       "joined"_s       + event<KickedOut>                     / (drop, report_kicked)               = "idle"_s,
       "joined"_s       + event<LeaveSession>                  / say_goodbye                         = "leaving"_s,
       "leaving"_s      + event<HostDropped>                   / (drop, report_left)                 = "idle"_s,
       "leaving"_s      + after(kGoodbyeMax)                   / (drop, report_left)                 = "idle"_s,
       "leaving"_s      + ignore<LeaveSession>,
       "reconnecting"_s + after(&Context::backoff)             / (look, connect)                     = "connecting"_s,
       "reconnecting"_s + event<HostFound>                     / connect                             = "connecting"_s,   // elsewhere, or again
       "reconnecting"_s + event<LeaveSession>                  / report_left                         = "idle"_s,
       state<_>         + event<JoinSession>                   / report_busy,
       state<_>         + ignore<HostFound>, state<_> + ignore<HostReached>, state<_> + ignore<HostNotReached>, state<_> + ignore<Welcomed>,
       state<_>         + ignore<JoinRefused>, state<_> + ignore<HostHeard>, state<_> + ignore<HostDropped>, state<_> + ignore<SessionEnded>,
       state<_>         + ignore<KickedOut>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
