#pragma once
// What all routes of the API have in common: how a body is read, and what an error is called.
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

#include "app/messages/client_message.h"
#include "app/messages/json_text.h"
#include "app/web.h"

namespace nightjar::app {

/// What REST says of an error: 404, 409, 503, 507, 502 or 500, with a code.
hal::HttpResponse error_response(const hal::Error& error);
hal::HttpResponse error_response(const BadRequest& bad);   // 400

/// Answers `reply` once the operation is done: 200 with what `body` gives then, or the error. To be given to what takes an Answer.
std::function<void(const hal::Result<void>&)> answering(hal::HttpReply reply, std::function<Json()> body);

/// The status code of what the radio or a clock did not do.
constexpr int http_status(hal::ErrorKind kind) {
  using enum hal::ErrorKind;
  switch (kind) {
    case invalid: return 400;
    case denied: return 403;
    case not_found: return 404;
    case busy: return 409;
    case not_supported: return 501;
    case missing: case unreachable: return 503;
    case timed_out: return 504;
    default: return 502;
  }
}

/// For answers that come later.
using SharedReply = std::shared_ptr<hal::HttpReply>;
inline SharedReply shared(hal::HttpReply reply) { return std::make_shared<hal::HttpReply>(std::move(reply)); }

inline void answer_json(hal::HttpReply& reply, const Json& json) { reply.answer(json_response(200, json.text())); }
inline void refuse_with(hal::HttpReply& reply, std::string_view code, const hal::Error& error) { reply.answer(error_response(http_status(error.kind), code, error.text())); }

/// The message itself, whichever family of messages it is in.
template <class Message>
const Message& only(const ClientMessage& message) {
  if constexpr (std::is_constructible_v<TimeMessage, Message>) return std::get<Message>(std::get<TimeMessage>(message));
  else if constexpr (std::is_constructible_v<NetworkMessage, Message>) return std::get<Message>(std::get<NetworkMessage>(message));
  else return std::get<Message>(message);
}

/// The body, and a value of the path under `key`, as the message of that type on /ws would have it. A route stands for one type.
template <class Message, class Do>
void with_message(std::string_view type, const WebCall& call, hal::HttpReply reply, Do act, const char* key = nullptr) {
  const auto parsed = parse_client_data(type, call.request.body, key == nullptr ? PathValue{} : PathValue{key, call.values.front()});
  if (const auto* bad = std::get_if<BadRequest>(&parsed)) return reply.answer(error_response(*bad));
  act(only<Message>(std::get<ClientMessage>(parsed)), std::move(reply));
}

}  // namespace nightjar::app
