#include "app/client.h"

namespace nightjar::app {

Client::Client(std::string id, std::unique_ptr<hal::WebSocket> socket, Owner& owner, Runtime& runtime)
    : id_(std::move(id)), peer_(std::move(socket), kUnsentMax), owner_(owner), runtime_(runtime), machine_(runtime, *this) {}

void Client::start() {
  machine_.start();
  peer_.start(*this);
}

void Client::send(hal::Buffer text) {
  if (!peer_.send(hal::MessageKind::text, std::move(text))) machine_.dispatch(fsm::Overflowed{});
}

void Client::on_message(hal::MessageKind kind, std::string_view payload) {
  if (!peer_.is_open()) return;
  if (kind != hal::MessageKind::text) return refuse({true, "INVALID_MESSAGE", "Invalid message format", "not a text message", {}});
  const auto parsed = parse_client_message(payload);
  if (const auto* bad = std::get_if<BadRequest>(&parsed)) return refuse(*bad);
  owner_.on_client_message(shared_from_this(), std::get<ClientMessage>(parsed));
}

void Client::refuse(const BadRequest& bad) {
  send(owner_.error_text(bad));
  if (!bad.malformed) return;
  runtime_.log.write(hal::LogLevel::warning, "client_session", "bad message", {{"client", id_}, {"code", bad.code}, {"details", bad.details}});
  machine_.dispatch(fsm::BadMessage{runtime_.now()});
}

void Client::on_closed(std::uint16_t code, std::string_view) {
  runtime_.log.write(hal::LogLevel::debug, "client_session", "closed", {{"client", id_}, {"code", std::to_string(code)}});
  peer_.closed();
  machine_.dispatch(fsm::Gone{});
}

void Client::send_welcome() { send(owner_.welcome_text(id_)); }
void Client::send_status() { send(owner_.status_text()); }

void Client::close_for_rubbish() { peer_.close(hal::close_code::policy, "Too many invalid messages"); }
void Client::close_for_slowness() { peer_.close(hal::close_code::try_later, "Too slow"); }
void Client::close_going_away() { peer_.close(hal::close_code::going_away, "The device stops"); }

void Client::forget() { owner_.on_client_gone(*this); }

}  // namespace nightjar::app
