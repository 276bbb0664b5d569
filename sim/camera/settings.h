#pragma once
// The settings of the body: shooting/settings and functions/..., with what each may be set to. Internal to sim/camera.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hal/time.h"
#include "sim/camera/answer.h"
#include "sim/camera/camera_options.h"

namespace nightjar::sim::camera {

class Settings {
 public:
  explicit Settings(const CameraOptions& options);

  /// {"value":…,"ability":…}; null when the body has no such setting.
  Json get(std::string_view name) const;
  /// Every shooting setting by its name.
  Json all() const;
  /// Takes {"value":X} when X is within the ability; 400 Invalid parameter otherwise.
  std::optional<Refusal> put(std::string_view name, const Json& body);

  /// What the person at the camera does: "m", "av", "tv", "p", "bulb". What the mode decides shows no value and no ability from then on.
  void turn_dial(const std::string& mode);
  static const std::vector<std::string>& ruled_by_dial();

  const std::vector<std::string>& shooting() const { return shooting_; }
  const std::vector<std::string>& functions() const { return functions_; }

  /// The exposure time set now; nothing in bulb.
  std::optional<hal::Duration> exposure() const;
  std::string text(std::string_view name) const;

 private:
  struct Setting {
    Json value;
    Json ability;
    bool decided = false;   // by the mode: nothing is shown, nothing can be set
  };
  void add(std::vector<std::string>& list, const std::string& name, Json value, Json ability);

  std::map<std::string, Setting, std::less<>> settings_;
  std::vector<std::string> shooting_;
  std::vector<std::string> functions_;
};

/// "1/125", `30"`, `1"3`; nothing for "bulb" and for what is no time.
std::optional<hal::Duration> exposure_of(std::string_view tv);

}   // namespace nightjar::sim::camera
