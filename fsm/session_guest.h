#pragma once
// One guest's connection as its host sees it: it joins or is refused, is a member while it is heard of, and is gone. Who is silent for
// fifteen seconds is let go, so that a list of members shows who is really there.
#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

/// JOIN came; what stands against it, in the order in which that is told.
struct GuestJoins {
  bool other_session = false;    // it is not ours that it wants
  bool duplicate = false;        // that device is a member, and this connection does not prove to be the same one's
  bool full = false;
  bool operator==(const GuestJoins&) const = default;
};
struct GuestHeard {};            // a good message of a member
struct GuestBabbled {};          // what came is no message
struct GuestBehind {};           // more waits for it than may
struct KickGuest {};
struct DismissGuest {};          // the session ends
struct SuspendGuest {};          // the host stops; the session will be there again
struct ReplaceGuest {};          // its device has come back by another connection
struct GuestGone {};             // the connection is closed, by whomever

struct SessionGuestPort {
  virtual ~SessionGuestPort() = default;
  virtual void refuse_not_found() = 0;      // each refusal: ERROR, then close
  virtual void refuse_duplicate() = 0;
  virtual void refuse_full() = 0;
  virtual void refuse_silence() = 0;        // it did not say what it wants
  virtual void admit() = 0;                 // WELCOME, MEMBER_LIST; MEMBER_JOINED to the others
  virtual void say_invalid() = 0;           // ERROR; it stays
  virtual void say_joined_already() = 0;    // ERROR; it stays
  virtual void close_for_rubbish() = 0;     // 1008
  virtual void let_go_silent() = 0;         // ERROR HEARTBEAT_TIMEOUT, close; MEMBER_LEFT to the others
  virtual void let_go_slow() = 0;           // 1013; MEMBER_LEFT to the others
  virtual void let_go_kicked() = 0;         // KICKED, close; MEMBER_LEFT to the others
  virtual void tell_left() = 0;             // MEMBER_LEFT to the others
  virtual void say_closed() = 0;            // SESSION_CLOSED, close 1000
  virtual void close_going_away() = 0;      // 1001
  virtual void make_way() = 0;              // close; the others are told nothing, for the member stays
  virtual void forget() = 0;                // the last verb: this connection is no more
};

constexpr auto kJoinMax = 10s;              // JOIN is the first thing a guest says
constexpr auto kSilenceCheck = 5s;          // contract.md, section 4
constexpr int kChecksMax = 3;               // 15 s: silent for more than that at a check
constexpr int kBabbleMax = 10;              // one after the other; then it is no guest of ours
constexpr auto kGuestCloseMax = 6s;         // the driver gives a closing handshake 5 s

struct SessionGuest {
  static constexpr auto name = "session_guest";
  using Port = SessionGuestPort;
  struct Context {
    int checks = 0;                         // since it was heard
    int babble = 0;                         // since it said something good
    bool operator==(const Context&) const = default;

    void note_heard() { checks = babble = 0; }
    void count_check() { ++checks; }
    void count_babble() { ++babble; }
    bool is_silent() const { return checks >= kChecksMax; }
    bool is_rubbish() const { return babble >= kBabbleMax - 1; }
    static bool is_other_session(const GuestJoins& join) { return join.other_session; }
    static bool is_duplicate(const GuestJoins& join) { return join.duplicate; }
    static bool is_full(const GuestJoins& join) { return join.full; }
  };

  static constexpr auto note_heard = sml::call<&Context::note_heard>;
  static constexpr auto count_check = sml::call<&Context::count_check>;
  static constexpr auto count_babble = sml::call<&Context::count_babble>;
  static constexpr auto is_silent = sml::call<&Context::is_silent>;
  static constexpr auto is_rubbish = sml::call<&Context::is_rubbish>;
  static constexpr auto is_other_session = sml::call<&Context::is_other_session>;
  static constexpr auto is_duplicate = sml::call<&Context::is_duplicate>;
  static constexpr auto is_full = sml::call<&Context::is_full>;
  static constexpr auto refuse_not_found = sml::call<&SessionGuestPort::refuse_not_found>;
  static constexpr auto refuse_duplicate = sml::call<&SessionGuestPort::refuse_duplicate>;
  static constexpr auto refuse_full = sml::call<&SessionGuestPort::refuse_full>;
  static constexpr auto refuse_silence = sml::call<&SessionGuestPort::refuse_silence>;
  static constexpr auto admit = sml::call<&SessionGuestPort::admit>;
  static constexpr auto say_invalid = sml::call<&SessionGuestPort::say_invalid>;
  static constexpr auto say_joined_already = sml::call<&SessionGuestPort::say_joined_already>;
  static constexpr auto close_for_rubbish = sml::call<&SessionGuestPort::close_for_rubbish>;
  static constexpr auto let_go_silent = sml::call<&SessionGuestPort::let_go_silent>;
  static constexpr auto let_go_slow = sml::call<&SessionGuestPort::let_go_slow>;
  static constexpr auto let_go_kicked = sml::call<&SessionGuestPort::let_go_kicked>;
  static constexpr auto tell_left = sml::call<&SessionGuestPort::tell_left>;
  static constexpr auto say_closed = sml::call<&SessionGuestPort::say_closed>;
  static constexpr auto close_going_away = sml::call<&SessionGuestPort::close_going_away>;
  static constexpr auto make_way = sml::call<&SessionGuestPort::make_way>;
  static constexpr auto forget = sml::call<&SessionGuestPort::forget>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"joining"_s + event<GuestJoins> [ is_other_session ] / refuse_not_found              = "closing"_s,
       "joining"_s + event<GuestJoins> [ is_duplicate ]     / refuse_duplicate              = "closing"_s,
       "joining"_s + event<GuestJoins> [ is_full ]          / refuse_full                   = "closing"_s,
       "joining"_s + event<GuestJoins>                      / (note_heard, admit)           = "member"_s,
       "joining"_s + after(kJoinMax)                        / refuse_silence                = "closing"_s,
       "joining"_s + event<GuestBabbled> [ is_rubbish ]     / close_for_rubbish             = "closing"_s,
       "joining"_s + event<GuestBabbled>                    / (count_babble, say_invalid),
       "joining"_s + event<GuestBehind>                     / close_for_rubbish             = "closing"_s,   // it asks and does not read
       "joining"_s + event<DismissGuest>                    / say_closed                    = "closing"_s,
       "joining"_s + event<SuspendGuest>                    / close_going_away              = "closing"_s,
       "joining"_s + event<GuestGone>                       / forget                        = X,
       "member"_s  + event<GuestHeard>                      / note_heard,
       "member"_s  + every(kSilenceCheck) [ is_silent ]     / let_go_silent                 = "silent"_s,
       "member"_s  + every(kSilenceCheck)                   / count_check,
       "member"_s  + event<GuestJoins>                      / say_joined_already,
       "member"_s  + event<GuestBabbled> [ is_rubbish ]     / (tell_left, close_for_rubbish) = "closing"_s,
       "member"_s  + event<GuestBabbled>                    / (count_babble, say_invalid),
       "member"_s  + event<GuestBehind>                     / let_go_slow                   = "closing"_s,
       "member"_s  + event<KickGuest>                       / let_go_kicked                 = "closing"_s,
       "member"_s  + event<ReplaceGuest>                    / make_way                      = "closing"_s,
       "member"_s  + event<DismissGuest>                    / say_closed                    = "closing"_s,
       "member"_s  + event<SuspendGuest>                    / close_going_away              = "closing"_s,
       "member"_s  + event<GuestGone>                       / (tell_left, forget)           = X,
       "silent"_s  + event<GuestGone>                       / forget                        = X,
       "silent"_s  + after(kGuestCloseMax)                  / forget                        = X,
       "closing"_s + event<GuestGone>                       / forget                        = X,
       "closing"_s + after(kGuestCloseMax)                  / forget                        = X,
       state<_>    + ignore<GuestJoins>, state<_> + ignore<GuestHeard>, state<_> + ignore<GuestBabbled>, state<_> + ignore<GuestBehind>,
       state<_>    + ignore<KickGuest>, state<_> + ignore<ReplaceGuest>, state<_> + ignore<DismissGuest>, state<_> + ignore<SuspendGuest>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
