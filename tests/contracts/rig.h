#pragma once
// What a contract suite stands on. The suites in this folder (*_contract.h) are written once, against hal/ and this rig
// alone; they are linked twice, into contracts_real with the rig over drivers/linux and into contracts_sim with the rig
// over sim/. A suite therefore never asks which of the two it is on; where the worlds differ (how to find an address that
// nobody answers at) the rig is asked.
//
// Adding a suite: put NAME_contract.h here, with plain TEST()s that call make_rig(). CMake finds it.
// Adding a side: put SIDE_rig.h here with a class derived from Rig and the definition of make_rig(), not inline: one unit includes it.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "hal/network.h"
#include "hal/random.h"
#include "hal/storage.h"
#include "hal/time.h"

namespace nightjar::contracts {

/// One fresh world: a loop that has not turned yet, a network with this host on it, an empty disk. Every test makes its own
/// and lets nothing survive it.
class Rig {
 public:
  virtual ~Rig() = default;

  virtual hal::Loop& loop() = 0;
  virtual hal::Network& network() = 0;
  /// Over an empty root folder at first.
  virtual hal::Storage& storage() = 0;
  virtual hal::WallClock& wall_clock() = 0;
  virtual hal::Random& random() = 0;

  /// Turns the loop until `done()` is true, asked before the first and after every turn; true when it became so. A world
  /// that has nothing more to do, or (real) has taken absurdly long, answers false: a hang is a failed test, not a stuck one.
  virtual bool run_until(const std::function<bool()>& done) = 0;

  // ---- the storage's device

  /// Destroys the storage and gives a new one over the same disk, as after a restart of the device. The simulated rig
  /// cuts the power here: what was not durable is gone.
  virtual hal::Storage& restart_storage() = 0;

  // ---- places on the network

  /// An address of this host that it can listen on, connect to, and send and join multicast on. 127.0.0.1 will do.
  virtual hal::IpAddress host() = 0;
  /// Where connection attempts meet silence: nothing refuses, nothing answers.
  virtual hal::Endpoint silent_endpoint() = 0;
  /// Where no route leads: connect answers `unreachable`.
  virtual hal::Endpoint unreachable_endpoint() = 0;
  /// A name (no address in text form) that resolve() knows, at host().
  virtual std::string known_host() = 0;
  /// A name that resolve() answers `unreachable` for.
  virtual std::string unknown_host() = 0;
};

/// Defined once in each program, by its side's rig.
std::unique_ptr<Rig> make_rig();

// ---- for the suites --------------------------------------------------------------------------------------------------

/// Lets `duration` pass on the loop's own clock, whatever else happens meanwhile: what has not come by then, after its cause
/// is long past, does not come. Fails the test when the loop's timer never expires.
inline void let_pass(Rig& rig, hal::Duration duration) {
  bool passed = false;
  const auto timer = rig.loop().at(rig.loop().now() + duration, [&] { passed = true; });
  ASSERT_TRUE(rig.run_until([&] { return passed; })) << "the loop's timer never expired";
}

// What the suites hold both sides to beyond the words of hal/network.h, because callers rely on it:
// - The other end's stream ends as the kernel's TCP would have it: `closed` after finish() or after the destruction of a
//   stream that had nothing unsent and nothing unread; `reset` after the destruction of one that had unsent bytes (unsent() > 0)
//   or had bytes lying unread. A truncated stream never looks like a finished one.
// - When the other end has finished while we still have bytes unsent, those are sent first, then on_closed comes.
// - A write that fails is told by on_closed, later than write() and after the bytes that had already arrived.
// - A paused stream hears nothing of the other end, not even that the connection broke, until it is resumed; on_drained still comes.

}   // namespace nightjar::contracts
