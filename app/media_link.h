#pragma once
// The media server as the device sees it: the link, and what is known over it.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/hosted.h"
#include "app/media_roster.h"
#include "fsm/server_link.h"
#include "hal/media_server.h"

namespace nightjar::app {

class MediaLink final : private fsm::ServerLinkPort, private hal::MediaFeed::Handler {
 public:
  /// What is lent outlives it.
  MediaLink(hal::MediaServer& server, Runtime& runtime) : server_(server), runtime_(runtime), machine_(runtime, *this) {}
  /// Once; from now on it keeps the link.
  void start() { machine_.start(); }

  /// How it is known who is there; `none` from a loss until users and sessions were told anew: what the roster has is then of before.
  enum class Mode : unsigned char { none, polling, realtime };
  Mode mode() const;
  bool connected() const;
  const hal::MediaServerInfo& server() const { return info_; }
  const MediaRoster& roster() const { return roster_; }
  /// Since the server told who has an account; nothing while that is of before.
  std::optional<hal::Duration> users_age() const { return age(users_at_); }
  /// Since it is known that sessions are as they are: they were told, or the server lives and would have told.
  std::optional<hal::Duration> sessions_age() const { return age(sessions_at_); }
  const std::string& last_error() const { return last_error_; }
  const Hosted<fsm::ServerLink>& machine() const { return machine_; }

  // What happened; the wiring decides who hears.
  std::function<void()> on_connected;              // on_mode follows when something is known
  std::function<void()> on_lost;                   // or the key is refused; last_error() says why
  std::function<void(Mode)> on_mode;
  std::function<void(const MediaChanges<hal::MediaUser>&)> on_user_changes;
  std::function<void(const MediaChanges<hal::MediaSession>&)> on_session_changes;
  std::function<void(const Playback&)> on_playback;   // not for what went on already when the link was made
  std::function<void(const MediaChanges<MediaClient>&)> on_client_changes;
  std::function<void()> on_changed;                // anything a status shows

 private:
  // lifecycle
  void fetch_info() override;
  void forget_info() override { asking_info_.drop(); }
  void ask_users() override;
  void ask_sessions() override;
  void forget_ask() override { asking_.drop(); }
  void open_socket() override;
  void subscribe() override;
  void send_keep_alive() override { feed_->keep_alive(); }
  void forget_socket() override;
  void take_users() override;
  void take_sessions() override { take(std::move(received_sessions_)); }
  void take_pushed() override { take(std::move(pushed_)); }
  void discover_clients() override;
  void report_connected() override;
  void report_online() override;
  void report_unreachable(const fsm::InfoFailed& failed) override { failed_to_reach(failed.error); }
  void report_silent() override { failed_to_reach({hal::ErrorKind::timed_out, "the server did not answer"}); }
  void report_refused() override;
  void report_lost(const fsm::ServerLost& lost) override { ended(lost.error); }
  void report_realtime() override;
  void report_fallback(const fsm::SocketFailed& failed) override;
  // pushes; one event of a kind waits at a time, however much a server says
  void on_sessions(hal::MediaSessions sessions) override;
  void on_users_changed() override { tell(users_changed_waits_, fsm::UsersChanged{}); }
  void on_keep_alive_wanted(hal::Duration within) override { tell(keep_alive_waits_, fsm::KeepAliveWanted{within}); }
  void on_word() override;
  void on_closed(const hal::Error& error) override { machine_.dispatch(fsm::SocketFailed{error}); }

  template <class Event>
  void tell(bool& waits, Event event);
  void take(hal::MediaSessions sessions);
  bool known() const { return users_at_ && sessions_at_; }
  Mode source() const;
  void note_known(bool before);
  void failed_to_reach(const hal::Error& error);
  void ended(const hal::Error& error);
  void changed();
  std::optional<hal::Duration> age(const std::optional<hal::Instant>& at) const;

  hal::MediaServer& server_;
  Runtime& runtime_;
  hal::MediaServerInfo info_;
  MediaRoster roster_;
  std::string last_error_;
  std::optional<hal::Instant> users_at_;
  std::optional<hal::Instant> sessions_at_;
  hal::MediaServerInfo received_info_;
  hal::MediaUsers received_users_;
  hal::MediaSessions received_sessions_;
  hal::MediaSessions pushed_;
  bool word_waits_ = false;
  bool push_waits_ = false;
  bool users_changed_waits_ = false;
  bool keep_alive_waits_ = false;
  hal::Operation asking_info_;
  hal::Operation asking_;
  hal::Operation opening_;
  std::unique_ptr<hal::MediaFeed> opened_;   // until the machine takes it
  std::unique_ptr<hal::MediaFeed> feed_;
  Hosted<fsm::ServerLink> machine_;
};

}  // namespace nightjar::app
