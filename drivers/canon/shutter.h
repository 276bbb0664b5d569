#pragma once
// The shutter button: one picture at a time, and a button that is pressed is released.
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "drivers/canon/lanes.h"
#include "hal/camera.h"

namespace nightjar::canon {

/// Releases buttons that nobody waits for any more, also those whose camera object is gone: tries until the camera says that it was done.
/// Bounds: kMax releases at once, past it the oldest is given up; kTries of each.
class ReleaseKeeper : public std::enable_shared_from_this<ReleaseKeeper> {
 public:
  using Id = std::uint64_t;

  explicit ReleaseKeeper(hal::Loop& loop) : loop_(loop) {}
  Id release(std::shared_ptr<hal::HttpClient> client, const std::string& path);
  /// The button goes down again: what is on its way arrives before, and is not tried again.
  void leave(Id id);

 private:
  static constexpr std::size_t kMax = 8;
  static constexpr int kTries = 10;
  static constexpr auto kTryAgain = std::chrono::seconds{1};
  struct Release {
    Id id = 0;
    std::shared_ptr<hal::HttpClient> client;
    std::string path;
    int tries_left = kTries;
    hal::Operation request;
    hal::Operation pause;
    bool pausing = false;   // until the next try
  };
  void attempt(Release& release);
  void answered(Id id, const hal::Result<hal::HttpResponse>& answer);
  Release* find(Id id);

  hal::Loop& loop_;
  std::list<Release> releases_;
  Id last_id_ = 0;
};

/// How the button of this body is pressed.
struct Button {
  std::string path;
  bool manual = false;   // full_press and release instead of one request for both
};

/// One shot after the other on lanes shared with the errands. Destroying it silences the shot under way and hands a
/// button that is down to the keeper.
class Shutter : public std::enable_shared_from_this<Shutter> {
 public:
  using Done = std::function<void(hal::Result<hal::Shot>)>;

  Shutter(Lanes& lanes, hal::Loop& loop, std::shared_ptr<ReleaseKeeper> keeper);
  ~Shutter();
  Shutter(const Shutter&) = delete;
  Shutter& operator=(const Shutter&) = delete;

  /// A button that is held stays down for `hold` after the camera has answered the press; zero = is released at once.
  hal::Operation shoot(const Button& button, hal::Duration hold, hal::Duration patience, Done done);
  /// Releases a button that somebody else may have left down, a device that lost its power in mid-press; nothing during a shot of ours.
  void let_go(const Button& button);

 private:
  struct Exposure {
    Button button;
    hal::Completion<hal::Result<hal::Shot>> completion;
    std::size_t lane = 0;
    hal::Instant sent;
    std::optional<hal::Error> error;   // of the press
    hal::Duration hold{};
    bool holding = false;              // down, with nothing on its way: the lane is free meanwhile
    hal::Operation request;            // on its way, or the time until the release
  };

  void release_until_done(std::size_t lane, const std::string& path);
  void pressed(const hal::Result<hal::HttpResponse>& answer);
  void release();
  void released(const hal::Result<hal::HttpResponse>& answer);
  void dropped();
  void finish();

  Lanes& lanes_;
  hal::Loop& loop_;
  std::shared_ptr<ReleaseKeeper> keeper_;
  ReleaseKeeper::Id kept_ = 0;   // the last release that was left to the keeper
  std::optional<Exposure> exposure_;
};

}   // namespace nightjar::canon
