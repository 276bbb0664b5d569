#include "app/rest.h"

namespace nightjar::app {
namespace {

struct Meaning {
  int status;
  const char* code;
};

Meaning meaning(hal::ErrorKind kind) {
  using enum hal::ErrorKind;
  switch (kind) {
    case not_found: return {404, "NOT_FOUND"};
    case invalid: return {409, "NOT_POSSIBLE"};
    case busy: case in_use: return {409, "BUSY"};
    case unreachable: case missing: return {503, "CAMERA_OFFLINE"};
    case not_supported: return {501, "NOT_SUPPORTED"};
    case no_space: case too_large: return {507, "STORAGE"};
    case timed_out: return {504, "CAMERA_TIMED_OUT"};
    case refused: case closed: case reset: case denied: case tls: case protocol: return {502, "CAMERA_ERROR"};
    case io: return {500, "STORAGE"};
  }
  return {500, "INTERNAL"};
}

}  // namespace

hal::HttpResponse error_response(const hal::Error& error) {
  const auto [status, code] = meaning(error.kind);
  return error_response(status, code, error.detail.empty() ? error.text() : error.detail);
}

hal::HttpResponse error_response(const BadRequest& bad) {
  return error_response(400, bad.code, bad.details.empty() ? bad.message : bad.message + ": " + bad.details);
}

std::function<void(const hal::Result<void>&)> answering(hal::HttpReply reply, std::function<Json()> body) {
  return [shared = std::make_shared<hal::HttpReply>(std::move(reply)), body = std::move(body)](const hal::Result<void>& done) {
    shared->answer(done.ok() ? json_response(200, body().text()) : error_response(done.error()));
  };
}

}  // namespace nightjar::app
