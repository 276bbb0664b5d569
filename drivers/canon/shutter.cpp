#include "drivers/canon/shutter.h"

#include <algorithm>
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
  if (response.status < 200 || response.status >= 300) return error_of(response.status, response.body);
  if (!response.body.empty() && !is_json(response.body)) return hal::Error{hal::ErrorKind::protocol, "the camera's answer is not JSON"};
  return std::nullopt;
}

/// True when the request cannot have come to the camera.
bool never_left(const hal::Error& error) {
  using enum hal::ErrorKind;
  return error.kind == refused || error.kind == unreachable || error.kind == tls;
}

}   // namespace

ReleaseKeeper::Id ReleaseKeeper::release(std::shared_ptr<hal::HttpClient> client, const std::string& path) {
  if (releases_.size() == kMax) releases_.pop_front();
  attempt(releases_.emplace_back(Release{++last_id_, std::move(client), path, kTries, {}, {}, false}));
  return last_id_;
}

void ReleaseKeeper::leave(Id id) {
  auto* release = find(id);
  if (!release) return;
  release->tries_left = 0;
  if (release->pausing) releases_.remove_if([id](const Release& each) { return each.id == id; });
}

void ReleaseKeeper::attempt(Release& release) {
  release.pausing = false;
  --release.tries_left;
  release.request = release.client->request(release_command(release.path), kReleasePatience, [this, id = release.id](const auto& answer) {
    loop_.post([weak = weak_from_this(), id, answer] {   // later: the client is not destroyed within its own callback
      if (auto self = weak.lock()) self->answered(id, answer);
    });
  });
}

void ReleaseKeeper::answered(Id id, const hal::Result<hal::HttpResponse>& answer) {
  auto* release = find(id);
  if (!release) return;
  if (!error_in(answer) || release->tries_left <= 0) {
    releases_.remove_if([id](const Release& each) { return each.id == id; });
    return;
  }
  release->pausing = true;
  release->pause = loop_.at(loop_.now() + kTryAgain, [this, release] { attempt(*release); });
}

ReleaseKeeper::Release* ReleaseKeeper::find(Id id) {
  const auto found = std::find_if(releases_.begin(), releases_.end(), [id](const Release& each) { return each.id == id; });
  return found == releases_.end() ? nullptr : &*found;
}

Shutter::Shutter(Lanes& lanes, hal::Loop& loop, std::shared_ptr<ReleaseKeeper> keeper)
    : lanes_(lanes), loop_(loop), keeper_(std::move(keeper)) {}

Shutter::~Shutter() {
  if (!exposure_ || !exposure_->button.manual) return;
  exposure_->request.drop();
  release_until_done(exposure_->lane, exposure_->button.path);
}

void Shutter::release_until_done(std::size_t lane, const std::string& path) { kept_ = keeper_->release(lanes_.client(lane), path); }

hal::Operation Shutter::shoot(const Button& button, hal::Duration hold, hal::Duration patience, Done done) {
  const hal::Completion<hal::Result<hal::Shot>> completion{std::move(done)};
  if (exposure_) {
    loop_.post([completion] { completion(hal::Error{hal::ErrorKind::busy, "a shot is under way"}); });
    return completion.operation();
  }
  completion.on_dropped([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->dropped();
  });
  keeper_->leave(kept_);
  const auto lane = lanes_.take_for_shot();
  exposure_.emplace(Exposure{button, completion, lane, loop_.now(), std::nullopt, hold, false, {}});
  exposure_->request =
      lanes_.client(lane)->request(command(button.path, button.manual ? R"({"action":"full_press","af":false})" : R"({"af":false})"),
                                   patience, [this](const auto& answer) { pressed(answer); });
  return completion.operation();
}

void Shutter::pressed(const hal::Result<hal::HttpResponse>& answer) {
  exposure_->error = error_in(answer);
  const bool button_is_up = !exposure_->button.manual || (exposure_->error && never_left(*exposure_->error));
  if (button_is_up) return finish();
  if (exposure_->error || exposure_->hold == hal::Duration{0}) return release();
  // Errands keep both connections open meanwhile, however long it is.
  lanes_.give_back(exposure_->lane);
  exposure_->holding = true;
  exposure_->request = loop_.at(loop_.now() + exposure_->hold, [this] { release(); });
}

void Shutter::let_go(const Button& button) {
  if (button.manual && !exposure_) release_until_done(0, button.path);
}

void Shutter::release() {
  if (std::exchange(exposure_->holding, false)) exposure_->lane = lanes_.take_for_shot();
  exposure_->request =
      lanes_.client(exposure_->lane)->request(release_command(exposure_->button.path), kReleasePatience, [this](const auto& answer) {
        released(answer);
      });
}

void Shutter::released(const hal::Result<hal::HttpResponse>& answer) {
  if (const auto error = error_in(answer)) {
    if (!exposure_->error) exposure_->error = error;
    release_until_done(exposure_->lane, exposure_->button.path);
  }
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
