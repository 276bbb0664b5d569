#include "drivers/linux/wifi_manager.h"

#include <systemd/sd-bus.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace nightjar::os {

using hal::Error;
using hal::ErrorKind;
using hal::Result;

namespace {

constexpr auto kNetworkManager = "org.freedesktop.NetworkManager";
constexpr auto kManager = "/org/freedesktop/NetworkManager";
constexpr auto kSettings = "/org/freedesktop/NetworkManager/Settings";
constexpr auto kManagerFace = "org.freedesktop.NetworkManager";
constexpr auto kDeviceFace = "org.freedesktop.NetworkManager.Device";
constexpr auto kWirelessFace = "org.freedesktop.NetworkManager.Device.Wireless";
constexpr auto kAccessPointFace = "org.freedesktop.NetworkManager.AccessPoint";
constexpr auto kIp4Face = "org.freedesktop.NetworkManager.IP4Config";
constexpr auto kSettingsFace = "org.freedesktop.NetworkManager.Settings";
constexpr auto kProfileFace = "org.freedesktop.NetworkManager.Settings.Connection";
constexpr std::uint64_t kWifiDevice = 2;        // NMDeviceType
constexpr std::uint64_t kModeAccessPoint = 3;   // NM80211Mode
constexpr std::uint64_t kPrivacy = 0x1;         // NM80211ApFlags
constexpr std::uint64_t kKeyPsk = 0x100;        // NM80211ApSecurityFlags
constexpr std::uint64_t kKeySae = 0x400;

Error unreadable() { return {ErrorKind::protocol, "NetworkManager answered something else"}; }

/// A name of ours for the profile: printable, so that it can be a D-Bus string whatever the SSID holds.
std::string profile_name(const std::string& ssid) {
  std::string out;
  for (const char c : ssid) out += c >= 0x20 && c < 0x7f ? c : '?';
  return out;
}

/// Writes one a{sv} section of a connection; failures are sticky in sd-bus's message and come out at the call.
class Section {
 public:
  Section(sd_bus_message* message, const char* name) : message_(message) {
    sd_bus_message_open_container(message_, 'e', "sa{sv}");
    sd_bus_message_append(message_, "s", name);
    sd_bus_message_open_container(message_, 'a', "{sv}");
  }
  ~Section() {
    sd_bus_message_close_container(message_);
    sd_bus_message_close_container(message_);
  }
  Section(const Section&) = delete;
  void text(const char* name, const std::string& value) { sd_bus_message_append(message_, "{sv}", name, "s", value.c_str()); }
  void number(const char* name, unsigned value) { sd_bus_message_append(message_, "{sv}", name, "u", value); }
  void flag(const char* name, bool value) { sd_bus_message_append(message_, "{sv}", name, "b", value ? 1 : 0); }
  void bytes(const char* name, const std::string& value) {
    sd_bus_message_open_container(message_, 'e', "sv");
    sd_bus_message_append(message_, "s", name);
    sd_bus_message_open_container(message_, 'v', "ay");
    sd_bus_message_append_array(message_, 'y', value.data(), value.size());
    sd_bus_message_close_container(message_);
    sd_bus_message_close_container(message_);
  }

 private:
  sd_bus_message* message_;
};

NmAccessPoint access_point_of(const std::string& path, const BusDict& dict) {
  NmAccessPoint out;
  out.path = path;
  out.network.ssid = dict.text("Ssid");
  out.network.signal = static_cast<int>(std::min<std::uint64_t>(dict.number("Strength"), 100));
  out.network.channel = wifi_channel(dict.number("Frequency"));
  out.network.security = nm_security(dict.number("Flags"), dict.number("WpaFlags"), dict.number("RsnFlags"));
  return out;
}

/// Asks one item after the other; what cannot be read has gone meanwhile and is left out.
template <class T, class Ask>
void one_by_one(std::shared_ptr<std::vector<std::string>> left, std::shared_ptr<std::vector<T>> found, Ask ask,
                std::function<void()> done) {
  if (left->empty()) return done();
  const auto path = std::move(left->back());
  left->pop_back();
  ask(path, [left, found, ask, done = std::move(done)](std::optional<T> item) mutable {
    if (item) found->push_back(*std::move(item));
    one_by_one(left, found, ask, std::move(done));
  });
}

}   // namespace

std::string nm_security(std::uint64_t flags, std::uint64_t wpa_flags, std::uint64_t rsn_flags) {
  if ((rsn_flags & kKeySae) != 0 && (rsn_flags & kKeyPsk) == 0) return "WPA3";
  if (wpa_flags != 0 || rsn_flags != 0) return "WPA2";
  return (flags & kPrivacy) != 0 ? "WEP" : "Open";
}

int wifi_channel(std::uint64_t frequency) {   // IEEE 802.11-2020 annex E
  if (frequency == 2484) return 14;
  if (frequency >= 2412 && frequency <= 2472) return static_cast<int>((frequency - 2407) / 5);
  if (frequency >= 5160 && frequency <= 5885) return static_cast<int>((frequency - 5000) / 5);
  if (frequency >= 5955 && frequency <= 7115) return static_cast<int>((frequency - 5950) / 5);
  return 0;
}

NmManager::NmManager(AsioLoop& loop)
    : loop_(loop), bus_(loop, "type='signal',sender='org.freedesktop.NetworkManager',path_namespace='/org/freedesktop/NetworkManager'") {}

void NmManager::send(Result<BusMessage> message, Then<BusMessage> then) {
  if (message.ok()) return bus_.send(message.value(), std::move(then));
  loop_.post([then = std::move(then), error = message.error(), alive = std::weak_ptr{alive_}] {
    if (!alive.expired()) then(error);
  });
}

void NmManager::ask(const std::string& path, const char* interface, const char* method, Then<BusMessage> then) {
  send(bus_.call(kNetworkManager, path, interface, method), std::move(then));
}

void NmManager::properties(const std::string& path, const char* interface, Then<BusDict> then) {
  auto message = bus_.call(kNetworkManager, path, "org.freedesktop.DBus.Properties", "GetAll");
  if (message.ok()) sd_bus_message_append(message.value().get(), "s", interface);
  send(std::move(message), [then = std::move(then)](Result<BusMessage> reply) {
    if (!reply.ok()) return then(reply.error());
    BusDict dict;
    if (!read_dict(reply.value().get(), dict)) return then(unreadable());
    then(std::move(dict));
  });
}

void NmManager::paths(const std::string& path, const char* interface, const char* method, Then<std::vector<std::string>> then) {
  ask(path, interface, method, [then = std::move(then)](Result<BusMessage> reply) {
    if (!reply.ok()) return then(reply.error());
    std::vector<std::string> out;
    auto* message = reply.value().get();
    const char* item = nullptr;
    if (sd_bus_message_enter_container(message, 'a', "o") < 0) return then(unreadable());
    while (sd_bus_message_read_basic(message, 'o', &item) > 0) out.emplace_back(item);
    then(std::move(out));
  });
}

void NmManager::device(Then<NmDevice> then) {
  paths(kManager, kManagerFace, "GetDevices", [this, then = std::move(then)](Result<std::vector<std::string>> devices) {
    if (!devices.ok()) return then(devices.error());
    auto left = std::make_shared<std::vector<std::string>>(std::move(devices).value());
    std::reverse(left->begin(), left->end());
    first_wifi(std::move(left), then);
  });
}

void NmManager::first_wifi(std::shared_ptr<std::vector<std::string>> left, Then<NmDevice> then) {
  if (left->empty()) return then(Error{ErrorKind::missing, "no Wi-Fi device"});
  NmDevice device;
  device.path = left->back();
  left->pop_back();
  properties(device.path, kDeviceFace, [this, left, device, then = std::move(then)](Result<BusDict> base) mutable {
    if (!base.ok() || base.value().number("DeviceType") != kWifiDevice) return first_wifi(left, std::move(then));
    device.state = base.value().number("State");
    device.active_connection = base.value().text("ActiveConnection");
    device.ip4_config = base.value().text("Ip4Config");
    properties(device.path, kWirelessFace, [device, then = std::move(then)](Result<BusDict> wireless) mutable {
      if (!wireless.ok()) return then(wireless.error());
      device.active_access_point = wireless.value().text("ActiveAccessPoint");
      device.is_access_point = wireless.value().number("Mode") == kModeAccessPoint;
      device.last_scan = wireless.value().get<std::int64_t>("LastScan");
      then(std::move(device));
    });
  });
}

void NmManager::wireless_enabled(Then<bool> then) {
  properties(kManager, kManagerFace, [then = std::move(then)](Result<BusDict> dict) {
    if (!dict.ok()) return then(dict.error());
    then(dict.value().flag("WirelessEnabled"));
  });
}

void NmManager::address(const NmDevice& device, Then<std::optional<hal::IpAddress>> then) {
  if (device.ip4_config.empty() || device.ip4_config == "/") return then(std::optional<hal::IpAddress>{});
  properties(device.ip4_config, kIp4Face, [then = std::move(then)](Result<BusDict> dict) {
    std::optional<hal::IpAddress> out;
    if (dict.ok())
      for (const auto& entry : dict.value().get<std::vector<BusDict>>("AddressData"))
        if (!out) out = hal::IpAddress::parse(entry.text("address"));
    then(out);
  });
}

void NmManager::access_point(const std::string& path, Then<NmAccessPoint> then) {
  properties(path, kAccessPointFace, [path, then = std::move(then)](Result<BusDict> dict) {
    if (!dict.ok()) return then(dict.error());
    then(access_point_of(path, dict.value()));
  });
}

void NmManager::access_points(const NmDevice& device, Then<std::vector<NmAccessPoint>> then) {
  paths(device.path, kWirelessFace, "GetAllAccessPoints", [this, then = std::move(then)](Result<std::vector<std::string>> listed) {
    if (!listed.ok()) return then(listed.error());
    auto left = std::make_shared<std::vector<std::string>>(std::move(listed).value());
    if (left->size() > kAccessPointsMax) left->resize(kAccessPointsMax);
    const auto found = std::make_shared<std::vector<NmAccessPoint>>();
    const auto read = [this](const std::string& path, auto next) {
      access_point(path, [next](Result<NmAccessPoint> one) mutable {
        next(one.ok() && !one.value().network.ssid.empty() ? std::optional{one.value()} : std::nullopt);   // empty: it hides its name
      });
    };
    one_by_one<NmAccessPoint>(left, found, read, [found, then] {
      std::stable_sort(found->begin(), found->end(), [](const auto& a, const auto& b) { return a.network.signal > b.network.signal; });
      std::vector<NmAccessPoint> out;
      for (auto& one : *found)
        if (std::none_of(out.begin(), out.end(), [&](const auto& other) { return other.network.ssid == one.network.ssid; }))
          out.push_back(std::move(one));
      then(std::move(out));
    });
  });
}

void NmManager::request_scan(const NmDevice& device, Then<BusMessage> then) {
  auto message = bus_.call(kNetworkManager, device.path, kWirelessFace, "RequestScan");
  if (message.ok()) sd_bus_message_append(message.value().get(), "a{sv}", 0);
  send(std::move(message), std::move(then));
}

void NmManager::profiles(Then<std::vector<NmProfile>> then) {
  paths(kSettings, kSettingsFace, "ListConnections", [this, then = std::move(then)](Result<std::vector<std::string>> listed) {
    if (!listed.ok()) return then(listed.error());
    auto left = std::make_shared<std::vector<std::string>>(std::move(listed).value());
    const auto found = std::make_shared<std::vector<NmProfile>>();
    const auto read = [this](const std::string& path, auto next) {
      ask(path, kProfileFace, "GetSettings", [path, next](Result<BusMessage> reply) mutable {
        std::map<std::string, BusDict> sections;
        if (!reply.ok() || !read_dicts(reply.value().get(), sections)) return next(std::nullopt);
        const auto& wireless = sections["802-11-wireless"];
        const auto ssid = wireless.text("ssid");
        if (ssid.empty() || wireless.text("mode") == "ap") return next(std::nullopt);
        next(NmProfile{path, ssid});
      });
    };
    one_by_one<NmProfile>(left, found, read, [found, then] {
      std::stable_sort(found->begin(), found->end(), [](const auto& a, const auto& b) { return a.ssid < b.ssid; });
      then(std::move(*found));
    });
  });
}

void NmManager::remove_profile(const std::string& path, Then<BusMessage> then) { ask(path, kProfileFace, "Delete", std::move(then)); }

namespace {

/// The two paths that AddAndActivateConnection answers.
Result<NmManager::Activation> activation_of(const Result<BusMessage>& reply) {
  if (!reply.ok()) return reply.error();
  const char* profile = nullptr;
  const char* active = nullptr;
  if (sd_bus_message_read(reply.value().get(), "oo", &profile, &active) < 0) return unreadable();
  return NmManager::Activation{profile, active};
}

}   // namespace

void NmManager::add_and_activate(const NmDevice& device, const NmAccessPoint& target, const std::string& passphrase,
                                 Then<Activation> then) {
  auto message = bus_.call(kNetworkManager, kManager, kManagerFace, "AddAndActivateConnection");
  if (message.ok()) {
    auto* out = message.value().get();
    sd_bus_message_sensitive(out);
    sd_bus_message_open_container(out, 'a', "{sa{sv}}");
    {
      Section connection{out, "connection"};
      connection.text("id", profile_name(target.network.ssid));
      connection.text("type", "802-11-wireless");
    }
    Section{out, "802-11-wireless"}.bytes("ssid", target.network.ssid);
    if (!passphrase.empty()) {
      Section security{out, "802-11-wireless-security"};
      security.text("key-mgmt", target.network.security == "WPA3" ? "sae" : "wpa-psk");
      security.text("psk", passphrase);
    }
    sd_bus_message_close_container(out);
    sd_bus_message_append(out, "oo", device.path.c_str(), target.path.c_str());
  }
  send(std::move(message), [then = std::move(then)](const Result<BusMessage>& reply) { then(activation_of(reply)); });
}

void NmManager::activate(const NmDevice& device, const std::string& profile, const std::string& access_point, Then<Activation> then) {
  auto message = bus_.call(kNetworkManager, kManager, kManagerFace, "ActivateConnection");
  if (message.ok()) sd_bus_message_append(message.value().get(), "ooo", profile.c_str(), device.path.c_str(), access_point.c_str());
  send(std::move(message), [profile, then = std::move(then)](Result<BusMessage> reply) {
    if (!reply.ok()) return then(reply.error());
    const char* active = nullptr;
    if (sd_bus_message_read(reply.value().get(), "o", &active) < 0) return then(unreadable());
    then(Activation{profile, active});
  });
}

void NmManager::add_access_point(const NmDevice& device, const hal::AccessPointOptions& options, Then<Activation> then) {
  auto message = bus_.call(kNetworkManager, kManager, kManagerFace, "AddAndActivateConnection2");   // NetworkManager 1.16
  if (message.ok()) {
    auto* out = message.value().get();
    sd_bus_message_sensitive(out);
    sd_bus_message_open_container(out, 'a', "{sa{sv}}");
    {
      Section connection{out, "connection"};
      connection.text("id", profile_name(options.ssid) + " (access point)");
      connection.text("type", "802-11-wireless");
      connection.flag("autoconnect", false);
    }
    {
      Section wireless{out, "802-11-wireless"};
      wireless.bytes("ssid", options.ssid);
      wireless.text("mode", "ap");
      wireless.text("band", options.channel > 14 ? "a" : "bg");
      wireless.number("channel", static_cast<unsigned>(std::max(options.channel, 0)));
    }
    if (!options.passphrase.empty()) {
      Section security{out, "802-11-wireless-security"};
      security.text("key-mgmt", "wpa-psk");
      security.text("psk", options.passphrase);
    }
    Section{out, "ipv4"}.text("method", "shared");   // addresses for whoever joins
    Section{out, "ipv6"}.text("method", "ignore");
    sd_bus_message_close_container(out);
    sd_bus_message_append(out, "oo", device.path.c_str(), "/");
    sd_bus_message_append(out, "a{sv}", 1, "persist", "s", "volatile");   // gone with its end: no saved network
  }
  send(std::move(message), [then = std::move(then)](const Result<BusMessage>& reply) { then(activation_of(reply)); });
}

void NmManager::deactivate(const std::string& active, Then<BusMessage> then) {
  auto message = bus_.call(kNetworkManager, kManager, kManagerFace, "DeactivateConnection");
  if (message.ok()) sd_bus_message_append(message.value().get(), "o", active.c_str());
  send(std::move(message), std::move(then));
}

void NmManager::disconnect(const NmDevice& device, Then<BusMessage> then) { ask(device.path, kDeviceFace, "Disconnect", std::move(then)); }

}   // namespace nightjar::os
