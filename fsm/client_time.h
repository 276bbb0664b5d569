#pragma once
// What one client says the time is: asked when it connects, when a session begins, and every five minutes. An answer counts only
// for the request it belongs to, and only when it comes soon: half its round trip is how wrong it can be.
#include <cstdint>
#include <optional>

#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct AskTime {};                             // it should be known now: a session begins
struct TimeAnswered {
  std::optional<std::uint32_t> request;        // as it echoes it; nothing: the one it was asked last
  sml::Time since_1970{};                      // its clock when it answered
};

struct ClientTimePort {
  virtual ~ClientTimePort() = default;
  virtual void ask(std::uint32_t request) = 0;                               // answered by TimeAnswered
  virtual void offer(sml::Time since_1970, sml::Time round_trip) = 0;        // the time it said, and how long that took
  virtual void report_silent() = 0;
};

constexpr auto kAskTimeEvery = 5min;           // contract.md, section 1
constexpr auto kTimeAnswerMax = 4s;            // half of it is 2 s: what still counts as reliable

struct ClientTime {
  static constexpr auto name = "client_time";
  using Port = ClientTimePort;
  struct Context {
    std::uint32_t request = 0;                 // the number of the one asked last
    sml::Time asked{};                         // when that was
    bool operator==(const Context&) const = default;

    bool is_awaited(const TimeAnswered& answer) const { return !answer.request || *answer.request == request; }
  };

  struct Verbs {
    static void ask(Context& context, ClientTimePort& port, sml::Time now) {
      context.asked = now;
      port.ask(++context.request);
    }
    static void offer(const Context& context, ClientTimePort& port, const TimeAnswered& answer, sml::Time now) {
      port.offer(answer.since_1970, now - context.asked);
    }
  };

  static constexpr auto is_awaited = sml::call<&Context::is_awaited>;
  static constexpr auto ask = sml::call<&Verbs::ask>;
  static constexpr auto offer = sml::call<&Verbs::offer>;
  static constexpr auto report_silent = sml::call<&ClientTimePort::report_silent>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"asking"_s  + on_entry<_>                       / ask,
       "asking"_s  + event<TimeAnswered> [ is_awaited ] / offer         = "resting"_s,
       "asking"_s  + after(kTimeAnswerMax)             / report_silent = "resting"_s,
       "asking"_s  + ignore<TimeAnswered>,                                             // to a request before this one
       "asking"_s  + ignore<AskTime>,                                                  // is being done
       "resting"_s + after(kAskTimeEvery)                              = "asking"_s,
       "resting"_s + event<AskTime>                                    = "asking"_s,
       "resting"_s + ignore<TimeAnswered>                                              // too late to be believed
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
