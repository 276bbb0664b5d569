#pragma once
// Live view for as long as somebody looks: started by the first who asks, a frame for each, stopped when nobody has asked for a while or a
// session begins, for it keeps the camera busy and warms it.
#include "fsm/sml/sml.h"
#include "hal/result.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct Look {};                       // somebody wants to see a frame
struct LookAway {};                   // live view is to end: a session begins
struct ViewStarted {};
struct ViewRefused { hal::Error error; };   // the start, a frame or the stop failed
struct FrameCame {};
struct ViewStopped {};
struct ViewLost {};                   // the camera is gone

struct LiveViewPort {
  virtual ~LiveViewPort() = default;
  virtual void start_view() = 0;      // each is one attempt; answered by ViewStarted, FrameCame or ViewStopped, or by ViewRefused
  virtual void fetch_frame() = 0;
  virtual void stop_view() = 0;
  virtual void forget_view() = 0;     // no answer is wanted any more
  virtual void give() = 0;            // the frame, to all who asked
  virtual void give_refusal() = 0;    // what the camera said
  virtual void give_lost() = 0;
  virtual void give_ended() = 0;      // a session has begun
};

constexpr auto kFramePause = 300ms;   // "Live view not started" is said for up to 2 s after the start was answered (ccapi.md, section 4)
constexpr int kFramesMax = 10;        // 3 s
constexpr auto kLookMax = 5s;         // after the last frame
constexpr auto kStopAgain = 2s;       // a body refuses to stop while it exposes or writes
constexpr int kStopsMax = 15;

struct LiveView {
  static constexpr auto name = "live_view";
  using Port = LiveViewPort;
  struct Context {
    int tries = 0;                    // of the frame, or of the stop
    bool wanted = false;              // somebody asked while it was being stopped
    bool operator==(const Context&) const = default;

    void begin() { tries = 1; }
    void count() { ++tries; }
    bool may_fetch_again() const { return tries < kFramesMax; }
    bool may_stop_again() const { return tries < kStopsMax; }
    /// The camera has answered no, or was never asked; without an answer it may have begun all the same.
    bool never_began(const ViewRefused& answer) const {
      using enum hal::ErrorKind;
      const auto kind = answer.error.kind;
      return kind == not_supported || kind == busy || kind == io || kind == invalid || kind == denied || kind == unreachable || kind == refused;
    }
    void remember_wish() { wanted = true; }
    void forget_wish() { wanted = false; }
    bool is_wanted() const { return wanted; }
  };

  static constexpr auto begin = sml::call<&Context::begin>;
  static constexpr auto count = sml::call<&Context::count>;
  static constexpr auto may_fetch_again = sml::call<&Context::may_fetch_again>;
  static constexpr auto may_stop_again = sml::call<&Context::may_stop_again>;
  static constexpr auto never_began = sml::call<&Context::never_began>;
  static constexpr auto remember_wish = sml::call<&Context::remember_wish>;
  static constexpr auto forget_wish = sml::call<&Context::forget_wish>;
  static constexpr auto is_wanted = sml::call<&Context::is_wanted>;
  static constexpr auto start_view = sml::call<&LiveViewPort::start_view>;
  static constexpr auto fetch_frame = sml::call<&LiveViewPort::fetch_frame>;
  static constexpr auto stop_view = sml::call<&LiveViewPort::stop_view>;
  static constexpr auto forget_view = sml::call<&LiveViewPort::forget_view>;
  static constexpr auto give = sml::call<&LiveViewPort::give>;
  static constexpr auto give_refusal = sml::call<&LiveViewPort::give_refusal>;
  static constexpr auto give_lost = sml::call<&LiveViewPort::give_lost>;
  static constexpr auto give_ended = sml::call<&LiveViewPort::give_ended>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"off"_s      + event<Look>                             / start_view                      = "starting"_s,
       "off"_s      + ignore<LookAway>, "off"_s + ignore<ViewLost>,
       "starting"_s + event<ViewStarted>                      / (begin, fetch_frame)            = "fetching"_s,
       "starting"_s + event<ViewRefused> [ never_began ]      / give_refusal                    = "off"_s,
       "starting"_s + event<ViewRefused>                      / (give_refusal, begin, stop_view) = "stopping"_s,
       "starting"_s + event<LookAway>                         / (give_ended, forget_view, begin, stop_view) = "stopping"_s,
       "starting"_s + event<ViewLost>                         / (give_lost, forget_view)        = "off"_s,
       "starting"_s + ignore<Look>,                                                             // is given with the others
       "fetching"_s + event<FrameCame>                        / give                            = "on"_s,
       "fetching"_s + event<ViewRefused> [ may_fetch_again ]                                    = "warming"_s,
       "fetching"_s + event<ViewRefused>                      / (give_refusal, begin, stop_view) = "stopping"_s,
       "fetching"_s + event<LookAway>                         / (give_ended, forget_view, begin, stop_view) = "stopping"_s,
       "fetching"_s + event<ViewLost>                         / (give_lost, forget_view)        = "off"_s,
       "fetching"_s + ignore<Look>,
       "warming"_s  + after(kFramePause)                      / (count, fetch_frame)            = "fetching"_s,
       "warming"_s  + event<LookAway>                         / (give_ended, begin, stop_view)  = "stopping"_s,
       "warming"_s  + event<ViewLost>                         / give_lost                       = "off"_s,
       "warming"_s  + ignore<Look>,
       "on"_s       + event<Look>                             / (begin, fetch_frame)            = "fetching"_s,
       "on"_s       + after(kLookMax)                         / (begin, stop_view)              = "stopping"_s,
       "on"_s       + event<LookAway>                         / (begin, stop_view)              = "stopping"_s,
       "on"_s       + event<ViewLost>                                                           = "off"_s,
       "stopping"_s + event<ViewStopped> [ is_wanted ]        / (forget_wish, start_view)       = "starting"_s,
       "stopping"_s + event<ViewStopped>                                                        = "off"_s,
       "stopping"_s + event<ViewRefused> [ is_wanted ]        / (forget_wish, begin, fetch_frame) = "fetching"_s,  // it is on: so be it
       "stopping"_s + event<ViewRefused> [ may_stop_again ]                                     = "refused"_s,
       "stopping"_s + event<ViewRefused>                                                        = "off"_s,
       "stopping"_s + event<Look>                             / remember_wish,
       "stopping"_s + event<LookAway> [ is_wanted ]           / (forget_wish, give_ended),
       "stopping"_s + ignore<LookAway>,
       "stopping"_s + event<ViewLost>                         / (forget_wish, give_lost, forget_view) = "off"_s,
       "refused"_s  + after(kStopAgain)                       / (count, stop_view)              = "stopping"_s,
       "refused"_s  + event<Look>                             / (begin, fetch_frame)            = "fetching"_s,
       "refused"_s  + event<ViewLost>                                                           = "off"_s,
       "refused"_s  + ignore<LookAway>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
