#include "drivers/linux/avahi.h"

#include <systemd/sd-bus.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace nightjar::os {

using hal::Error;
using hal::ErrorKind;
using hal::Result;

namespace {

constexpr auto kAvahi = "org.freedesktop.Avahi";
constexpr auto kServerFace = "org.freedesktop.Avahi.Server";
constexpr auto kGroupFace = "org.freedesktop.Avahi.EntryGroup";
constexpr auto kBrowserFace = "org.freedesktop.Avahi.ServiceBrowser";
constexpr auto kResolverFace = "org.freedesktop.Avahi.ServiceResolver";
constexpr auto kType = "_nightjar._tcp";
constexpr int kAnyInterface = -1;   // AVAHI_IF_UNSPEC
constexpr int kIpv4 = 0;            // AVAHI_PROTO_INET
constexpr int kEstablished = 2;     // AvahiEntryGroupState: the name is ours, probing is over
constexpr int kCollision = 3;
constexpr int kFailure = 4;

std::vector<std::pair<std::string, std::string>> fields(const hal::Advertisement& session) {
  return {{"sessionId", session.session_id}, {"sessionName", session.session_name}, {"hostId", session.host_id}, {"hostName", session.host_name},
          {"memberCount", std::to_string(session.member_count)}, {"maxMembers", std::to_string(session.max_members)}};
}

void append_texts(sd_bus_message* message, const hal::Advertisement& session) {
  sd_bus_message_open_container(message, 'a', "ay");
  for (const auto& [name, value] : fields(session)) {
    const auto text = name + "=" + value;   // RFC 6763, section 6: at most 255 bytes, which the bounds of hal/vicinity.h keep
    sd_bus_message_append_array(message, 'y', text.data(), text.size());
  }
  sd_bus_message_close_container(message);
}

int number(const std::string& text) {
  int value = -1;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc{} && end == text.data() + text.size() ? value : -1;
}

bool is_printable(const std::string& text, std::size_t size_max) {
  return text.size() <= size_max && std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// Reads aay; whatever it holds, what is no field of ours is passed over.
bool read_texts(sd_bus_message* message, hal::Advertisement& out) {
  if (sd_bus_message_enter_container(message, 'a', "ay") < 0) return false;
  const void* bytes = nullptr;
  std::size_t size = 0;
  while (sd_bus_message_read_array(message, 'y', &bytes, &size) > 0) {
    const std::string text(static_cast<const char*>(bytes), size);
    const auto mark = text.find('=');
    if (mark == std::string::npos) continue;
    const auto name = text.substr(0, mark);
    const auto value = text.substr(mark + 1);
    if (name == "sessionId") out.session_id = value;
    if (name == "sessionName") out.session_name = value;
    if (name == "hostId") out.host_id = value;
    if (name == "hostName") out.host_name = value;
    if (name == "memberCount") out.member_count = number(value);
    if (name == "maxMembers") out.max_members = number(value);
  }
  return sd_bus_message_exit_container(message) >= 0;
}

bool is_sound(const hal::Advertisement& session) {
  const auto code = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return session.session_id.size() == 6 && std::ranges::all_of(session.session_id, code) &&
         is_printable(session.session_name, hal::Advertisement::kNameMax) && is_printable(session.host_id, hal::Advertisement::kIdMax) &&
         is_printable(session.host_name, hal::Advertisement::kNameMax) && session.port != 0 && session.member_count >= 0 &&
         session.member_count <= 64 && session.max_members >= 1 && session.max_members <= 64;
}

std::string item_key(int interface, const char* name) { return std::to_string(interface) + "/" + name; }

}   // namespace

struct AvahiVicinity::Side final : hal::Operation::Shared {
  hal::Advertisement session;
  Handler* handler = nullptr;
  Told told;
  bool wanted = true;
  bool up = false;
  std::string path;                        // of the entry group, or of the browser
  std::map<std::string, Item> items;       // at most kSessionsMax
  std::function<void()> on_dropped;

  void dropped() noexcept override {
    wanted = up = false;
    handler = nullptr;
    if (auto call = std::exchange(on_dropped, nullptr)) call();
  }
};

AvahiVicinity::AvahiVicinity(AsioLoop& loop)
    : loop_(loop),
      bus_(loop, "type='signal',sender='org.freedesktop.Avahi'"),
      names_(loop, "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.freedesktop.Avahi'") {
  bus_.on_signal = [this](const Bus::Signal& signal) { heard(signal); };
  names_.on_signal = [this](const Bus::Signal& signal) {
    const char* name = nullptr;
    const char* before = nullptr;
    const char* after = nullptr;
    if (signal.member == "NameOwnerChanged" && sd_bus_message_read(signal.message, "sss", &name, &before, &after) > 0 && *after == '\0')
      lost("Avahi went away");
  };
}

AvahiVicinity::~AvahiVicinity() {
  for (const auto& side : {telling_, browsing_})
    if (side) side->on_dropped = nullptr;
}

// ---- calls ------------------------------------------------------------------------------------------------------------

void AvahiVicinity::fail(const std::shared_ptr<Side>& side, Error error) {
  if (!side->wanted) return;
  if (side->handler)
    for (const auto& [key, item] : std::exchange(side->items, {}))
      if (!item.session_id.empty() && side->handler) side->handler->on_vanished(item.session_id);
  side->up = false;
  const auto told = side->told;
  side->wanted = false;
  told(std::move(error));
}

void AvahiVicinity::call(const std::shared_ptr<Side>& side, const Result<BusMessage>& message, Then then) {
  if (!message.ok()) {
    loop_.post([this, side, error = message.error()] { fail(side, error); });
    return;
  }
  bus_.send(message.value(), [this, side, then = std::move(then)](const Result<BusMessage>& reply) {
    if (!side->wanted) return;
    if (!reply.ok()) return fail(side, reply.error());
    if (then) then(side, reply.value().get());
  });
}

void AvahiVicinity::free(const std::string& path, const char* interface) {
  if (path.empty()) return;
  const auto message = bus_.call(kAvahi, path, interface, "Free");
  if (message.ok()) bus_.send(message.value(), [](const auto&) {});
}

/// Asks first whether the daemon is there: a call to a service that is not would wait for one to be started.
hal::Operation AvahiVicinity::begin(std::shared_ptr<Side>& place, std::shared_ptr<Side> side) {
  if (place) place->dropped();
  place = side;
  const auto message = names_.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner");
  if (!message.ok()) {
    loop_.post([this, side, error = message.error()] { fail(side, error); });
    return hal::Operation{side};
  }
  sd_bus_message_append(message.value().get(), "s", kAvahi);
  names_.send(message.value(), [this, side](const Result<BusMessage>& owner) {
    if (!side->wanted) return;
    if (!owner.ok()) return fail(side, {ErrorKind::missing, "Avahi does not run"});
    if (side->handler) open_browser(side);
    else open_group(side);
  });
  return hal::Operation{side};
}

void AvahiVicinity::lost(const char* why) {
  for (const auto& side : {telling_, browsing_})
    if (side) fail(side, {ErrorKind::missing, why});
}

// ---- telling ----------------------------------------------------------------------------------------------------------

hal::Operation AvahiVicinity::advertise(const hal::Advertisement& session, Voice, Told told) {
  auto side = std::make_shared<Side>();
  side->session = session;
  side->told = std::move(told);
  side->on_dropped = [this, raw = side.get()] { free(raw->path, kGroupFace); };
  return begin(telling_, std::move(side));
}

void AvahiVicinity::open_group(const std::shared_ptr<Side>& side) {
  call(side, bus_.call(kAvahi, "/", kServerFace, "EntryGroupNew"), [this](const auto& now, sd_bus_message* reply) {
    const char* path = nullptr;
    if (sd_bus_message_read(reply, "o", &path) < 0) return fail(now, {ErrorKind::protocol, "Avahi answered something else"});
    now->path = path;
    const auto message = bus_.call(kAvahi, now->path, kGroupFace, "AddService");
    if (message.ok()) {
      auto* const raw = message.value().get();
      const auto name = "Nightjar " + now->session.session_id;   // its code is nobody else's
      sd_bus_message_append(raw, "iiussss", kAnyInterface, kIpv4, 0u, name.c_str(), kType, "", "");
      sd_bus_message_append(raw, "q", now->session.port);
      append_texts(raw, now->session);
    }
    call(now, message, [this](const auto& added, sd_bus_message*) { commit(added); });
  });
}

void AvahiVicinity::commit(const std::shared_ptr<Side>& side) { call(side, bus_.call(kAvahi, side->path, kGroupFace, "Commit"), nullptr); }

void AvahiVicinity::update(const hal::Advertisement& session) {
  const auto side = telling_;
  if (!side || !side->wanted || side->session == session) return;
  side->session = session;
  if (!side->up) return;
  const auto message = bus_.call(kAvahi, side->path, kGroupFace, "UpdateServiceTxt");
  if (!message.ok()) return;
  const auto name = "Nightjar " + session.session_id;
  sd_bus_message_append(message.value().get(), "iiusss", kAnyInterface, kIpv4, 0u, name.c_str(), kType, "");
  append_texts(message.value().get(), session);
  bus_.send(message.value(), [](const auto&) {});
}

// ---- browsing ---------------------------------------------------------------------------------------------------------

hal::Operation AvahiVicinity::browse(Handler& handler, Told told) {
  auto side = std::make_shared<Side>();
  side->handler = &handler;
  side->told = std::move(told);
  side->on_dropped = [this, raw = side.get()] {
    free(raw->path, kBrowserFace);
    for (const auto& [key, item] : raw->items) free(item.resolver, kResolverFace);
  };
  return begin(browsing_, std::move(side));
}

void AvahiVicinity::open_browser(const std::shared_ptr<Side>& side) {
  const auto message = bus_.call(kAvahi, "/", kServerFace, "ServiceBrowserNew");
  if (message.ok()) sd_bus_message_append(message.value().get(), "iissu", kAnyInterface, kIpv4, kType, "", 0u);
  call(side, message, [this](const auto& now, sd_bus_message* reply) {
    const char* path = nullptr;
    if (sd_bus_message_read(reply, "o", &path) < 0) return fail(now, {ErrorKind::protocol, "Avahi answered something else"});
    now->path = path;
    now->up = true;
    const auto told = now->told;
    told({});
  });
}

void AvahiVicinity::heard(const Bus::Signal& signal) {
  if (const auto telling = telling_; telling && telling->wanted && signal.interface == kGroupFace && signal.path == telling->path) {
    int state = 0;
    if (signal.member != "StateChanged" || sd_bus_message_read(signal.message, "i", &state) < 0) return;
    if (state == kCollision || state == kFailure) return fail(telling, {ErrorKind::io, "Avahi does not take the name"});
    if (state != kEstablished || std::exchange(telling->up, true)) return;
    const auto told = telling->told;
    return told({});
  }
  const auto side = browsing_;
  if (!side || !side->wanted) return;
  if (signal.interface == kBrowserFace && (side->path.empty() || signal.path == side->path)) {
    if (signal.member == "ItemNew") item_new(side, signal.message);
    if (signal.member == "ItemRemove") item_gone(side, signal.message);
    if (signal.member == "Failure") fail(side, {ErrorKind::io, "Avahi stopped browsing"});
  }
  if (signal.interface == kResolverFace && signal.member == "Found") resolved(side, signal.message);
}

/// A resolver stays, and tells when the text changes.
void AvahiVicinity::item_new(const std::shared_ptr<Side>& side, sd_bus_message* message) {
  int interface = 0;
  int protocol = 0;
  const char* name = nullptr;
  const char* type = nullptr;
  const char* domain = nullptr;
  if (sd_bus_message_read(message, "iisss", &interface, &protocol, &name, &type, &domain) < 0) return;
  const auto key = item_key(interface, name);
  if (side->items.contains(key) || side->items.size() >= kSessionsMax) return;
  side->items[key] = {};
  const auto asked = bus_.call(kAvahi, "/", kServerFace, "ServiceResolverNew");
  if (!asked.ok()) return;
  sd_bus_message_append(asked.value().get(), "iisssiu", interface, protocol, name, type, domain, kIpv4, 0u);
  bus_.send(asked.value(), [this, side, key](const Result<BusMessage>& reply) {
    const char* path = nullptr;
    if (!reply.ok() || sd_bus_message_read(reply.value().get(), "o", &path) < 0) return;
    const auto item = side->items.find(key);
    if (side->wanted && item != side->items.end()) item->second.resolver = path;
    else free(path, kResolverFace);   // it has gone meanwhile
  });
}

void AvahiVicinity::resolved(const std::shared_ptr<Side>& side, sd_bus_message* message) {
  int interface = 0;
  int protocol = 0;
  int address_protocol = 0;
  std::uint16_t port = 0;
  const char* name = nullptr;
  const char* type = nullptr;
  const char* domain = nullptr;
  const char* host = nullptr;
  const char* address = nullptr;
  if (sd_bus_message_read(message, "iissssisq", &interface, &protocol, &name, &type, &domain, &host, &address_protocol, &address, &port) < 0) return;
  const auto item = side->items.find(item_key(interface, name));
  const auto at = hal::IpAddress::parse(address);
  hal::Advertisement session;
  if (item == side->items.end() || !at || !read_texts(message, session)) return;
  session.port = port;
  if (!is_sound(session)) return;
  item->second.session_id = session.session_id;
  side->handler->on_sighted({session, *at});
}

void AvahiVicinity::item_gone(const std::shared_ptr<Side>& side, sd_bus_message* message) {
  int interface = 0;
  int protocol = 0;
  const char* name = nullptr;
  if (sd_bus_message_read(message, "iis", &interface, &protocol, &name) < 0) return;
  const auto at = side->items.find(item_key(interface, name));
  if (at == side->items.end()) return;
  const auto item = at->second;
  side->items.erase(at);
  free(item.resolver, kResolverFace);
  const bool elsewhere = std::ranges::any_of(side->items, [&](const auto& other) { return other.second.session_id == item.session_id; });
  if (!item.session_id.empty() && !elsewhere) side->handler->on_vanished(item.session_id);
}

}   // namespace nightjar::os
