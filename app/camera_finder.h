#pragma once
// Which cameras there are and where: searches, follows each of them, keeps the registry, and says at which address the primary one is.
// What is said on the network is hearsay until a camera has told its serial number over CCAPI, with the certificate it showed before.
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/camera_follower.h"
#include "app/camera_registry.h"
#include "app/hosted.h"
#include "app/known_cameras.h"
#include "app/settings.h"
#include "fsm/camera_discovery.h"
#include "hal/discovery.h"

namespace nightjar::app {

class CameraFinder final : private hal::Discovery::Handler, private fsm::CameraDiscoveryPort, private CameraFollower::Owner {
 public:
  struct Lent {
    Runtime& runtime;
    hal::Discovery* discovery;   // null: there is none; cameras are found by their addresses alone
    hal::Network& network;
    hal::Cameras& cameras;
    hal::Storage& storage;
    hal::WallClock& wall_clock;
    KnownCameras& known_cameras;
    const Settings& settings;
  };
  explicit CameraFinder(const Lent& lent);
  ~CameraFinder() override;

  /// UUIDs never heard before that are looked into, within kStrangersWithin; past it they are not listened to, and announce themselves again.
  static constexpr std::size_t kStrangersMax = 8;
  static constexpr auto kStrangersWithin = std::chrono::seconds{10};

  /// Reads the registry, aims at the primary camera's last address, and begins to look around.
  void start(std::function<void()> done);
  void stop();
  /// A person asks.
  void look();
  /// Searches at once when the networks are not those of the last search; asked every few seconds besides.
  void look_at_networks() override;

  // What the link to the primary camera tells.
  void link_ready(const hal::HttpOrigin& origin, const hal::CameraInfo& info);
  void link_lost();

  /// What a person asks. `not_found` for a camera we do not have.
  hal::Result<void> set_primary(const std::string& uuid);
  hal::Result<void> forget(const std::string& uuid);
  hal::Result<void> rename(const std::string& uuid, std::string name);

  const CameraRegistry& registry() const { return registry_; }
  /// Null without one.
  const RegisteredCamera* primary() const;
  bool looking() const;
  const Hosted<fsm::CameraDiscovery>& machine() const { return rounds_; }
  /// Of the primary camera; null without one.
  const Hosted<fsm::CameraAddress>* primary_machine() const;

  // What happened; the wiring decides who hears.
  std::function<void(const RegisteredCamera&)> on_discovered;
  std::function<void(const RegisteredCamera&)> on_offline;            // not the primary one
  std::function<void(const std::string& uuid)> on_primary_changed;    // empty: there is none any more
  std::function<void(const RegisteredCamera&, const hal::IpAddress& from, const hal::IpAddress& to)> on_moved;
  std::function<void(const RegisteredCamera&)> on_primary_missing;    // sought everywhere
  std::function<void()> on_primary_left;                              // it is not where the link is
  /// The primary camera answers there: the link's place from now on. The origin's certificate is pinned to the camera's.
  std::function<void(const hal::HttpOrigin&, const std::string& serial)> on_aimed;
  std::function<void()> on_seen_again;                                // at the link's place
  std::function<void()> on_changed;

 private:
  // hal::Discovery::Handler
  void on_seen(const hal::Sighting& sighting) override;
  void on_goodbye(const std::string& uuid, const hal::IpAddress& from) override;
  // the rounds
  void listen() override;
  void search() override;
  void stop_listening() override;
  // CameraFollower::Owner
  hal::HttpOrigin origin_at(const CameraFollower& follower, const hal::IpAddress& address) override;
  hal::Result<void> accept(CameraFollower& follower, const hal::CameraDescription& description) override;
  hal::Result<void> recognise(CameraFollower& follower, const hal::HttpOrigin& origin, const hal::CameraInfo& info) override;
  void seek(CameraFollower& follower) override;
  void on_found(CameraFollower& follower, const fsm::Recognised& found) override;
  void on_unreachable(CameraFollower& follower) override;
  void on_left(CameraFollower& follower) override;
  void on_missing(CameraFollower& follower) override;

  CameraFollower& follow(const std::string& uuid);
  CameraFollower* follower_of(const std::string& uuid);
  void unfollow(const std::string& uuid);
  bool may_meet_stranger();
  bool is_primary(const CameraFollower& follower) const { return registry_.primary() == follower.uuid(); }
  std::vector<hal::IpAddress> possible_addresses(const RegisteredCamera& camera) const;
  hal::HttpOrigin origin_of(const RegisteredCamera& camera, const CameraPlace& place) const;
  void adopt(const std::string& uuid, const hal::HttpOrigin& origin, const hal::CameraInfo& info);
  void make_primary(const std::string& uuid);
  void aim(const RegisteredCamera& camera);
  void doubt_others_at(const hal::Endpoint& place, const std::string& uuid);
  void went_offline(RegisteredCamera& camera);
  void changed();

  Runtime& runtime_;
  hal::Discovery* discovery_;
  hal::Network& network_;
  hal::Cameras& cameras_;
  hal::WallClock& wall_clock_;
  KnownCameras& known_cameras_;
  const Settings& settings_;
  CameraRegistry registry_;
  std::map<std::string, std::unique_ptr<CameraFollower>> followers_;   // by UUID: of the registry's cameras, and of strangers
  std::optional<hal::Endpoint> aimed_;                                 // where the link is, or shall be
  std::vector<hal::Interface> interfaces_;                             // when last looked at
  std::array<std::optional<hal::Instant>, kStrangersMax> strangers_;   // when the last ones came, the oldest at next_stranger_
  std::size_t next_stranger_ = 0;
  hal::Operation introducing_;                                         // who the link's camera is
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Hosted<fsm::CameraDiscovery> rounds_;
};

}  // namespace nightjar::app
