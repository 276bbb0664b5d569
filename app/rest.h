#pragma once
// What parts of the device need that answer by REST what they answer on /ws: the same parsers, the same errors, with status codes.
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "app/messages/fields.h"
#include "app/web.h"

namespace nightjar::app {

/// The status code of something that was not done.
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

/// The request's body, a JSON object or nothing at all, as the data of a message of that type, through its parser. When it makes no
/// sense the reply has been answered 400.
template <class Message, class Parse>
std::optional<Message> body_as(const char* type, Parse parse, const hal::HttpRequest& request, hal::HttpReply& reply) {
  const auto data = request.body.empty() ? nlohmann::json::object() : parse_json(request.body);
  if (!data.is_object()) {
    reply.answer(error_response(400, "INVALID_MESSAGE", "The body is not a JSON object"));
    return std::nullopt;
  }
  auto parsed = *parse(type, data);
  if (const auto* bad = std::get_if<BadRequest>(&parsed)) {
    reply.answer(error_response(400, bad->code, bad->message));
    return std::nullopt;
  }
  return std::get<Message>(std::get<0>(std::move(parsed)));
}

}  // namespace nightjar::app
