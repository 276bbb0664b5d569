#include "sim/phone.h"

namespace nightjar::sim {

std::string_view text_member(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  if (at == std::string_view::npos) return {};
  const auto from = at + key.size();
  return text.substr(from, text.find('"', from) - from);
}

MessageName message_name(std::string_view text) {
  constexpr std::size_t kHead = 160;   // type, timestamp and eventType are the first three
  const auto head = text.substr(0, kHead);
  MessageName out{text_member(head, R"("type":")"), {}};
  if (out.type == "event" || out.type.ends_with("_event")) out.event = text_member(head, R"("eventType":")");
  return out;
}

Phone::Phone(Host& host) : host_(host), dialer_(host.network(), host.loop(), host.random()) {}

void Phone::call(const hal::Endpoint& device, std::string target, hal::Headers headers, bool returns) {
  target_.origin.endpoint = device;
  target_.target = std::move(target);
  target_.headers = std::move(headers);
  returns_ = returns;
  dial();
}

void Phone::dial() {
  redial_.drop();
  socket_.reset();
  welcomed_ = false;
  dialing_ = dialer_.connect(target_, kDialMax, [this](hal::Result<std::unique_ptr<hal::WebSocket>> socket) {
    if (!socket.ok()) {
      refusal_ = socket.error();
      return dial_later(kReturn);
    }
    socket_ = std::move(socket).value();
    last_heard_ = host_.loop().now();
    watch();
    socket_->start(*this);
  });
}

void Phone::dial_later(hal::Duration delay) {
  watching_.drop();
  if (!returns_) return;
  redial_ = host_.loop().at(host_.loop().now() + delay, [this] { dial(); });
}

void Phone::watch() {
  if (!returns_) return;
  watching_ = host_.loop().at(last_heard_ + kSilenceMax, [this] {
    if (host_.loop().now() - last_heard_ < kSilenceMax) return watch();
    dial();
  });
}

void Phone::go_away(hal::Duration how_long) {
  dialing_.drop();
  socket_.reset();
  welcomed_ = false;
  dial_later(how_long);
}

bool Phone::send(std::string text) {
  if (!socket_) return false;
  socket_->send_text(std::move(text));
  return true;
}

bool Phone::send(std::string_view type, std::string_view data) {
  std::string text;
  text.append(R"({"type":")").append(type).append(R"(","data":)").append(data).append("}");
  return send(std::move(text));
}

std::size_t Phone::count(std::string_view type, std::string_view event) const {
  std::string key{type};
  if (!event.empty()) key.append("/").append(event);
  const auto found = counts_.find(key);
  return found == counts_.end() ? 0 : found->second;
}

void Phone::answer_time_sync(std::string_view request) {
  std::string data = R"({"clientTime":)" + std::to_string(host_.wall_clock().now().time_since_epoch().count());
  data.append(R"(,"requestId":")").append(text_member(request, R"("requestId":")")).append(R"("})");
  send("time-sync-response", data);
}

void Phone::on_message(hal::MessageKind, std::string_view payload) {
  welcomed_ = true;
  ++messages_;
  last_heard_ = host_.loop().now();
  const auto name = message_name(payload);
  const auto add = [this](std::string_view key) {
    const auto found = counts_.find(key);
    if (found != counts_.end()) ++found->second;
    else counts_.emplace(key, 1);
  };
  add(name.type);
  if (!name.event.empty()) add(std::string{name.type}.append("/").append(name.event));
  if (tells_time_ && name.type == "time-sync-request") answer_time_sync(payload);
  if (on_text) on_text(name, payload);
}

void Phone::on_closed(std::uint16_t code, std::string_view) {
  closed_code_ = code;
  welcomed_ = false;
  dial_later(kReturn);
}

}   // namespace nightjar::sim
