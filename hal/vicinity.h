#pragma once
// Sessions nearby: telling those around of ours, hearing of theirs. What is heard is hearsay; the host itself says whether it is true.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "hal/address.h"
#include "hal/operation.h"
#include "hal/result.h"

namespace nightjar::hal {

/// What a host tells of its session: fields of a TXT record, members of a datagram. Texts are UTF-8 without control characters.
struct Advertisement {
  std::string session_id;          // six of A-Z and 0-9
  std::string session_name;        // at most kNameMax bytes
  std::string host_id;             // at most kIdMax bytes
  std::string host_name;           // at most kNameMax bytes
  std::uint16_t port = 0;          // TCP, where the host listens
  int member_count = 0;
  int max_members = 0;
  static constexpr std::size_t kNameMax = 60;
  static constexpr std::size_t kIdMax = 64;
  bool operator==(const Advertisement&) const = default;
};

struct Sighted {
  Advertisement advertisement;
  IpAddress address;               // of the host
  bool operator==(const Sighted&) const = default;
};

/// One way to be heard of nearby and to hear of others. Loop thread only; what is called back comes later than the call.
class Vicinity {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    /// A session is there, or tells something new. May be told again when nothing is new. Our own may be told too.
    virtual void on_sighted(const Sighted& session) = 0;
    /// It is not told any more: withdrawn, or not heard of for too long.
    virtual void on_vanished(const std::string& session_id) = 0;
  };
  /// Called with ok when what was asked is on, or with why it cannot be; and, after ok, once more with an error if it ends by itself.
  using Told = std::function<void(Result<void>)>;
  enum class Voice : unsigned char { aloud, when_asked };
  static constexpr std::size_t kSessionsMax = 32;   // heard of at a time; more are not told

  virtual ~Vicinity() = default;

  /// Tells of a session until the handle is dropped, which withdraws it. `when_asked`: only those who ask; a way that knows no such
  /// difference tells aloud. One at a time: a second call withdraws the first. `missing` when the service does not run.
  virtual Operation advertise(const Advertisement& session, Voice voice, Told told) = 0;
  /// What is advertised says this from now on, without being withdrawn; nothing when there is none.
  virtual void update(const Advertisement& session) = 0;
  /// Hears of sessions until the handle is dropped; one handler at a time, which outlives the listening. Those that are there are told soon.
  virtual Operation browse(Handler& handler, Told told) = 0;
};

}  // namespace nightjar::hal
