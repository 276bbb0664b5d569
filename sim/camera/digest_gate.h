#pragma once
// HTTP Digest at the camera's door (RFC 7616, qop="auth"). Internal to sim/camera.
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "hal/http.h"
#include "hal/random.h"

namespace nightjar::sim::camera {

/// Remembers the newest kNoncesMax challenges; an answer to an older one is asked again (stale=true).
class DigestGate {
 public:
  DigestGate(hal::Credentials account, bool sha256, hal::Random& random) : account_(std::move(account)), sha256_(sha256), random_(random) {}
  /// Nothing lets the request in; else the 401 to answer it with.
  std::optional<hal::HttpResponse> refusal(const hal::HttpRequest& request);

 private:
  static constexpr std::size_t kNoncesMax = 16;
  struct Nonce {
    std::string text;
    std::uint64_t count = 0;   // the highest nc seen: a repeated one is a replay
  };
  enum class Verdict : unsigned char { welcome, wrong, stale };

  Verdict judge(const hal::HttpRequest& request);
  std::string hash(const std::string& text) const;
  hal::HttpResponse challenge(bool stale);

  hal::Credentials account_;
  bool sha256_;
  hal::Random& random_;
  std::deque<Nonce> nonces_;
};

}   // namespace nightjar::sim::camera
