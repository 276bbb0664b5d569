// nightjar-sim-camera: the simulated Canon camera as a program of its own, for trying Nightjar over a real network and for tests from
// outside.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "drivers/linux/clocks.h"
#include "drivers/linux/log.h"
#include "drivers/linux/network.h"
#include "drivers/linux/random.h"
#include "drivers/net/http_server.h"
#include "drivers/net/tls.h"
#include "sim/camera/camera.h"
#include "sim/random.h"

namespace {

using namespace nightjar;

constexpr int kUsage = 2;   // a wrong option, value or port: one line says which

int fail(const std::string& sentence) {
  fmt::print(stderr, "nightjar-sim-camera: {}\n", sentence);
  return kUsage;
}

struct Wishes {
  sim::CameraOptions camera;
  std::string listen = "0.0.0.0";
  std::string announce;
  std::string buttons = "both";
  std::string user, password;
  std::optional<std::uint16_t> port, control_port;
  bool https = false, ssdp = false;
  double write_s = 0.5;
};

void declare(CLI::App& app, Wishes& wishes) {
  app.add_option("--listen", wishes.listen, "address to listen at")->capture_default_str();
  app.add_option("--announce", wishes.announce, "address to announce; by default the first interface's");
  app.add_option("--port", wishes.port, "CCAPI's port; 8080, or 443 with --https; 0 = any free one");
  app.add_flag("--https", wishes.https, "serve CCAPI over TLS, with a certificate that stays the same for a serial number");
  app.add_flag("--ssdp", wishes.ssdp, "announce itself by SSDP and serve its description");
  app.add_option("--description-port", wishes.camera.description_port, "port of the description with --ssdp")->capture_default_str();
  app.add_option("--control-port", wishes.control_port, "port of /sim/... on the loopback, where faults are switched; 0 = any free one");
  app.add_option("--exposure", wishes.camera.tv, "exposure time as the camera writes it: 1/125, 2\", 30\", bulb")->capture_default_str();
  app.add_option("--write", wishes.write_s, "seconds from the end of an exposure to the file on the card")
      ->check(CLI::Range(0.0, 600.0))
      ->capture_default_str();
  app.add_option("--buttons", wishes.buttons, "shutter resources")
      ->check(CLI::IsMember({"both", "simple", "manual"}))
      ->capture_default_str();
  app.add_flag("--old-firmware", wishes.camera.old_firmware, "ver100 only, with whole addresses");
  app.add_flag("--raw", wishes.camera.raw, "two files a shot");
  app.add_option("--model", wishes.camera.model)->capture_default_str();
  app.add_option("--serial", wishes.camera.serial)->capture_default_str();
  app.add_option("--uuid", wishes.camera.uuid)->capture_default_str();
  app.add_option("--card", wishes.camera.card, "card1 or sd")->check(CLI::IsMember({"card1", "card2", "sd"}))->capture_default_str();
  app.add_option("--connections", wishes.camera.connections_max, "connections served at once")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  auto* user = app.add_option("--user", wishes.user, "ask for an account by HTTP Digest");
  app.add_option("--password", wishes.password)->needs(user);
  app.add_flag("--sha256", wishes.camera.digest_sha256, "Digest with SHA-256")->needs(user);
  app.add_option("--seed", wishes.camera.seed, "which stars")->capture_default_str();
}

/// What is wrong with the wishes, or nothing, and then the options are complete.
std::optional<std::string> complete(Wishes& wishes) {
  auto& camera = wishes.camera;
  const auto listen = hal::IpAddress::parse(wishes.listen);
  if (!listen) return fmt::format("--listen {} is no address", wishes.listen);
  camera.listen = *listen;
  if (!wishes.announce.empty()) {
    const auto announce = hal::IpAddress::parse(wishes.announce);
    if (!announce) return fmt::format("--announce {} is no address", wishes.announce);
    camera.announce = *announce;
  }
  using enum sim::CameraOptions::Buttons;
  camera.buttons = wishes.buttons == "simple" ? simple : wishes.buttons == "manual" ? manual : both;
  camera.port = wishes.port.value_or(wishes.https ? 443 : 8080);
  camera.ssdp = wishes.ssdp;
  if (!wishes.ssdp) camera.description_port = 0;
  camera.write_time = std::chrono::duration_cast<hal::Duration>(std::chrono::duration<double>(wishes.write_s));
  if (wishes.control_port) camera.control = hal::Endpoint{hal::IpAddress::loopback(), *wishes.control_port};
  if (!wishes.user.empty()) camera.digest = hal::Credentials{wishes.user, wishes.password};
  if (wishes.https) {
    sim::Random forge{sim::Chance{1}.fork(camera.serial)};   // the same after a restart, so that a pinned camera stays the same camera
    auto made = net::make_self_signed(camera.model, forge);
    camera.certificate_pem = std::move(made.cert_pem);
    camera.key_pem = std::move(made.key_pem);
  }
  return std::nullopt;
}

int run(const sim::CameraOptions& options) {
  os::AsioLoop loop;
  os::ConsoleLog log;
  os::KernelRandom random;
  os::AsioNetwork network{loop, log};
  os::SystemWallClock wall_clock{loop};
  net::HttpServers servers{network, loop, random};
  sim::Camera camera{options, loop, servers, network, random, wall_clock};
  if (const auto on = camera.power_on(); !on.ok()) return fail(on.error().text());
  if (options.control) fmt::print("Control: http://{}/sim/state\n", camera.control().text());
  fmt::print("{} is ready: {}\n", options.model, camera.access_url());
  std::fflush(stdout);
  const auto signals = loop.on_signal({SIGTERM, SIGINT}, [&](int) { loop.stop(); });
  loop.run();
  camera.power_off();   // says byebye
  return 0;
}

}   // namespace

int main(int argc, char** argv) {
  CLI::App app{"A simulated Canon camera: CCAPI, SSDP, and a night sky that turns."};
  Wishes wishes;
  declare(app, wishes);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const auto status = app.exit(error);
    return status == 0 ? 0 : kUsage;
  }
  if (const auto wrong = complete(wishes)) return fail(*wrong);
  return run(wishes.camera);
}
