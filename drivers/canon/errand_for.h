#pragma once
// What every errand is made of: what open() has learnt, a request or two, and one answer. Internal to drivers/canon.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "drivers/canon/ccapi_camera.h"
#include "drivers/canon/ccapi_messages.h"
#include "drivers/canon/errands.h"
#include "drivers/canon/shutter.h"

namespace nightjar::canon {

inline hal::Error no_ccapi(const std::string& what) { return {hal::ErrorKind::protocol, what + " is not CCAPI"}; }
inline hal::Error not_open() { return {hal::ErrorKind::protocol, "the camera has not been opened"}; }
inline hal::Error lacks(const std::string& what) { return {hal::ErrorKind::not_supported, "this body has no " + what}; }

/// What open() has learnt.
struct Known {
  Capabilities capabilities;
  hal::CameraInfo info;
  Button button;        // for a photo: the simple one where the body has it
  Button held_button;   // the one that can be held, where it has that
};
using KnownPtr = std::shared_ptr<std::optional<Known>>;

/// An errand with its answer: T is what the asker gets.
template <class T>
class ErrandFor : public Errand {
 public:
  explicit ErrandFor(hal::Completion<hal::Result<T>> completion, KnownPtr known)
      : known_(std::move(known)), completion_(std::move(completion)) {}

  void begin(Errands& errands) final {
    errands_ = &errands;
    first();
  }

 protected:
  virtual void first() = 0;

  void answer(hal::Result<T> result) {
    const auto self = errands_->finish();   // this lives until the answer is given
    completion_(std::move(result));
  }

  using Body = std::function<void(const std::string& body)>;
  using Failed = std::function<void(hal::Error)>;
  /// `then` gets the body of a 2xx answer; every error ends the errand.
  void get(const std::string& target, Body then, hal::Duration patience = kErrandPatience) {
    get(
        target, std::move(then), [this](hal::Error error) { answer(std::move(error)); }, patience);
  }
  void get(const std::string& target, Body then, Failed failed, hal::Duration patience) {
    request({.method = "GET", .target = target, .headers = {}, .body = {}, .remote = {}}, std::move(then), std::move(failed), patience);
  }
  void send(const char* method, const std::string& target, std::string json, Body then) {
    request({.method = method, .target = target, .headers = {{"Content-Type", "application/json"}}, .body = std::move(json), .remote = {}}, std::move(then),
            [this](hal::Error error) { answer(std::move(error)); }, kErrandPatience);
  }

  const Resource* resource(std::string_view name, Method method = Method::get) const {
    return *known_ ? (*known_)->capabilities.find(name, method) : nullptr;
  }

  KnownPtr known_;

 private:
  void request(hal::HttpRequest request, Body then, Failed failed, hal::Duration patience) {
    errands_->send(std::move(request), patience, [then = std::move(then), failed = std::move(failed)](const auto& response) {
      if (!response.ok())
        failed(response.error());
      else if (response.value().status < 200 || response.value().status >= 300)
        failed(error_of(response.value().status, response.value().body));
      else
        then(response.value().body);
    });
  }

  Errands* errands_ = nullptr;
  hal::Completion<hal::Result<T>> completion_;
};

}   // namespace nightjar::canon
