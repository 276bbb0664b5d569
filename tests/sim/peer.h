#pragma once
// What a story about the simulated network needs at each end.
#include <memory>
#include <optional>
#include <string>

#include "hal/network.h"

namespace nightjar::sim {

/// A stream and what it has brought.
struct Peer final : hal::Stream::Handler {
  void take(std::unique_ptr<hal::Stream> opened) {
    stream = std::move(opened);
    stream->start(*this);
  }
  void on_data(std::string_view bytes) override {
    heard += bytes;
    ++pieces;
  }
  void on_drained() override { ++drained; }
  void on_closed(const hal::Error& error) override { ended = error; }

  bool ended_with(hal::ErrorKind kind) const { return ended && ended->kind == kind; }

  std::unique_ptr<hal::Stream> stream;
  std::string heard;
  int pieces = 0;
  int drained = 0;
  std::optional<hal::Error> ended;
};

}   // namespace nightjar::sim
