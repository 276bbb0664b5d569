#pragma once
// Keeps to one camera wherever it goes: the lifecycle of its address, and the verifications that it asks for.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/camera_registry.h"
#include "app/hosted.h"
#include "fsm/camera_address.h"
#include "hal/discovery.h"

namespace nightjar::app {

class CameraFollower final : private fsm::CameraAddressPort {
 public:
  /// What is decided over all cameras. Outlives every follower; a follower may be destroyed only from a task of the queue.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// Where CCAPI is to be asked when the camera is at this address.
    virtual hal::HttpOrigin origin_at(const CameraFollower& follower, const hal::IpAddress& address) = 0;
    /// May this be the camera, by its own words? An error says why not.
    virtual hal::Result<void> accept(CameraFollower& follower, const hal::CameraDescription& description) = 0;
    /// Is it, now that its CCAPI has answered?
    virtual hal::Result<void> recognise(CameraFollower& follower, const hal::HttpOrigin& origin, const hal::CameraInfo& info) = 0;
    virtual void seek(CameraFollower& follower) = 0;
    virtual void on_found(CameraFollower& follower, const fsm::Recognised& found) = 0;
    virtual void on_unreachable(CameraFollower& follower) = 0;
    virtual void on_left(CameraFollower& follower) = 0;
    virtual void on_missing(CameraFollower& follower) = 0;
  };

  CameraFollower(std::string uuid, Owner& owner, hal::Discovery* discovery, hal::Cameras& cameras, Runtime& runtime);

  const std::string& uuid() const { return uuid_; }
  template <class Event>
  void tell(Event event) {
    address_.dispatch(std::move(event));
  }
  /// Where it is believed to be.
  const hal::Endpoint& place() const { return address_.context().place; }
  /// Why the last verification failed.
  const hal::Error& last_error() const { return last_error_; }
  const Hosted<fsm::CameraAddress>& machine() const { return address_; }

 private:
  struct Try {
    std::unique_ptr<hal::Camera> camera;
    hal::Operation asking;
  };

  void verify(const fsm::Seen& seen) override;
  void verify_here() override;
  void forget_tries() override { tries_.clear(); }
  void seek() override { owner_.seek(*this); }
  void report_found(const fsm::Recognised& found) override { owner_.on_found(*this, found); }
  void report_unreachable() override { owner_.on_unreachable(*this); }
  void report_left() override { owner_.on_left(*this); }
  void report_missing() override { owner_.on_missing(*this); }

  void described(const hal::IpAddress& address, const hal::Result<hal::CameraDescription>& description);
  void open(const hal::IpAddress& address, const hal::HttpOrigin& origin);
  void fail(const hal::IpAddress& address, hal::Error error);

  std::string uuid_;
  Owner& owner_;
  hal::Discovery* discovery_;
  hal::Cameras& cameras_;
  Runtime& runtime_;
  hal::Error last_error_;
  std::map<hal::IpAddress, std::shared_ptr<Try>> tries_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Hosted<fsm::CameraAddress> address_;
};

}  // namespace nightjar::app
