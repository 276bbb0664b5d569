#include "app/uplink.h"

#include <fmt/format.h>

#include <algorithm>

namespace nightjar::app {
namespace {

using sml::literals::operator""_s;
using std::chrono::milliseconds;
using Trouble = fsm::Connection::Trouble;

constexpr auto kUplinkLog = "uplink";

struct Verdict {
  const char* code;
  const char* message;
  const char* advice;
};

/// What the seed's table of errors says, for a device that has no login page.
Verdict verdict(Trouble trouble) {
  switch (trouble) {
    case Trouble::denied: return {"AUTH_FAILED", "Authentication failed", "Set a new uplink.token: this one is invalid or has expired"};
    case Trouble::refused: return {"CONNECTION_REFUSED", "The server takes no connection", "Wait and retry, or ask whoever runs the server"};
    case Trouble::network:
    case Trouble::none: break;
  }
  return {"MAX_RETRIES", "Max reconnection attempts exceeded", "Check the network connection, then retry"};
}

/// RFC 3986, section 2.3: a token of any bytes in a query.
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

/// One open connection. Once it was let go it is heard only for its end.
class Uplink::Line final : private hal::WebSocket::Handler {
 public:
  Line(Uplink& owner, std::unique_ptr<hal::WebSocket> socket) : owner_(owner), socket_(std::move(socket)) {}
  void start() { socket_->start(*this); }
  hal::WebSocket& socket() { return *socket_; }

  std::size_t rubbish = 0;   // messages that were none

 private:
  bool is_ours() const { return owner_.line_.get() == this; }
  void on_message(hal::MessageKind kind, std::string_view payload) override {
    if (is_ours()) owner_.heard(kind == hal::MessageKind::text ? payload : std::string_view{});
  }
  void on_pong(std::string_view) override {
    if (is_ours()) owner_.machine_.dispatch(fsm::Connection::Alive{});
  }
  void on_closed(std::uint16_t code, std::string_view) override { owner_.closed(*this, code); }

  Uplink& owner_;
  std::unique_ptr<hal::WebSocket> socket_;
};

Uplink::Uplink(const Lent& lent, UplinkRoute route)
    : runtime_(lent.runtime), network_(lent.network), random_(lent.random), settings_(lent.settings), route_(std::move(route)), machine_(lent.runtime, *this) {
  route_.target.message_max = kMessageMax;
  const auto separator = route_.target.target.find('?') == std::string::npos ? "?token=" : "&token=";
  if (!settings_.uplink.token.empty()) route_.target.target += separator + percent_encoded(settings_.uplink.token);
  machine_.on_step = [this](const sml::Step& step) { note_step(step); };
  if (fitted()) machine_.start();
}

Uplink::~Uplink() = default;

// ---- one attempt --------------------------------------------------------------------------------------------------------

void Uplink::open() {
  const auto& origin = route_.target.origin;
  if (!origin.endpoint.address.is_any()) return dial(origin.endpoint.address);
  resolving_ = network_.resolve(origin.host, [this](const hal::Result<std::vector<hal::IpAddress>>& found) {
    if (!found.ok()) return failed(resolving_, found.error());
    const auto& addresses = found.value();   // each attempt tries the next one
    dial(addresses[static_cast<std::size_t>(machine_.context().attempts) % addresses.size()]);
  });
}

void Uplink::dial(const hal::IpAddress& address) {
  auto target = route_.target;
  target.origin.endpoint.address = address;
  dialling_ = route_.sockets->connect(target, fsm::Connection::kHandshakeMax, [this](auto result) { opened(std::move(result)); });
}

void Uplink::opened(hal::Result<std::unique_ptr<hal::WebSocket>> result) {
  if (!result.ok()) return failed(dialling_, result.error());
  line_ = std::make_unique<Line>(*this, std::move(result).value());
  machine_.answer(dialling_, fsm::Connection::Opened{});   // before anything that it says
  line_->start();
}

void Uplink::failed(const hal::Operation& asked, const hal::Error& error) {
  last_error_ = error.text();
  if (error.kind == hal::ErrorKind::denied) machine_.answer(asked, fsm::Connection::Denied{});
  else machine_.answer(asked, fsm::Connection::OpenFailed{error});
}

/// What its answer brought already goes with it.
void Uplink::forget_open() {
  resolving_.drop();
  dialling_.drop();
  line_.reset();
  last_error_ = "timed out: no handshake in 10 s";
}

// ---- while it is open ---------------------------------------------------------------------------------------------------

void Uplink::heard(std::string_view text) {
  const auto message = parse_upstream_message(text);
  if (!message) {
    if (line_->rubbish++ == 0) runtime_.log.write(hal::LogLevel::warning, kUplinkLog, "the server sent what is no message; told once for a connection");
    return machine_.dispatch(fsm::Connection::Alive{});
  }
  if (const auto* command = std::get_if<UpstreamCommand>(&*message)) {
    machine_.dispatch(fsm::Connection::Alive{});
    return obey(*command);
  }
  last_metrics_ = text;
  received_at_ = runtime_.loop.now();
  machine_.dispatch(fsm::Connection::Received{});
}

void Uplink::obey(UpstreamCommand command) {
  const auto answer = [this, alive = std::weak_ptr{alive_}, command](const std::string& error) {
    if (!alive.expired() && line_ && line_->socket().unsent() <= kUnsentMax) line_->socket().send_text(command_result(command, error));
  };
  const auto& allowed = settings_.uplink.commands;
  if (std::find(allowed.begin(), allowed.end(), command.name) == allowed.end()) return answer("This command is not allowed here");
  if (const auto* bad = std::get_if<BadRequest>(&command.request)) return answer(bad->message);
  runtime_.log.write(hal::LogLevel::info, kUplinkLog, "a command of the server", {{"command", command.name}});
  if (on_command) on_command(std::get<ClientMessage>(command.request), answer);
}

void Uplink::closed(const Line& line, std::uint16_t code) {
  if (&line == leaving_.get()) return runtime_.queue.post([this, alive = std::weak_ptr{alive_}, gone = &line] {   // it is on the stack now
    if (!alive.expired() && leaving_.get() == gone) leaving_.reset();
  });
  if (&line != line_.get()) return;
  if (code == hal::close_code::policy) {
    last_error_ = "denied: the server closed with 1008";
    return machine_.dispatch(fsm::Connection::Denied{});
  }
  last_error_ = code == hal::close_code::abnormal ? "connection reset" : fmt::format("closed: by the server with {}", code);
  machine_.dispatch(fsm::Connection::Closed{});
}

void Uplink::drop() {
  if (last_error_.empty()) last_error_ = "timed out: no word from the server in 30 s";
  line_.reset();
}

void Uplink::hang_up() {
  resolving_.drop();
  dialling_.drop();
  last_error_.clear();
  last_metrics_.clear();   // the seed: "clear state"
  received_at_.reset();
  if (!line_) return;
  leaving_ = std::move(line_);
  leaving_->socket().close(hal::close_code::normal, "");
}

sml::Time Uplink::jitter(sml::Time delay) {
  if (settings_.uplink.jitter == 0) return {};
  const auto most = delay.count() / 100 * settings_.uplink.jitter;
  return sml::Time{most == 0 ? 0 : static_cast<sml::Time::rep>(random_.next() % static_cast<std::uint64_t>(most + 1))};
}

// ---- what the server is told --------------------------------------------------------------------------------------------

void Uplink::tell_state() {
  if (machine_.is("connecting"_s)) {   // it has just been opened
    last_error_.clear();
    told_at_.reset();
  }
  const auto now = runtime_.loop.now();
  if (!told_at_ || now - *told_at_ >= kTellEvery || (changed_ && now - *told_at_ >= kTellMin)) send_state();
}

void Uplink::ping() {
  if (line_) line_->socket().ping({});
}

void Uplink::tell_changed() {
  changed_ = true;
  const bool is_open = machine_.is("connected"_s) || machine_.is("receiving_data"_s);
  if (is_open && told_at_ && runtime_.loop.now() - *told_at_ >= kTellMin) send_state();
}

void Uplink::send_state() {
  if (!line_ || !state_text || line_->socket().unsent() > kUnsentMax) return;
  told_at_ = runtime_.loop.now();
  changed_ = false;
  line_->socket().send(hal::MessageKind::text, state_text());
}

// ---- what is seen of it -------------------------------------------------------------------------------------------------

void Uplink::note_step(const sml::Step& step) {
  if (step.from == step.to || step.to == sml::kNoState || step.from == sml::kNoState) return;
  const auto from = step.from_name();
  const auto to = step.to_name();
  metrics_.changed(from, to, machine_.context().trouble, runtime_.loop.now());
  const auto text = fmt::format("{} -> {}", from, to);
  if (to == "error") runtime_.log.write(hal::LogLevel::warning, kUplinkLog, text, {{"error", last_error_}});
  else if (to == "disconnected" && !last_error_.empty()) runtime_.log.write(hal::LogLevel::info, kUplinkLog, text, {{"error", last_error_}});
  else runtime_.log.write(hal::LogLevel::info, kUplinkLog, text);
  if (on_state) on_state(from, to);
}

UplinkView Uplink::view() const {
  const auto& context = machine_.context();
  const auto now = runtime_.loop.now();
  UplinkView out;
  out.state = machine_.state_name();
  const bool waiting = out.state == "reconnecting";
  out.attempt = context.attempts + (waiting ? 1 : 0);
  if (const auto due = machine_.next_deadline(); waiting && due) out.retry_in = std::max(milliseconds{0}, std::chrono::duration_cast<milliseconds>(*due - now));
  out.last_error = last_error_;
  if (out.state == "error") {
    const auto found = verdict(context.trouble);
    out.error_code = found.code;
    out.error = found.message;
    out.advice = found.advice;
  }
  if (received_at_) out.data_age = std::chrono::duration_cast<milliseconds>(now - *received_at_);
  out.success_rate = metrics_.success_rate();
  return out;
}

}  // namespace nightjar::app
