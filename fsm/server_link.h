#pragma once
// The link to a media server: who is there is told by the server itself while its WebSocket delivers, and asked every minute while
// it does not. Four things at a time, each a region; they hear the same events in this order.
//
// From the seed (media-server-connection.md) to the table: retrieve SystemInfo = "fetching"; setState(CONNECTED) and Thing ONLINE =
// report_connected, report_online; processStateChange(CONNECTED) = ServerConnected, on which the other regions start WebSocketTask
// ("shut" -> "opening"), ServerSyncTask ("idle" -> "polling_users") and DiscoveryTask ("dormant" -> "discovering"); usersHandler,
// updateSessions, discoverClients = take_users, take_sessions, discover_clients; handleWebSocketFallback = "realtime" + SocketFailed.
//
// Decided here:
// - Whether the WebSocket is available is known only when it has delivered, and servers push nothing until something happens. So
//   polling begins at once and ends with the first push: no gap. A poll in flight is then forgotten: no doubling.
// - While the WebSocket delivers sessions, users are still read every minute: changes of an account are pushed to its own sessions only.
// - Discovery has nothing of its own to ask: clients are found in the sessions, so it works whenever they come, from either source.
// - A request that fails ends all tasks: the server is there or it is not. The way back begins with SystemInfo, after 1, 2, 4 ... 60 s.
// - A key that is refused is tried again every minute: it is mended at the server, where nobody tells us.
#include <algorithm>

#include "fsm/sml/sml.h"
#include "hal/result.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct InfoReceived {};                  // the server told who it is
struct InfoFailed { hal::Error error; };
struct UsersReceived {};
struct SessionsReceived {};
struct AskFailed { hal::Error error; };  // users or sessions did not come
struct ServerConnected {};               // the first region tells the others: begin
struct ServerLost { hal::Error error; }; // the third tells the others: nothing more comes from this server
struct SocketOpened {};
struct SocketFailed { hal::Error error; };   // it could not be opened, was closed, or is silent
struct SessionsPushed {};                // the server told them by itself
struct Delivered {};                     // the second tells the others: the WebSocket works, and that is what it brought
struct UsersChanged {};                  // the server says: ask for them
struct Spoken {};                        // anything came over the WebSocket
struct KeepAliveWanted { sml::Time within{}; };   // the server says how often

struct ServerLinkPort {
  virtual ~ServerLinkPort() = default;
  virtual void fetch_info() = 0;         // answered by InfoReceived or InfoFailed
  virtual void forget_info() = 0;
  virtual void ask_users() = 0;          // answered by UsersReceived or AskFailed
  virtual void ask_sessions() = 0;       // answered by SessionsReceived or AskFailed
  virtual void forget_ask() = 0;         // the answer to either is not wanted any more
  virtual void open_socket() = 0;        // answered by SocketOpened or SocketFailed
  virtual void subscribe() = 0;          // asks for pushes; they come as SessionsPushed
  virtual void send_keep_alive() = 0;
  virtual void forget_socket() = 0;      // nothing more comes over it
  virtual void take_users() = 0;         // what was received is so from now on
  virtual void take_sessions() = 0;
  virtual void take_pushed() = 0;
  virtual void discover_clients() = 0;
  virtual void report_connected() = 0;
  virtual void report_online() = 0;
  virtual void report_unreachable(const InfoFailed&) = 0;
  virtual void report_silent() = 0;      // it did not answer in time
  virtual void report_refused() = 0;     // the key
  virtual void report_lost(const ServerLost&) = 0;
  virtual void report_realtime() = 0;
  virtual void report_fallback(const SocketFailed&) = 0;
};

constexpr auto kServerSyncEvery = 60s;         // contract.md, section 5
constexpr auto kServerAnswerMax = 5s;             // a server in the house answers in milliseconds; what is older than 60 s + this is not shown
constexpr auto kServerSocketMax = 10s;     // TCP, TLS, handshake
constexpr auto kServerRetryMax = 60s;    // 1, 2, 4 ... 60 s: contract.md, section 5
constexpr auto kServerRefusedPause = 60s;
constexpr auto kKeepAliveEvery = 20s;              // Jellyfin takes a client for lost after 60 s; a dead connection is noticed within two beats
constexpr auto kKeepAliveMin = 1s;            // whatever a server wants

struct ServerLink {
  static constexpr auto name = "server_link";
  using Port = ServerLinkPort;
  struct Context {
    int attempt = 0;                     // at the server, of the current row; 0 while all is well
    int dial = 0;                        // at its WebSocket
    bool heard = false;                  // since the last beat
    sml::Time beat = kKeepAliveEvery;
    bool operator==(const Context&) const = default;

    static sml::Time pause(int attempts) { return attempts > 6 ? sml::Time{kServerRetryMax} : sml::Time{1s} * (1 << std::max(attempts - 1, 0)); }
    sml::Time backoff() const { return pause(attempt); }
    sml::Time dial_pause() const { return pause(dial); }
    void begin_again() { attempt = 0; }
    void count_attempt() { attempt = std::min(attempt + 1, 1'000'000); }
    void begin_dials() { dial = 0; }
    void count_dial() { dial = std::min(dial + 1, 1'000'000); }
    bool is_key_refused(const InfoFailed& failed) const { return failed.error.kind == hal::ErrorKind::denied; }
    bool is_key_revoked(const ServerLost& lost) const { return lost.error.kind == hal::ErrorKind::denied; }
    void begin_beats() {
      heard = true;
      beat = kKeepAliveEvery;
    }
    void adopt_beat(const KeepAliveWanted& wanted) { beat = std::clamp<sml::Time>(wanted.within / 2, kKeepAliveMin, kKeepAliveEvery); }
    void note_word() { heard = true; }
    void expect_word() { heard = false; }
    bool is_heard() const { return heard; }

    static void lose(const AskFailed& failed, const sml::Poster<ServerLink>& post) { post(ServerLost{failed.error}); }
    static void lose_silent(const sml::Poster<ServerLink>& post) { post(ServerLost{{hal::ErrorKind::timed_out, "the server did not answer"}}); }
    static void fail_silent(const sml::Poster<ServerLink>& post) { post(SocketFailed{{hal::ErrorKind::timed_out, "the WebSocket is silent"}}); }
  };

  static constexpr auto begin_again = sml::call<&Context::begin_again>;
  static constexpr auto count_attempt = sml::call<&Context::count_attempt>;
  static constexpr auto begin_dials = sml::call<&Context::begin_dials>;
  static constexpr auto count_dial = sml::call<&Context::count_dial>;
  static constexpr auto is_key_refused = sml::call<&Context::is_key_refused>;
  static constexpr auto is_key_revoked = sml::call<&Context::is_key_revoked>;
  static constexpr auto begin_beats = sml::call<&Context::begin_beats>;
  static constexpr auto adopt_beat = sml::call<&Context::adopt_beat>;
  static constexpr auto note_word = sml::call<&Context::note_word>;
  static constexpr auto expect_word = sml::call<&Context::expect_word>;
  static constexpr auto is_heard = sml::call<&Context::is_heard>;
  static constexpr auto lose = sml::call<&Context::lose>;
  static constexpr auto lose_silent = sml::call<&Context::lose_silent>;
  static constexpr auto fail_silent = sml::call<&Context::fail_silent>;
  static constexpr auto fetch_info = sml::call<&ServerLinkPort::fetch_info>;
  static constexpr auto forget_info = sml::call<&ServerLinkPort::forget_info>;
  static constexpr auto ask_users = sml::call<&ServerLinkPort::ask_users>;
  static constexpr auto ask_sessions = sml::call<&ServerLinkPort::ask_sessions>;
  static constexpr auto forget_ask = sml::call<&ServerLinkPort::forget_ask>;
  static constexpr auto open_socket = sml::call<&ServerLinkPort::open_socket>;
  static constexpr auto subscribe = sml::call<&ServerLinkPort::subscribe>;
  static constexpr auto send_keep_alive = sml::call<&ServerLinkPort::send_keep_alive>;
  static constexpr auto forget_socket = sml::call<&ServerLinkPort::forget_socket>;
  static constexpr auto take_users = sml::call<&ServerLinkPort::take_users>;
  static constexpr auto take_sessions = sml::call<&ServerLinkPort::take_sessions>;
  static constexpr auto take_pushed = sml::call<&ServerLinkPort::take_pushed>;
  static constexpr auto discover_clients = sml::call<&ServerLinkPort::discover_clients>;
  static constexpr auto report_connected = sml::call<&ServerLinkPort::report_connected>;
  static constexpr auto report_online = sml::call<&ServerLinkPort::report_online>;
  static constexpr auto report_unreachable = sml::call<&ServerLinkPort::report_unreachable>;
  static constexpr auto report_silent = sml::call<&ServerLinkPort::report_silent>;
  static constexpr auto report_refused = sml::call<&ServerLinkPort::report_refused>;
  static constexpr auto report_lost = sml::call<&ServerLinkPort::report_lost>;
  static constexpr auto report_realtime = sml::call<&ServerLinkPort::report_realtime>;
  static constexpr auto report_fallback = sml::call<&ServerLinkPort::report_fallback>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      // the server
      *"fetching"_s         + on_entry<_>                       / fetch_info,
       "fetching"_s         + event<InfoReceived>               / (begin_again, report_connected, report_online, process(ServerConnected{})) = "connected"_s,
       "fetching"_s         + event<InfoFailed> [ is_key_refused ] / report_refused                = "refused"_s,
       "fetching"_s         + event<InfoFailed>                 / (count_attempt, report_unreachable) = "backing_off"_s,
       "fetching"_s         + after(kServerAnswerMax)                    / (forget_info, count_attempt, report_silent) = "backing_off"_s,
       "backing_off"_s      + after(&Context::backoff)                                             = "fetching"_s,
       "refused"_s          + after(kServerRefusedPause)                                                 = "fetching"_s,
       "connected"_s        + event<ServerLost> [ is_key_revoked ] / report_refused                = "refused"_s,
       "connected"_s        + event<ServerLost>                 / (count_attempt, report_lost)     = "backing_off"_s,
      // its WebSocket
      *"shut"_s             + event<ServerConnected>            / (begin_dials, open_socket)       = "opening"_s,
       "opening"_s          + event<SocketOpened>               / (begin_beats, subscribe)         = "open"_s,
       "opening"_s          + event<SocketFailed>               / count_dial                       = "resting"_s,
       "opening"_s          + after(kServerSocketMax)             / (forget_socket, count_dial)      = "resting"_s,
       "opening"_s          + event<ServerLost>                 / forget_socket                    = "shut"_s,
       "open"_s             + event<SessionsPushed>             / (begin_dials, process(Delivered{})),
       "open"_s             + event<Spoken>                     / note_word,
       "open"_s             + event<KeepAliveWanted>            / (adopt_beat, send_keep_alive)    = "open"_s,       // its beat starts anew
       "open"_s             + after(&Context::beat) [ is_heard ] / (expect_word, send_keep_alive)  = "open"_s,
       "open"_s             + after(&Context::beat)             / fail_silent,                                       // heard by all as SocketFailed
       "open"_s             + event<SocketFailed>               / (forget_socket, count_dial)      = "resting"_s,
       "open"_s             + event<ServerLost>                 / forget_socket                    = "shut"_s,
       "resting"_s          + after(&Context::dial_pause)       / open_socket                      = "opening"_s,
       "resting"_s          + event<ServerLost>                                                    = "shut"_s,
      // who is there
      *"idle"_s             + event<ServerConnected>            / ask_users                        = "polling_users"_s,
       "polling_users"_s    + event<UsersReceived>              / (take_users, ask_sessions)       = "polling_sessions"_s,
       "polling_users"_s    + event<Delivered>                  / (take_pushed, report_realtime)   = "reading_users"_s,
       "polling_users"_s    + event<AskFailed>                  / lose                             = "idle"_s,
       "polling_users"_s    + after(kServerAnswerMax)                    / (forget_ask, lose_silent)         = "idle"_s,
       "polling_sessions"_s + event<SessionsReceived>           / take_sessions                    = "polled"_s,
       "polling_sessions"_s + event<Delivered>                  / (forget_ask, take_pushed, report_realtime) = "realtime"_s,
       "polling_sessions"_s + event<AskFailed>                  / lose                             = "idle"_s,
       "polling_sessions"_s + after(kServerAnswerMax)                    / (forget_ask, lose_silent)         = "idle"_s,
       "polled"_s           + after(kServerSyncEvery)                 / ask_users                        = "polling_users"_s,
       "polled"_s           + event<UsersChanged>               / ask_users                        = "polling_users"_s,
       "polled"_s           + event<Delivered>                  / (take_pushed, report_realtime, ask_users) = "reading_users"_s,
       "realtime"_s         + event<Delivered>                  / take_pushed,                                       // its minute runs on
       "realtime"_s         + after(kServerSyncEvery)                 / ask_users                        = "reading_users"_s,
       "realtime"_s         + event<UsersChanged>               / ask_users                        = "reading_users"_s,
       "realtime"_s         + event<SocketFailed>               / (report_fallback, ask_users)     = "polling_users"_s,
       "reading_users"_s    + event<UsersReceived>              / take_users                       = "realtime"_s,
       "reading_users"_s    + event<Delivered>                  / take_pushed,
       "reading_users"_s    + event<SocketFailed>               / report_fallback                  = "polling_users"_s,
       "reading_users"_s    + event<AskFailed>                  / lose                             = "idle"_s,
       "reading_users"_s    + after(kServerAnswerMax)                    / (forget_ask, lose_silent)         = "idle"_s,
      // their clients
      *"dormant"_s          + event<ServerConnected>                                               = "discovering"_s,
       "discovering"_s      + event<SessionsReceived>           / discover_clients,
       "discovering"_s      + event<Delivered>                  / discover_clients,
       "discovering"_s      + event<ServerLost>                                                    = "dormant"_s
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
