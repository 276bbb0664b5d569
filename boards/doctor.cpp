// What a person in the field asks when something does not work. Each part is asked through the driver that the program itself uses.
#include "boards/doctor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/settings.h"
#include "app/version.h"
#include "boards/board.h"
#include "boards/detect.h"
#include "boards/files.h"
#include "drivers/linux/avahi.h"
#include "drivers/linux/clocks.h"
#include "drivers/linux/gpio.h"
#include "drivers/linux/log.h"
#include "drivers/linux/loop.h"
#include "drivers/linux/network.h"
#include "drivers/linux/power.h"
#include "drivers/linux/random.h"
#include "drivers/linux/wifi.h"
#include "drivers/net/http_client.h"
#include "drivers/net/url.h"

namespace nightjar::boards {
namespace {

namespace fs = std::filesystem;

constexpr auto kAnswerMax = std::chrono::seconds{5};          // a bus that starts a service for us needs some
constexpr std::uintmax_t kSpaceMin = 100u << 20;              // bytes; a warning in good time, not a limit
constexpr double kHot = 80;                                   // degrees Celsius; there the Pi's firmware slows it down
constexpr unsigned kSysTime = 25;                             // CAP_SYS_TIME, capability.h

/// What the package recommends, and the program by which it is known to be there.
struct Recommended {
  const char* package;
  const char* program;
};
constexpr std::array kRecommended{Recommended{"avahi-daemon", "/usr/sbin/avahi-daemon"}, Recommended{"network-manager", "/usr/sbin/NetworkManager"},
                                  Recommended{"polkitd", "/usr/lib/polkit-1/polkitd"}};

/// The folder itself, or the nearest above it that is there.
fs::path nearest(fs::path folder) {
  std::error_code failed;
  for (folder = fs::absolute(folder, failed); !fs::exists(folder, failed) && folder.has_relative_path();) folder = folder.parent_path();
  return folder;
}

bool can_write(const fs::path& folder) {
  const auto probe = folder / "doctor~";   // a name that storage removes at its start, should we be killed between
  const bool written = static_cast<bool>(std::ofstream{probe} << "x" << std::flush);
  std::error_code failed;
  return fs::remove(probe, failed) && written;
}

class Examination {
 public:
  explicit Examination(DoctorOptions options) : options_(std::move(options)) {}

  std::vector<Finding> all() {
    look_at_board();
    look_at_settings();
    look_at_state();
    look_at_port();
    look_at_pins();
    look_at_clock();
    look_at_wifi();
    look_at_avahi();
    look_at_camera();
    look_at_power();
    look_at_packages();
    return std::move(findings_);
  }

 private:
  void works(std::string part, std::string says) { findings_.push_back({Health::works, std::move(part), std::move(says)}); }
  void limited(std::string part, std::string says, std::string remedy) { findings_.push_back({Health::limited, std::move(part), std::move(says), std::move(remedy)}); }
  void fails(std::string part, std::string says, std::string remedy) { findings_.push_back({Health::fails, std::move(part), std::move(says), std::move(remedy)}); }

  /// The answer to what `begin` asks of the world; nothing when it does not come in time.
  template <class Answer, class Begin>
  std::optional<Answer> ask(Begin begin) {
    std::optional<Answer> out;
    const hal::Operation asked = begin([&](Answer answer) {
      out.emplace(std::move(answer));
      loop_.stop();
    });
    const auto end = loop_.at(loop_.now() + kAnswerMax, [this] { loop_.stop(); });
    loop_.run();
    return out;
  }

  void look_at_board() {
    const auto found = find_board(options_.board, options_.root);
    if (!found.ok()) return fails("board", found.error().detail, "nightjar run --help tells the boards there are");
    board_ = found.value();
    settings_.listen.port = board_.port;
    settings_.discover = !board_.simulated_camera;
    const auto model = device_tree_model(options_.root);
    works("board", fmt::format("{}, {}{}", board_.name, board_.description, model.empty() ? "" : "; this is a " + model));
  }

  void look_at_settings() {
    if (options_.config.empty()) return works("settings", "none are given, so all are the defaults");
    const auto text = read_file(options_.config);
    if (!text.ok()) return fails("settings", text.error().detail, "is it there, and may you read it? sudo nightjar doctor may");
    const auto read = app::read_settings(text.value(), settings_);
    if (!read.ok()) return fails("settings", options_.config + ": " + read.error().detail, "correct that line");
    settings_ = read.value();
    works("settings", options_.config + " can be read");
  }

  void look_at_state() {
    const auto folder = nearest(options_.state);
    std::error_code failed;
    const bool is_there = fs::exists(options_.state, failed);
    if (!fs::is_directory(folder, failed)) return fails("state folder", folder.string() + " is no folder", "give another with --state");
    if (!can_write(folder))
      return fails("state folder", folder.string() + " cannot be written", "it is the service's user who must; as that user or root: sudo nightjar doctor");
    const auto room = fs::space(folder, failed).available;
    if (!failed && room < kSpaceMin)
      return limited("state folder", fmt::format("{} MB are left in {}", room / 1'000'000, folder.string()), "delete reports that are kept elsewhere");
    works("state folder", fmt::format("{} {}, {:.1f} GB free", options_.state, is_there ? "can be written" : "can be made", static_cast<double>(room) / 1e9));
  }

  void look_at_port() {
    if (options_.port) settings_.listen.port = *options_.port;
    const auto part = fmt::format("port {}", settings_.listen.port);
    const auto listener = network_.listen(settings_.listen, [](auto) {});
    if (listener.ok()) return works(part, "is free");
    if (listener.error().kind == hal::ErrorKind::denied)
      return fails(part, "may not be opened by this user", "the service may (sudo systemctl start nightjar), or take one from 1024 on: http.port in the settings");
    if (listener.error().kind != hal::ErrorKind::in_use) return fails(part, listener.error().text(), "http.address and http.port in the settings say where");
    runs_ = answers_as_nightjar();
    if (runs_) return works(part, "Nightjar runs and answers there");
    fails(part, "is taken by another program", fmt::format("sudo ss -tlnp 'sport = {}' tells which; end it, or choose another port: http.port in the settings", settings_.listen.port));
  }

  bool answers_as_nightjar() {
    auto at = settings_.listen;
    if (at.address.is_any()) at.address = hal::IpAddress::loopback();
    net::HttpClients clients{network_, loop_, random_};
    const auto client = clients.client({false, at, {}, {}, {}});
    const auto answer = ask<hal::Result<hal::HttpResponse>>(
        [&](auto done) { return client->request({"GET", "/health", {}, "", {}}, kAnswerMax, std::move(done)); });
    return answer && answer->ok() && answer->value().status == 200 && answer->value().body.find("\"intervalometer\"") != std::string::npos;
  }

  void look_at_pins() {
    if (!board_.pins.button && !board_.pins.led) {
      std::error_code failed;
      fs::directory_iterator chips{options_.root + "/sys/bus/gpio/devices", failed};
      const auto count = failed ? 0 : std::distance(begin(chips), end(chips));
      return works("pins", fmt::format("nothing is soldered to this board, which has {} GPIO chip{}", count, count == 1 ? "" : "s"));
    }
    if (const auto& button = board_.pins.button) tell_line("button", button->line, gpio_.open_input(button->line, button->options, [](const hal::Edge&) {}));
    if (const auto& led = board_.pins.led) tell_line("light", led->line, gpio_.open_output(led->line, led->active_low));
  }

  template <class Line>
  void tell_line(const char* part, const hal::LineName& name, const hal::Result<Line>& line) {
    const auto where = fmt::format("{} line {}", name.chip, name.line);
    if (line.ok()) return works(part, where + " can be had");
    switch (line.error().kind) {
      case hal::ErrorKind::in_use:
        if (runs_) return works(part, where + " is held by the Nightjar that runs");
        return fails(part, where + " is taken by another program", "gpioinfo tells which; end it, or solder elsewhere and say so in /etc/nightjar/board.toml");
      case hal::ErrorKind::denied: return fails(part, where + ": this user may not", "sudo adduser $USER gpio, and log in again; or: sudo nightjar doctor");
      case hal::ErrorKind::not_found: return fails(part, where + " is not there: the chip has fewer", "correct the line in the board's file");
      case hal::ErrorKind::missing:
        return fails(part, fmt::format("there is no GPIO chip {}", name.chip), "is it this board? gpiodetect tells the chips there are; correct the board's file");
      default: return fails(part, line.error().text(), "unplug what is soldered there and try again");
    }
  }

  void look_at_clock() {
    if (os::SystemWallClock::is_synchronised()) works("clock", "a time server keeps it");
    else if (board_.sets_clock) limited("clock", "no time server keeps it", "open the page on a phone, which sets it; or: sudo apt install systemd-timesyncd, and a way to the internet");
    else limited("clock", "no time server keeps it", "sudo apt install systemd-timesyncd, and a way to the internet");
    if (!board_.sets_clock) return works("clock setting", "is left to this system; phones do not set its clock");
    if (has_capability(kSysTime)) return works("clock setting", "phones may set this board's clock");
    fails("clock setting", "this user has no CAP_SYS_TIME", "the service has it (sudo systemctl start nightjar); by hand: sudo nightjar doctor");
  }

  /// Of this process, by "CapEff:\t000001ffffffffff" in its status.
  bool has_capability(unsigned number) const {
    const auto status = read_file(options_.root + "/proc/self/status");
    const std::string_view name = "CapEff:\t";
    const auto at = status.ok() ? status.value().find(name) : std::string::npos;
    if (at == std::string::npos) return false;
    const auto effective = std::strtoull(status.value().c_str() + at + name.size(), nullptr, 16);
    return ((effective >> number) & 1) != 0;
  }

  void look_at_wifi() {
    os::NmWifi wifi{loop_};
    const auto status = ask<hal::Result<hal::WifiStatus>>([&](auto done) { return wifi.status(std::move(done)); });
    if (!status) return limited("Wi-Fi", "NetworkManager does not answer", "sudo systemctl restart NetworkManager");
    if (!status->ok() && status->error().kind == hal::ErrorKind::missing && status->error().detail == "no Wi-Fi device")
      return limited("Wi-Fi", "there is no radio", "plug one in, or reach the device by cable");
    if (!status->ok() && status->error().kind == hal::ErrorKind::missing)
      return limited("Wi-Fi", "NetworkManager does not run", "sudo apt install network-manager");
    if (!status->ok()) return limited("Wi-Fi", status->error().text(), "nmcli device tells more");
    const auto& now = status->value();
    if (!now.enabled) return limited("Wi-Fi", "the radio is off", "sudo rfkill unblock wifi; sudo nmcli radio wifi on");
    if (!now.ssid) return limited("Wi-Fi", "on no network", "join one on the page, or open an access point there");
    works("Wi-Fi", fmt::format("on \"{}\", {}, signal {} %", *now.ssid, now.address ? now.address->text() : "no address yet", now.signal));
  }

  void look_at_avahi() {
    struct Nobody final : hal::Vicinity::Handler {
      void on_sighted(const hal::Sighted&) override {}
      void on_vanished(const std::string&) override {}
    } nobody;
    os::AvahiVicinity avahi{loop_};
    const auto told = ask<hal::Result<void>>([&](auto done) { return avahi.browse(nobody, std::move(done)); });
    if (told && told->ok()) return works("Avahi", "runs, so devices nearby find each other by mDNS");
    limited("Avahi", "does not run, so devices nearby find each other by broadcast only", "sudo apt install avahi-daemon");
  }

  void look_at_camera() {
    if (settings_.camera_url.empty() && board_.simulated_camera) return works("camera", "a simulated one comes with this board");
    if (settings_.camera_url.empty() && settings_.discover) return works("camera", "cameras that announce themselves are looked for");
    if (settings_.camera_url.empty()) return limited("camera", "none is looked for and no address is set", "camera.discover or camera.url in the settings");
    const auto url = net::parse_url(settings_.camera_url);
    if (!url || !url->address || !url->scheme.starts_with("http"))
      return fails("camera", fmt::format("camera.url must be like https://192.168.4.2:443, not \"{}\"", settings_.camera_url), "correct it in the settings");
    using Connected = hal::Result<std::unique_ptr<hal::Stream>>;
    const auto stream = ask<Connected>([&](auto done) { return network_.connect(*url->endpoint(), kAnswerMax, std::move(done)); });
    if (stream && stream->ok()) return works("camera", "something answers at " + url->endpoint()->text());
    limited("camera", "nothing answers at " + url->endpoint()->text(), "is it on, on this network, and CCAPI enabled in its menu? Its address may have changed");
  }

  void look_at_power() {
    os::SysfsPower power{loop_, options_.root + "/sys", options_.root + "/proc/uptime"};
    const auto reading = ask<hal::PowerReading>([&](auto done) { return power.read(std::move(done)); });
    if (!reading) return limited("power", "the sensors do not answer", "restart the device");
    if (reading->temperature.value_or(0) >= kHot) limited("temperature", fmt::format("the processor has {:.0f} degrees", *reading->temperature), "shade it, or give it a heat sink");
    const auto battery = reading->battery ? fmt::format(", battery {} %", *reading->battery) : "";
    if (reading->under_voltage.value_or(false))
      return limited("power", "the supply voltage is too low" + battery, "take the Pi's own supply and a short, thick cable, or charge the battery");
    works("power", (reading->under_voltage ? "the supply voltage is good" : "this board does not measure its supply") + battery);
  }

  void look_at_packages() {
    std::vector<std::string> missing;
    std::error_code failed;
    for (const auto& one : kRecommended)
      if (!fs::exists(options_.root + one.program, failed)) missing.emplace_back(one.package);
    if (missing.empty()) return works("packages", "all that are recommended are installed");
    limited("packages", fmt::format("not installed: {}", fmt::join(missing, ", ")), fmt::format("sudo apt install {}", fmt::join(missing, " ")));
  }

  DoctorOptions options_;
  Board board_;
  app::Settings settings_;
  bool runs_ = false;   // Nightjar answers at the port
  std::vector<Finding> findings_;
  os::AsioLoop loop_;
  os::ConsoleLog log_{hal::LogLevel::error};
  os::KernelRandom random_;
  os::AsioNetwork network_{loop_, log_};
  os::GpiodGpio gpio_{loop_, log_};
};

}  // namespace

CLI::App* add_doctor(CLI::App& program, DoctorOptions& options) {
  auto* command = program.add_subcommand("doctor", "look what is fitted, what works, what is missing and how to get it");
  command->add_option("--board", options.board, fmt::format("what is soldered where: {}, auto (looks what it is) or a .toml file", fmt::join(built_in_boards(), ", ")))->capture_default_str();
  command->add_option("--port", options.port, "port of page and API")->check(CLI::Range(0, 65'535));
  command->add_option("--state", options.state, "folder for sessions and reports; of the service, where it is installed");
  command->add_option("--config", options.config, "settings, a TOML file; of the service, where it is installed");
  command->add_option("--root", options.root, "look for /proc, /sys, /etc, /usr and /var below this folder");
  return command;
}

std::vector<Finding> examine(DoctorOptions options) {
  std::error_code failed;
  const auto config = options.root + "/etc/nightjar/nightjar.toml";
  const bool installed = fs::exists(config, failed);
  if (options.config.empty() && installed) options.config = config;
  if (options.state.empty()) options.state = installed ? options.root + "/var/lib/nightjar" : "nightjar-state";
  return Examination{std::move(options)}.all();
}

int doctor(const DoctorOptions& options) {
  const auto findings = examine(options);
  fmt::print("Nightjar {}\n\n{}", app::kVersion, read_out(findings));
  return is_well(findings) ? 0 : 1;
}

}  // namespace nightjar::boards
