#pragma once
// Follows one camera when it turns up at another address. An address is believed only after the camera there has told the serial
// number we already know; until then the old one holds.
#include <algorithm>
#include <string>
#include <vector>

#include "fsm/sml/sml.h"
#include "hal/camera.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

/// It may be at this address: it said so itself (then `location` is where it describes itself), was there before, or a neighbour has
/// its MAC.
struct Seen {
  hal::IpAddress address;
  std::string location;
};
struct Doubted {};                      // it said goodbye, or another camera is where it should be
/// What was verified: the camera there is the one we follow.
struct Recognised {
  hal::HttpOrigin origin;
  hal::CameraInfo info;
};
/// What was verified: it is another one, or nobody.
struct Mistaken {
  hal::IpAddress address;
  hal::Error error;
};
struct LinkReady { hal::Endpoint place; };   // the program's own connection to it stands
struct LinkLost {};                          // and has ended, or could not be made
struct LookAgain {};                         // a network came, or a person asks

struct CameraAddressPort {
  virtual ~CameraAddressPort() = default;
  virtual void verify(const Seen&) = 0;      // answered by Recognised or Mistaken
  virtual void verify_here() = 0;            // the same, at the address it is believed at
  virtual void forget_tries() = 0;           // no answer to a verification is wanted any more
  virtual void seek() = 0;                   // asks on all networks; answered by Seen, for every place where it might be
  virtual void report_found(const Recognised&) = 0;
  virtual void report_unreachable() = 0;     // it is announced, and does not answer
  virtual void report_left() = 0;            // it is not any more where it was
  virtual void report_missing() = 0;         // it was sought everywhere
};

constexpr std::size_t kTriesMax = 8;         // places verified at a time; what is seen past it is seen again later
constexpr auto kVerifyMax = 8s;              // its description, TCP, TLS, the capability document, who it is
constexpr auto kSeekMax = 4s;                // two searches and their answers, and a slow verification
constexpr auto kAnnouncedFor = 1800s;        // max-age of Canon's announcements: after such a silence it is asked

struct CameraAddress {
  static constexpr auto name = "camera_address";
  using Port = CameraAddressPort;
  struct Context {
    hal::Endpoint place;                     // where it is believed to be
    std::vector<hal::IpAddress> tries;       // being verified
    bool operator==(const Context&) const = default;

    bool is_untried(const hal::IpAddress& address) const {
      return tries.size() < kTriesMax && std::find(tries.begin(), tries.end(), address) == tries.end();
    }
    bool is_new(const Seen& seen) const { return is_untried(seen.address); }
    bool is_elsewhere(const Seen& seen) const { return seen.address != place.address && is_untried(seen.address); }
    bool is_here(const Seen& seen) const { return seen.address == place.address; }
    bool is_last_try(const Mistaken& mistaken) const { return tries.empty() || (tries.size() == 1 && tries.front() == mistaken.address); }
    bool was_here(const Mistaken& mistaken) const { return mistaken.address == place.address; }

    void begin_try(const Seen& seen) { tries.push_back(seen.address); }
    void begin_try_here() { tries.push_back(place.address); }
    void end_try(const Mistaken& mistaken) { std::erase(tries, mistaken.address); }
    void end_tries() { tries.clear(); }
    void believe(const Recognised& recognised) { place = recognised.origin.endpoint; }
    void believe_link(const LinkReady& ready) { place = ready.place; }
  };

  static constexpr auto is_new = sml::call<&Context::is_new>;
  static constexpr auto is_elsewhere = sml::call<&Context::is_elsewhere>;
  static constexpr auto is_here = sml::call<&Context::is_here>;
  static constexpr auto is_last_try = sml::call<&Context::is_last_try>;
  static constexpr auto was_here = sml::call<&Context::was_here>;
  static constexpr auto begin_try = sml::call<&Context::begin_try>;
  static constexpr auto begin_try_here = sml::call<&Context::begin_try_here>;
  static constexpr auto end_try = sml::call<&Context::end_try>;
  static constexpr auto end_tries = sml::call<&Context::end_tries>;
  static constexpr auto believe = sml::call<&Context::believe>;
  static constexpr auto believe_link = sml::call<&Context::believe_link>;
  static constexpr auto verify = sml::call<&CameraAddressPort::verify>;
  static constexpr auto verify_here = sml::call<&CameraAddressPort::verify_here>;
  static constexpr auto forget_tries = sml::call<&CameraAddressPort::forget_tries>;
  static constexpr auto seek = sml::call<&CameraAddressPort::seek>;
  static constexpr auto report_found = sml::call<&CameraAddressPort::report_found>;
  static constexpr auto report_unreachable = sml::call<&CameraAddressPort::report_unreachable>;
  static constexpr auto report_left = sml::call<&CameraAddressPort::report_left>;
  static constexpr auto report_missing = sml::call<&CameraAddressPort::report_missing>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      // Nobody knows where it is, or whether it is.
      *"absent"_s    + event<Seen> [ is_new ]             / (begin_try, verify)                            = "meeting"_s,
       "absent"_s    + event<LookAgain>                   / seek                                           = "seeking"_s,
       "absent"_s    + event<LinkReady>                   / believe_link                                   = "settled"_s,
       "absent"_s    + ignore<LinkLost>, "absent"_s + ignore<Doubted>, "absent"_s + ignore<Recognised>, "absent"_s + ignore<Mistaken>,
       // It was seen: is it really it, and does it answer?
       "meeting"_s   + event<Recognised>                  / (forget_tries, end_tries, believe, report_found) = "settled"_s,
       "meeting"_s   + event<Mistaken> [ is_last_try ]    / (end_try, report_unreachable)                  = "absent"_s,
       "meeting"_s   + event<Mistaken>                    / end_try,
       "meeting"_s   + event<Seen> [ is_new ]             / (begin_try, verify),
       "meeting"_s   + ignore<Seen>,
       "meeting"_s   + event<LinkReady>                   / (forget_tries, end_tries, believe_link)        = "settled"_s,
       "meeting"_s   + event<LookAgain>                   / seek                                           = "seeking"_s,
       "meeting"_s   + after(kVerifyMax)                  / (forget_tries, end_tries, report_unreachable)  = "absent"_s,
       "meeting"_s   + ignore<LinkLost>, "meeting"_s + ignore<Doubted>,
       // It is where it is believed to be.
       "settled"_s   + event<Seen> [ is_here ]                                                             = "settled"_s,   // its clock starts anew
       "settled"_s   + event<Seen> [ is_elsewhere ]       / (begin_try, verify)                            = "verifying"_s,
       "settled"_s   + event<Doubted>                     / (begin_try_here, verify_here)                  = "doubted"_s,
       "settled"_s   + after(kAnnouncedFor)               / (begin_try_here, verify_here)                  = "doubted"_s,
       "settled"_s   + event<LinkLost>                    / seek                                           = "seeking"_s,
       "settled"_s   + event<LinkReady>                   / believe_link                                   = "settled"_s,
       "settled"_s   + ignore<LookAgain>, "settled"_s + ignore<Recognised>, "settled"_s + ignore<Mistaken>,
       // Somebody elsewhere claims to be it; the old address holds meanwhile.
       "verifying"_s + event<Recognised>                  / (forget_tries, end_tries, believe, report_found) = "settled"_s,
       "verifying"_s + event<Mistaken> [ is_last_try ]    / end_try                                        = "settled"_s,
       "verifying"_s + event<Mistaken>                    / end_try,
       "verifying"_s + event<Seen> [ is_elsewhere ]       / (begin_try, verify),
       "verifying"_s + ignore<Seen>,
       "verifying"_s + event<LinkLost>                    / seek                                           = "seeking"_s,
       "verifying"_s + event<LinkReady>                   / (forget_tries, end_tries, believe_link)        = "settled"_s,
       "verifying"_s + after(kVerifyMax)                  / (forget_tries, end_tries)                      = "settled"_s,
       "verifying"_s + ignore<LookAgain>, "verifying"_s + ignore<Doubted>,
       // Is it still there? It is asked before anything is believed, for a goodbye is as easily forged as an announcement.
       "doubted"_s   + event<Recognised>                  / (forget_tries, end_tries, believe, report_found) = "settled"_s,
       "doubted"_s   + event<Mistaken> [ was_here ]       / (end_try, report_left, seek)                   = "seeking"_s,
       "doubted"_s   + event<Mistaken>                    / end_try,
       "doubted"_s   + event<Seen> [ is_elsewhere ]       / (begin_try, verify),
       "doubted"_s   + ignore<Seen>,
       "doubted"_s   + event<LinkLost>                    / seek                                           = "seeking"_s,
       "doubted"_s   + event<LinkReady>                   / (forget_tries, end_tries, believe_link)        = "settled"_s,
       "doubted"_s   + after(kVerifyMax)                  / (forget_tries, end_tries, report_left, seek)   = "seeking"_s,
       "doubted"_s   + ignore<LookAgain>, "doubted"_s + ignore<Doubted>,
       // It is not where it was. Where then?
       "seeking"_s   + event<Recognised>                  / (forget_tries, end_tries, believe, report_found) = "settled"_s,
       "seeking"_s   + event<Mistaken>                    / end_try,
       "seeking"_s   + event<Seen> [ is_new ]             / (begin_try, verify),
       "seeking"_s   + ignore<Seen>,
       "seeking"_s   + event<LinkReady>                   / (forget_tries, end_tries, believe_link)        = "settled"_s,
       "seeking"_s   + after(kSeekMax)                    / (forget_tries, end_tries, report_missing)      = "absent"_s,
       "seeking"_s   + ignore<LookAgain>, "seeking"_s + ignore<LinkLost>, "seeking"_s + ignore<Doubted>
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
