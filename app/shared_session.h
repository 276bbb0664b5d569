#pragma once
// Sessions shared by several devices, as this device takes part in them: as a host, as a guest, or looking for one. Never two at a time.
#include <functional>
#include <string>

#include "app/messages/json_text.h"
#include "app/messages/sharing_request.h"
#include "app/session_finder.h"
#include "app/session_host.h"
#include "app/session_member.h"
#include "app/settings.h"

namespace nightjar::app {

class SharedSession {
 public:
  struct Lent {
    Runtime& runtime;
    hal::HttpServers& servers;
    hal::WebSockets* sockets;
    hal::Storage& storage;
    hal::WallClock& wall_clock;
    hal::Random& random;
    Vicinities vicinities;
    const Settings& settings;
  };
  explicit SharedSession(const Lent& lent);

  /// Reads who we are, and hosts again what was hosted before a restart.
  void start(std::function<void()> done);
  /// The program stops: the others are told that this device goes away.
  void stop();

  using Answer = std::function<void(hal::Result<void>)>;
  /// Answered once, when it is done or refused; the error's detail is a sentence for a person.
  void ask(const SharingRequest& request, Answer answer);

  /// What a page shows of it.
  Json status() const;

  /// While the intervalometer is shared: when its next shot is due, or that none is. Guests are told a little before.
  void follow_grid(std::optional<hal::Instant> next);
  /// Its shot is asked of our own camera now.
  void note_own_shot();

  const SessionHost& host() const { return host_; }
  const SessionMember& member() const { return member_; }
  const SessionFinder& finder() const { return finder_; }
  SessionHost& host() { return host_; }
  SessionMember& member() { return member_; }
  const DeviceIdentity& identity() const { return identity_; }

  /// Takes one photo with whatever camera the device has. Set before start().
  void set_shutter(Shutter shutter);
  /// Something a page is told as it happens: memberJoined, memberLeft, sessionHosted, sessionEnded, sessionJoined, sessionOver, sessionFound,
  /// sessionGone, shotFired.
  std::function<void(std::string_view name, const Json& data)> on_event;
  std::function<void()> on_changed;

 private:
  void wire_host();
  void wire_member();
  void wire_finder();
  void join(const AskJoinSession& wanted, Answer answer);
  void tell(std::string_view name, const Json& data);
  void changed();

  Lent lent_;
  DeviceIdentity identity_;
  SessionHost host_;
  SessionMember member_;
  SessionFinder finder_;
  bool sharing_grid_ = false;
  std::optional<hal::Instant> due_;      // of the next shot
  std::string grid_shot_;                // ordered last
  std::uint64_t grid_shots_ = 0;
  hal::Operation ordering_;
  hal::Operation reading_;
  hal::Operation writing_;
};

/// A member of a session, for pages.
Json member_json(const MemberRecord& member);

}  // namespace nightjar::app
