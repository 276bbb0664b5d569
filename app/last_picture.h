#pragma once
#include <functional>
#include <vector>

#include "app/hosted.h"
#include "fsm/picture_fetch.h"
#include "hal/camera.h"

namespace nightjar::app {

/// The newest picture, for every page that asks.
class LastPicture final : private fsm::PictureFetchPort {
 public:
  using Fetch = std::function<hal::Operation(std::function<void(hal::Result<hal::Picture>)>)>;
  using Done = std::function<void(const hal::Result<hal::Picture>&)>;
  static constexpr std::size_t kWaitingMax = 64;   // pages that wait for one picture; past it `busy`

  LastPicture(Fetch fetch, Runtime& runtime) : fetch_(std::move(fetch)), machine_(runtime, *this) { machine_.start(); }

  /// A photo was taken.
  void taken() { machine_.dispatch(fsm::Taken{}); }
  /// Answered once, when the picture is here; may be from within the call when too many wait already.
  void get(Done done) {
    if (waiting_.size() >= kWaitingMax) return done(hal::Error{hal::ErrorKind::busy, "too many ask for the picture"});
    waiting_.push_back(std::move(done));
    machine_.dispatch(fsm::Ask{});
  }

  const Hosted<fsm::PictureFetch>& machine() const { return machine_; }

 private:
  void fetch() override {
    fetching_ = fetch_([this](hal::Result<hal::Picture> picture) {
      fetched_ = std::move(picture);
      if (fetched_.ok()) machine_.answer(fetching_, fsm::Fetched{fetched_.value().path});
      else machine_.answer(fetching_, fsm::FetchFailed{});
    });
  }
  void keep(const fsm::Fetched&) override { newest_ = fetched_; }
  void give() override { answer(newest_); }
  void give_error() override { answer(fetched_); }

  void answer(const hal::Result<hal::Picture>& picture) {
    for (const auto& done : std::exchange(waiting_, {})) done(picture);
  }

  Fetch fetch_;
  hal::Operation fetching_;
  hal::Result<hal::Picture> fetched_{hal::Error{hal::ErrorKind::not_found, "no picture yet"}};
  hal::Result<hal::Picture> newest_{fetched_};
  std::vector<Done> waiting_;
  Hosted<fsm::PictureFetch> machine_;
};

}  // namespace nightjar::app
