#pragma once
// What all routes of the API have in common: how a body is read, and what an error is called.
#include <functional>
#include <memory>
#include <utility>

#include "app/messages/client_message.h"
#include "app/messages/json_text.h"
#include "app/web.h"

namespace nightjar::app {

/// What REST says of an error: 404, 409, 503, 507, 502 or 500, with a code.
hal::HttpResponse error_response(const hal::Error& error);
hal::HttpResponse error_response(const BadRequest& bad);   // 400

/// Answers `reply` once the operation is done: 200 with what `body` gives then, or the error. To be given to what takes an Answer.
std::function<void(const hal::Result<void>&)> answering(hal::HttpReply reply, std::function<Json()> body);

/// The body, and a value of the path under `key`, as the message of that type on /ws would have it. A route stands for one type.
template <class Message, class Do>
void with_message(std::string_view type, const WebCall& call, hal::HttpReply reply, Do act, const char* key = nullptr) {
  const auto parsed = parse_client_data(type, call.request.body, key == nullptr ? PathValue{} : PathValue{key, call.values.front()});
  if (const auto* bad = std::get_if<BadRequest>(&parsed)) return reply.answer(error_response(*bad));
  act(std::get<Message>(std::get<ClientMessage>(parsed)), std::move(reply));
}

}  // namespace nightjar::app
