#pragma once
// Shooting as one: a shutter that is released at an instant, and what is known of the shots that many shutters took together.
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/messages/session_message.h"
#include "hal/time.h"

namespace nightjar::app {

/// Whatever shutter the device has. `done` comes once, later: whether the photo was taken.
using Shutter = std::function<void(std::function<void(hal::Result<void>)> done)>;

/// Releases the shutter at an instant of our own clock. Loop thread only.
class Trigger {
 public:
  static constexpr std::size_t kArmedMax = 16;                              // past it a shot is refused
  static constexpr auto kLateMax = std::chrono::milliseconds{500};          // a shot that late is still worth taking; then it is not
  static constexpr auto kAheadMax = std::chrono::minutes{10};

  explicit Trigger(hal::Loop& loop) : loop_(loop) {}

  /// Asked of the shutter: when it was, or why it was not. Called again with an error when the camera then did not take it.
  using Report = std::function<void(const std::string& shot_id, hal::Result<hal::Instant>)>;
  Report on_report;
  Shutter shutter;

  /// The same shot again at another instant replaces the first, as when the host's clock is known better.
  void arm(const std::string& shot_id, hal::Instant at);
  void disarm_all() { armed_.clear(); }
  bool is_armed(const std::string& shot_id) const { return armed_.contains(shot_id); }

 private:
  void release(const std::string& shot_id, hal::Instant due);

  hal::Loop& loop_;
  std::map<std::string, hal::Operation> armed_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// One FIRE_AT and what came of it, at the host.
struct Salvo {
  std::string shot_id;
  hal::Duration host_time{};                         // when it was to be, by the host's clock
  std::map<std::string, SayFired> results;           // by member; who has not answered is not there
  std::size_t asked = 0;                             // members

  std::size_t fired() const;
  /// Between the first shutter and the last, as each knows the host's clock; nothing below two.
  std::optional<hal::Duration> spread() const;
};

/// The last ones; older go.
class Salvos {
 public:
  static constexpr std::size_t kKept = 16;
  Salvo& add(std::string shot_id, hal::Duration host_time, std::size_t asked);
  Salvo* find(const std::string& shot_id);
  const std::deque<Salvo>& all() const { return salvos_; }
  void clear() { salvos_.clear(); }

 private:
  std::deque<Salvo> salvos_;
};

inline std::int64_t to_micros(hal::Duration time) { return std::chrono::floor<std::chrono::microseconds>(time).count(); }
inline hal::Duration from_micros(std::int64_t micros) { return std::chrono::microseconds{micros}; }

}  // namespace nightjar::app
