#include "app/camera_follower.h"

#include <utility>

namespace nightjar::app {

CameraFollower::CameraFollower(std::string uuid, Owner& owner, hal::Discovery* discovery, hal::Cameras& cameras, Runtime& runtime)
    : uuid_(std::move(uuid)), owner_(owner), discovery_(discovery), cameras_(cameras), runtime_(runtime), address_(runtime, *this) {
  address_.start();
}

void CameraFollower::verify(const fsm::Seen& seen) {
  if (seen.location.empty() || discovery_ == nullptr) return open(seen.address, owner_.origin_at(*this, seen.address));
  const auto attempt = tries_[seen.address] = std::make_shared<Try>();
  attempt->asking = discovery_->describe(seen.address, seen.location, fsm::kVerifyMax, [this, address = seen.address](const auto& description) { described(address, description); });
}

void CameraFollower::verify_here() { open(place().address, owner_.origin_at(*this, place().address)); }

void CameraFollower::described(const hal::IpAddress& address, const hal::Result<hal::CameraDescription>& description) {
  if (!description.ok()) return fail(address, description.error());
  if (const auto accepted = owner_.accept(*this, description.value()); !accepted.ok()) return fail(address, accepted.error());
  auto origin = owner_.origin_at(*this, address);
  origin.tls = description.value().origin.tls;
  origin.endpoint = description.value().origin.endpoint;
  open(address, origin);
}

void CameraFollower::open(const hal::IpAddress& address, const hal::HttpOrigin& origin) {
  const auto attempt = tries_[address] = std::make_shared<Try>();
  attempt->camera = cameras_.camera(origin);
  attempt->asking = attempt->camera->open([this, address, origin](const hal::Result<hal::CameraInfo>& info) {
    if (!info.ok()) return fail(address, info.error());
    if (const auto is_it = owner_.recognise(*this, origin, info.value()); !is_it.ok()) return fail(address, is_it.error());
    tell(fsm::Recognised{origin, info.value()});
  });
}

void CameraFollower::fail(const hal::IpAddress& address, hal::Error error) {
  runtime_.log.write(hal::LogLevel::debug, "camera_address", "not there", {{"uuid", uuid_}, {"address", address.text()}, {"error", error.text()}});
  last_error_ = error;
  // Later, for this is the answer of what is let go; and before the event, after which the address may be tried again.
  runtime_.queue.post([this, address, attempt = tries_[address], alive = std::weak_ptr{alive_}] {
    if (alive.expired()) return;
    if (const auto at = tries_.find(address); at != tries_.end() && at->second == attempt) tries_.erase(at);
  });
  tell(fsm::Mistaken{address, std::move(error)});
}

}  // namespace nightjar::app
