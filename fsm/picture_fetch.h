#pragma once
// The newest picture, fetched from the camera once a photo however many pages ask. A camera tells of a photo before its file is
// written, so the file is asked for until it is another one than before.
#include <string>

#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct Taken {};                           // there is, or will be, a newer picture
struct Ask {};                             // a page wants to see it
struct Fetched { std::string path; };
struct FetchFailed {};

struct PictureFetchPort {
  virtual ~PictureFetchPort() = default;
  virtual void fetch() = 0;                // one attempt; answered by Fetched or FetchFailed
  virtual void keep(const Fetched&) = 0;   // this is the newest
  virtual void give() = 0;                 // to all who asked
  virtual void give_error() = 0;
};

constexpr auto kWritePause = 400ms;        // a JPEG is on the card 0.5 to 2 s after its exposure (ccapi.md, section 5)
constexpr int kFetchesMax = 20;            // 8 s: a RAW file on a slow card; past it the camera has recorded nothing

struct PictureFetch {
  static constexpr auto name = "picture_fetch";
  using Port = PictureFetchPort;
  struct Context {
    std::string path;                      // of the newest that was given
    int fetches = 0;                       // begun since the newest photo was taken
    bool outrun = false;                   // a photo was taken since the last of them began
    bool operator==(const Context&) const = default;

    void begin() {
      fetches = 0;
      outrun = true;
    }
    void count() {
      ++fetches;
      outrun = false;
    }
    bool is_outrun() const { return outrun; }
    bool is_new(const Fetched& fetched) const { return fetched.path != path; }
    bool may_repeat() const { return fetches < kFetchesMax; }
    void remember(const Fetched& fetched) { path = fetched.path; }
  };

  static constexpr auto begin = sml::call<&Context::begin>;
  static constexpr auto count = sml::call<&Context::count>;
  static constexpr auto is_outrun = sml::call<&Context::is_outrun>;
  static constexpr auto is_new = sml::call<&Context::is_new>;
  static constexpr auto may_repeat = sml::call<&Context::may_repeat>;
  static constexpr auto remember = sml::call<&Context::remember>;
  static constexpr auto fetch = sml::call<&PictureFetchPort::fetch>;
  static constexpr auto keep = sml::call<&PictureFetchPort::keep>;
  static constexpr auto give = sml::call<&PictureFetchPort::give>;
  static constexpr auto give_error = sml::call<&PictureFetchPort::give_error>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"outdated"_s + event<Ask>                       / (begin, count, fetch)        = "fetching"_s,
       "outdated"_s + ignore<Taken>,
       "fetching"_s + event<Fetched> [ is_new && is_outrun ] / (remember, keep, give) = "outdated"_s,   // there is a newer one already
       "fetching"_s + event<Fetched> [ is_new ]        / (remember, keep, give)       = "current"_s,
       "fetching"_s + event<Fetched> [ may_repeat ]                                   = "waiting"_s,
       "fetching"_s + event<Fetched>                   / give                         = "outdated"_s,   // nothing was recorded
       "fetching"_s + event<FetchFailed> [ may_repeat ]                               = "waiting"_s,
       "fetching"_s + event<FetchFailed>               / give_error                   = "outdated"_s,
       "fetching"_s + event<Taken>                     / begin,
       "fetching"_s + ignore<Ask>,                                                                      // is given with the others
       "waiting"_s  + after(kWritePause)               / (count, fetch)               = "fetching"_s,
       "waiting"_s  + event<Taken>                     / begin,
       "waiting"_s  + ignore<Ask>,
       "current"_s  + event<Ask>                       / give,
       "current"_s  + event<Taken>                                                    = "outdated"_s
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
