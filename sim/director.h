#pragma once
#include <functional>
#include <map>
#include <string>
#include <tuple>

#include "sim/cast.h"
#include "sim/happening.h"

namespace nightjar::sim {

/// Makes happen what a timeline says, and ends what lasts.
class Director {
 public:
  explicit Director(Cast& cast) : cast_(cast) {}

  void perform(const Happening& happening);
  /// Switches a device on; its program then knows its camera.
  void boot(Cast::Pi& pi);
  void cut_power(Cast::Pi& pi, hal::Duration how_long);
  void speak(Cast::Seat& seat, const Happening& happening);

  // What happened; each may be empty.
  std::function<void(Cast::Pi&)> on_booting;
  std::function<void(Cast::Pi&, const hal::Result<hal::Endpoint>&)> on_ready;
  std::function<void(Cast::Pi&)> on_power_cut;

 private:
  void join(Phone& phone, Cast::Pi& host, bool typed);
  void strike_camera(CameraUnit& unit, const Happening& happening);
  void strike_network(const Happening& happening);
  void strike_disk(Cast::Pi& pi, const Happening& happening);
  void strike_media(MediaServer& server, const Happening& happening);
  void strike_metrics(MetricsServer& server, const Happening& happening);
  void until_over(const Happening& happening, std::function<void()> back);
  void after(hal::Duration delay, std::function<void()> task) { cast_.world.after(delay, std::move(task)); }

  Cast& cast_;
  std::map<std::tuple<Deed, std::string, std::string>, int> under_way_;
};

}   // namespace nightjar::sim
