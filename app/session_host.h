#pragma once
// The session this device hosts: its port, its guests, how it is told nearby, and the shots they take as one.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/salvo.h"
#include "app/session_guest.h"
#include "app/session_registry.h"
#include "fsm/session_host.h"
#include "hal/http.h"
#include "hal/random.h"
#include "hal/storage.h"
#include "hal/vicinity.h"

namespace nightjar::app {

/// How sessions are told nearby and heard of, in the order in which they are tried. What is not fitted is null.
struct Vicinities {
  hal::Vicinity* mdns = nullptr;
  hal::Vicinity* udp = nullptr;
  hal::Vicinity* here = nullptr;      // within this process
};

/// This device, as the others of a session know it.
struct DeviceIdentity {
  std::string id;
  std::string name;
};

class SessionHost final : private fsm::SessionHostPort, private SessionGuest::Owner, private hal::HttpHandler {
 public:
  struct Lent {
    Runtime& runtime;
    hal::HttpServers& servers;
    hal::Storage& storage;
    hal::WallClock& wall_clock;
    hal::Random& random;
    Vicinities vicinities;
    const DeviceIdentity& identity;
    std::uint16_t port;
  };
  explicit SessionHost(const Lent& lent);
  ~SessionHost() override;

  using Answer = std::function<void(hal::Result<void>)>;
  /// Hosts a session of that name; answered when guests can join, or why not.
  void host(std::string name, int members_max, Answer answer);
  void end(Answer answer);
  hal::Result<void> kick(const std::string& id);
  /// Everybody fires `ahead` from now, this device too. Gives the shot's id.
  hal::Result<std::string> fire(hal::Duration ahead);
  /// The same at an instant of our clock, under a name of the caller's; `own_shutter`: this device's too.
  void fire_at(hal::Instant at, std::string shot_id, bool own_shutter);
  /// Where our own shutter was released by somebody else: when it was.
  void note_own(const std::string& shot_id, hal::Instant at) { note_result(lent_.identity.id, {shot_id, true, to_micros(at.time_since_epoch()), 0, {}}); }
  /// Reads what was hosted before the program started anew, and hosts that again.
  void restore(std::function<void()> done);
  /// The program stops: guests are told that the host goes away; the session stays on the disk.
  void suspend();

  bool hosting() const;
  bool active() const;
  const std::optional<HostedSession>& session() const { return registry_.session(); }
  std::vector<MemberRecord> members() const { return registry_.members(); }
  const Salvos& salvos() const { return salvos_; }
  std::string_view told_by() const;                       // mdns, udp, in_process, none
  std::size_t connections() const { return guests_.size(); }
  const Hosted<fsm::SessionHost>& machine() const { return machine_; }
  const std::vector<std::shared_ptr<SessionGuest>>& guests() const { return guests_; }

  Shutter shutter;
  std::function<void(const MemberRecord&)> on_member_joined;
  std::function<void(const std::string& id, std::string_view reason)> on_member_left;
  std::function<void()> on_hosting;
  std::function<void()> on_ended;
  std::function<void(const Salvo&)> on_salvo;              // a result came
  std::function<void()> on_changed;

  static constexpr std::size_t kConnectionsMax = 64;       // past it: 503

 private:
  // lifecycle
  void keep() override;
  void open_port() override;
  void dismiss_guests() override;
  void close_port() override;
  void forget_session() override;
  void tell_by_mdns() override;
  void forget_mdns() override { telling_mdns_.drop(); }
  void tell_by_udp() override;
  void answer_by_udp() override;
  void tell_here() override;
  void stop_telling() override;
  void report_hosting() override;
  void report_not_kept() override;
  void report_busy() override;
  void report_port_awaited() override;
  void report_not_opened() override;
  void report_ended() override;
  void report_none() override;
  // guests
  fsm::GuestJoins judge(const SayJoin& join) override { return registry_.judge(join); }
  std::string full_text() override;
  hal::WallTime wall_now() override { return lent_.wall_clock.now(); }
  void on_admitted(SessionGuest& guest, const SayJoin& join) override;
  void on_heartbeat(SessionGuest& guest, const SayHeartbeat& beat, hal::Instant at) override;
  void on_fired(SessionGuest& guest, const SayFired& fired) override;
  void on_left(SessionGuest& guest, std::string_view reason) override;
  void on_forgotten(SessionGuest& guest) override;
  // the port
  void on_request(const hal::HttpRequest& request, hal::HttpReply reply) override;
  std::optional<hal::HttpResponse> on_upgrade(const hal::HttpRequest& request) override;
  void on_websocket(const hal::HttpRequest& request, std::unique_ptr<hal::WebSocket> socket) override;

  hal::Advertisement advertisement() const;
  void update_told();                               // what is told says how many we are
  void broadcast(const std::string& text, const SessionGuest* except = nullptr);
  void note_result(const std::string& id, const SayFired& fired);
  MemberRecord own_record() const;
  std::string secret();
  void save();
  void erase();                                     // from the disk, for good
  void changed();

  Lent lent_;
  SessionRegistry registry_;
  std::string clock_name_;                                // of this run's monotonic clock
  std::vector<std::shared_ptr<SessionGuest>> guests_;
  std::unique_ptr<hal::HttpServer> server_;
  Trigger trigger_;
  Salvos salvos_;
  std::uint64_t shots_ = 0;
  HostedSession wanted_;
  Answer asking_;                                         // whoever sent the event being processed
  Answer hosting_answer_;
  Answer ending_;
  Answer ended_answer_;                                   // waits until the session is off the disk
  std::string port_error_;
  hal::Operation telling_mdns_;
  hal::Operation telling_udp_;
  hal::Operation telling_here_;
  hal::Operation reading_;
  hal::Operation writing_;
  hal::Operation erasing_;
  bool kept_ = false;                                     // a restart is to find the session
  Hosted<fsm::SessionHost> machine_;
};

}  // namespace nightjar::app
