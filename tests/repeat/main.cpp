// A night with everything that goes wrong, and what it leaves: the hash of all that happened, which must be the same in every build.
//
//   repeat SEED HOURS [FILE]
//
// FILE gets a line for every event, its time and the hash so far: where two of them part, the worlds did.
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/bench/night/world.h"

namespace {

using namespace nightjar;
using namespace std::chrono_literals;
using bench::Night;

constexpr int kFaultsPerHour = 40;

/// One fault, drawn from the script's chance.
void strike(Night& night) {
  auto& world = night.world();
  auto& network = world.network();
  auto& chance = world.chance();
  auto& camera = night.camera();
  const auto lasts = chance.between(1s, 40s);
  switch (chance.below(13)) {
    case 0: return network.reset_connections(night.camera_host());
    case 1: return camera.faults().no_file_next(1);
    case 2: {
      const auto latency = chance.between(100us, 20ms);
      return network.set_latency(latency, chance.between(0s, 30ms));
    }
    case 3: return network.set_segment_max(chance.below(2000) + 1);
    case 4:
      network.partition(night.pi(), night.camera_host());
      return world.after(lasts, [&] { network.partition(night.pi(), night.camera_host(), false); });
    case 5:
      network.stop_reading(night.other_phone().host());
      return world.after(lasts, [&] { network.stop_reading(night.other_phone().host(), false); });
    case 6: return network.set_bandwidth(chance.hit(0.5) ? 0 : 20'000 + chance.below(500'000));
    case 7: return camera.faults().busy_next(static_cast<int>(chance.below(4)) + 1, "Device busy");
    case 8: return camera.faults().cut_next();
    case 9: return camera.faults().garbage_next(1, "/devicestatus");
    case 10: return camera.leave_network(lasts);
    case 11:
      camera.power_off(false);
      return world.after(lasts, [&] { (void)camera.power_on(); });
    default: return night.pi().wall_clock().step(chance.between(-2s, 2s));
  }
}

/// Somebody who looks at the newest picture now and then, as a page does.
class Viewer {
 public:
  explicit Viewer(Night& night)
      : night_(night), clients_(night.phone().host().network(), night.phone().host().loop(), night.phone().host().random()) {}

  void look() {
    client_ = clients_.client({false, {night_.pi().address(), 3000}, {}, {}, {}});
    asking_ = client_->request({.method = "GET", .target = "/api/camera/last-picture", .headers = {}, .body = {}, .remote = {}}, 30s, [this](const auto& answer) {
      if (!answer.ok()) return;
      night_.world().note(answer.value().body);
      pictures += answer.value().status == 200;
    });
  }

  int pictures = 0;

 private:
  Night& night_;
  net::HttpClients clients_;
  std::unique_ptr<hal::HttpClient> client_;
  hal::Operation asking_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) return std::fputs("usage: repeat SEED HOURS [FILE]\n", stderr), 2;
  const auto hours = std::atoi(argv[2]);
  Night night{{.seed = std::strtoull(argv[1], nullptr, 10), .tls = true, .interval = 30s, .shots = hours * 120}};
  auto& world = night.world();
  night.pi().loop().set_drift(20'000);
  night.camera_host().loop().set_drift(-35'000);
  for (auto* phone : {&night.phone(), &night.other_phone()}) phone->on_text = [&world](const sim::MessageName&, std::string_view text) { world.note(text); };
  if (!night.start()) return std::fputs("the night did not begin\n", stderr), 1;
  const auto all = std::chrono::hours{hours};
  for (int i = 0; i < hours * kFaultsPerHour; ++i) world.after(world.chance().between(0s, all), [&night] { strike(night); });
  Viewer viewer{night};
  for (int i = 1; i <= hours; ++i) world.after(1h * i - 10min, [&viewer] { viewer.look(); });
  const auto end = world.now() + all + 1min;
  if (argc == 4) {
    std::ofstream out{argv[3]};
    for (const auto& host : world.hosts())
      host->log().on_line = [&out, name = host->name()](const sim::Log::Line& line) { out << name << " " << line.component << ": " << line.text << "\n"; };
    for (auto next = world.timeline().next(); next && *next <= end; next = world.timeline().next()) {
      world.step();
      out << world.now().time_since_epoch().count() << " " << std::hex << world.fingerprint() << std::dec << "\n";
    }
    for (const auto& host : world.hosts()) host->log().on_line = nullptr;
  }
  world.run_until(end);
  std::printf("%016llx  %llu events, %zu exposures, %zu messages, %d pictures\n", static_cast<unsigned long long>(world.fingerprint()),
              static_cast<unsigned long long>(world.timeline().steps()), night.camera().exposures().size(), night.phone().messages(), viewer.pictures);
  return 0;
}
