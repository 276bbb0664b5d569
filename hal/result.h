#pragma once
// What an attempt came to: a value, or an Error that says in the field's terms what went wrong.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace nightjar::hal {

/// Why something asked of the world did not happen. The kind decides what a machine does next; `detail` is for people
/// and logs, never parsed and never holding a secret.
enum class ErrorKind : unsigned char {
  timed_out,     // no answer in the time allowed
  refused,       // somebody is there and says no: connection refused, port closed
  unreachable,   // nobody is there: no route, host down, name unknown
  closed,        // the other end ended the connection in an orderly way
  reset,         // the connection broke
  denied,        // authentication or permission
  tls,           // handshake failed, or the certificate is not the one pinned
  protocol,      // the other end answered what its protocol does not allow
  busy,          // try again soon; nothing was done
  not_supported, // this part cannot do that
  not_found,     // no such file, resource, network, line
  no_space,      // storage is full
  too_large,     // over a stated limit
  invalid,       // the request itself is wrong
  in_use,        // port or line already taken
  io,            // the device or file system failed
  missing,       // the part itself is not fitted or its service does not run
};

/// The kind in a word or two, for logs and messages.
constexpr std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::timed_out: return "timed out";
    case ErrorKind::refused: return "refused";
    case ErrorKind::unreachable: return "unreachable";
    case ErrorKind::closed: return "closed";
    case ErrorKind::reset: return "connection reset";
    case ErrorKind::denied: return "denied";
    case ErrorKind::tls: return "TLS failed";
    case ErrorKind::protocol: return "protocol error";
    case ErrorKind::busy: return "busy";
    case ErrorKind::not_supported: return "not supported";
    case ErrorKind::not_found: return "not found";
    case ErrorKind::no_space: return "no space left";
    case ErrorKind::too_large: return "too large";
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::in_use: return "in use";
    case ErrorKind::io: return "input/output error";
    case ErrorKind::missing: return "missing";
  }
  return "unknown";
}

struct Error {
  ErrorKind kind = ErrorKind::io;
  std::string detail{};

  /// "timed out: no answer from 192.168.4.2:443 in 10 s"
  std::string text() const {
    std::string out{to_string(kind)};
    if (!detail.empty()) out.append(": ").append(detail);
    return out;
  }
  bool operator==(const Error&) const = default;
};

/// A value or an Error. value() and error() ask for what ok() promised; asking otherwise throws std::bad_variant_access.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}       // NOLINT: implicit by design
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}   // NOLINT

  bool ok() const { return held_.index() == 0; }
  const T& value() const& { return std::get<0>(held_); }
  T& value() & { return std::get<0>(held_); }
  T&& value() && { return std::get<0>(std::move(held_)); }
  const Error& error() const { return std::get<1>(held_); }

 private:
  std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}   // NOLINT: implicit by design

  bool ok() const { return !error_; }
  const Error& error() const { return error_.value(); }

 private:
  std::optional<Error> error_;
};

}  // namespace nightjar::hal
