#include "drivers/canon/shutter.h"

#include <utility>

#include "drivers/canon/ccapi_camera.h"
#include "drivers/canon/ccapi_messages.h"

namespace nightjar::canon {
namespace {

hal::HttpRequest command(const std::string& path, std::string body) {
  return {.method = "POST", .target = path, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body), .remote = {}};
}

hal::HttpRequest release_command(const std::string& path) { return command(path, R"({"action":"release","af":false})"); }

std::optional<hal::Error> error_in(const hal::Result<hal::HttpResponse>& answer) {
  if (!answer.ok()) return answer.error();
  const auto& response = answer.value();
  if (response.status >= 200 && response.status < 300) return std::nullopt;
  return error_of(response.status, response.body);
}

/// True when the request cannot have come to the camera.
bool never_left(const hal::Error& error) {
  using enum hal::ErrorKind;
  return error.kind == refused || error.kind == unreachable || error.kind == tls;
}

}   // namespace

void ReleaseKeeper::release(std::shared_ptr<hal::HttpClient> client, const std::string& path) {
  if (releases_.size() == kMax) releases_.pop_front();
  const auto id = ++last_id_;
  auto& kept = releases_.emplace_back(Release{id, std::move(client), {}});
  kept.request = kept.client->request(release_command(path), kReleasePatience, [this, id](const auto&) {
    loop_.post([weak = weak_from_this(), id] {   // later: the client is not destroyed within its own callback
      if (auto self = weak.lock()) self->forget(id);
    });
  });
}

void ReleaseKeeper::forget(std::uint64_t id) {
  releases_.remove_if([id](const Release& release) { return release.id == id; });
}

Shutter::Shutter(Lanes& lanes, hal::Loop& loop, std::shared_ptr<ReleaseKeeper> keeper)
    : lanes_(lanes), loop_(loop), keeper_(std::move(keeper)) {}

Shutter::~Shutter() {
  if (!exposure_ || !exposure_->button.manual) return;
  exposure_->request.drop();
  keeper_->release(lanes_.client(exposure_->lane), exposure_->button.path);
}

hal::Operation Shutter::shoot(const Button& button, hal::Duration patience, Done done) {
  const hal::Completion<hal::Result<hal::Shot>> completion{std::move(done)};
  if (exposure_) {
    loop_.post([completion] { completion(hal::Error{hal::ErrorKind::busy, "a shot is under way"}); });
    return completion.operation();
  }
  completion.on_dropped([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->dropped();
  });
  const auto lane = lanes_.take_for_shot();
  exposure_.emplace(Exposure{button, completion, lane, loop_.now(), std::nullopt, {}});
  exposure_->request =
      lanes_.client(lane)->request(command(button.path, button.manual ? R"({"action":"full_press","af":false})" : R"({"af":false})"),
                                   patience, [this](const auto& answer) { pressed(answer); });
  return completion.operation();
}

void Shutter::pressed(const hal::Result<hal::HttpResponse>& answer) {
  exposure_->error = error_in(answer);
  const bool button_is_up = !exposure_->button.manual || (exposure_->error && never_left(*exposure_->error));
  if (button_is_up)
    finish();
  else
    release();
}

void Shutter::let_go(const Button& button) {
  if (button.manual && !exposure_) keeper_->release(lanes_.client(0), button.path);
}

void Shutter::release() {
  exposure_->request =
      lanes_.client(exposure_->lane)->request(release_command(exposure_->button.path), kReleasePatience, [this](const auto& answer) {
        released(answer);
      });
}

void Shutter::released(const hal::Result<hal::HttpResponse>& answer) {
  if (!exposure_->error) exposure_->error = error_in(answer);
  finish();
}

/// Nobody waits any more. The request in flight is cut off; a release goes on, silently.
void Shutter::dropped() {
  if (!exposure_) return;
  if (exposure_->button.manual)
    release();   // in place of whatever was in flight, a release included: a second one does no harm
  else
    finish();
}

void Shutter::finish() {
  const auto exposure = std::exchange(exposure_, std::nullopt);
  lanes_.give_back(exposure->lane);
  if (exposure->error)
    exposure->completion(*exposure->error);
  else
    exposure->completion(hal::Shot{exposure->sent, loop_.now()});
}

}   // namespace nightjar::canon
