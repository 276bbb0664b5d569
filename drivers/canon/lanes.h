#pragma once
// The two connections a body allows, and which one a request takes.
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "hal/http.h"
#include "hal/time.h"

namespace nightjar::canon {

/// At most one shot and one errand are under way, so a free lane is always there for either.
class Lanes {
 public:
  Lanes(hal::HttpOrigin origin, hal::HttpClients& clients, hal::Clock& clock)
      : origin_(std::move(origin)), clients_(clients), clock_(clock) {}

  /// The free lane used last: its connection is surely the freshest.
  std::size_t take_for_shot() { return take(free(0) && (!free(1) || lanes_[0].used >= lanes_[1].used) ? 0 : 1); }
  /// The free lane used longest ago: so neither connection rests long enough for the camera to close it.
  std::size_t take_for_errand() { return take(free(0) && (!free(1) || lanes_[0].used <= lanes_[1].used) ? 0 : 1); }
  void give_back(std::size_t lane) {
    lanes_[lane].taken = false;
    lanes_[lane].used = clock_.now();
  }

  std::shared_ptr<hal::HttpClient> client(std::size_t lane) {
    auto& client = lanes_[lane].client;
    if (!client) {
      auto origin = origin_;
      if (origin.pinned_certificate.empty()) origin.pinned_certificate = certificate();   // both ends at the same camera
      client = clients_.client(std::move(origin));
    }
    return client;
  }

  std::string certificate() const {
    for (const auto& lane : lanes_)
      if (lane.client && !lane.client->certificate().empty()) return lane.client->certificate();
    return {};
  }

 private:
  struct Lane {
    std::shared_ptr<hal::HttpClient> client;
    hal::Instant used{};
    bool taken = false;
  };

  bool free(std::size_t lane) const { return !lanes_[lane].taken; }
  std::size_t take(std::size_t lane) {
    lanes_[lane].taken = true;
    lanes_[lane].used = clock_.now();
    return lane;
  }

  hal::HttpOrigin origin_;
  hal::HttpClients& clients_;
  hal::Clock& clock_;
  std::array<Lane, 2> lanes_;
};

}   // namespace nightjar::canon
