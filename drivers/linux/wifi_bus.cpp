#include "drivers/linux/wifi_bus.h"

#include <poll.h>
#include <systemd/sd-bus.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

namespace nightjar::os {

using hal::Error;
using hal::ErrorKind;
using hal::Result;

namespace {

constexpr hal::Duration kReplyPatience = std::chrono::seconds{25};   // libdbus's own default

/// The sender's words are kept out: they might quote what we sent.
Error bus_error(const sd_bus_error& error) {
  const std::string_view name = error.name ? error.name : "";
  for (const auto* gone : {SD_BUS_ERROR_SERVICE_UNKNOWN, SD_BUS_ERROR_NAME_HAS_NO_OWNER, SD_BUS_ERROR_DISCONNECTED})
    if (name == gone) return {ErrorKind::missing, std::string{name}};
  if (name == SD_BUS_ERROR_NO_REPLY || name == SD_BUS_ERROR_TIMEOUT) return {ErrorKind::timed_out, std::string{name}};
  if (name == SD_BUS_ERROR_ACCESS_DENIED || name.ends_with(".PermissionDenied")) return {ErrorKind::denied, std::string{name}};
  return {ErrorKind::io, std::string{name}};
}

bool read_bytes(sd_bus_message* message, std::string& out) {
  const void* bytes = nullptr;
  std::size_t size = 0;
  if (sd_bus_message_read_array(message, 'y', &bytes, &size) < 0) return false;
  out.assign(static_cast<const char*>(bytes), size);
  return true;
}

template <class T>
bool read_number(sd_bus_message* message, char type, BusValue& out) {
  T value{};
  if (sd_bus_message_read_basic(message, type, &value) < 0) return false;
  if constexpr (std::is_signed_v<T>)
    out = static_cast<std::int64_t>(value);
  else
    out = static_cast<std::uint64_t>(value);
  return true;
}

bool read_text(sd_bus_message* message, char type, std::string& out) {
  const char* text = nullptr;
  if (sd_bus_message_read_basic(message, type, &text) < 0 || !text) return false;
  out = text;
  return true;
}

bool read_texts(sd_bus_message* message, char type, BusValue& out) {
  std::vector<std::string> texts;
  if (sd_bus_message_enter_container(message, 'a', std::string(1, type).c_str()) < 0) return false;
  std::string text;
  while (sd_bus_message_at_end(message, 0) == 0)
    if (!read_text(message, type, text))
      return false;
    else
      texts.push_back(text);
  out = std::move(texts);
  return sd_bus_message_exit_container(message) >= 0;
}

bool read_list_of_dicts(sd_bus_message* message, BusValue& out) {
  std::vector<BusDict> dicts;
  if (sd_bus_message_enter_container(message, 'a', "a{sv}") < 0) return false;
  while (sd_bus_message_at_end(message, 0) == 0) {
    dicts.emplace_back();
    if (!read_dict(message, dicts.back())) return false;
  }
  out = std::move(dicts);
  return sd_bus_message_exit_container(message) >= 0;
}

bool read_value(sd_bus_message* message, BusValue& out) {
  const char* contents = nullptr;
  char type = 0;
  if (sd_bus_message_peek_type(message, &type, &contents) < 0 || type != 'v' || !contents) return false;
  const std::string signature = contents;
  if (sd_bus_message_enter_container(message, 'v', signature.c_str()) < 0) return false;
  bool good = true;
  if (signature == "b") {
    int value = 0;
    good = sd_bus_message_read_basic(message, 'b', &value) >= 0;
    out = value != 0;
  } else if (signature == "s" || signature == "o") {
    std::string text;
    good = read_text(message, signature[0], text);
    out = std::move(text);
  } else if (signature == "ay") {
    std::string bytes;
    good = read_bytes(message, bytes);
    out = std::move(bytes);
  } else if (signature == "u") {
    good = read_number<std::uint32_t>(message, 'u', out);
  } else if (signature == "y") {
    good = read_number<std::uint8_t>(message, 'y', out);
  } else if (signature == "x") {
    good = read_number<std::int64_t>(message, 'x', out);
  } else if (signature == "i") {
    good = read_number<std::int32_t>(message, 'i', out);
  } else if (signature == "as" || signature == "ao") {
    good = read_texts(message, signature[1], out);
  } else if (signature == "aa{sv}") {
    good = read_list_of_dicts(message, out);
  } else {
    good = sd_bus_message_skip(message, signature.c_str()) >= 0;
  }
  return good && sd_bus_message_exit_container(message) >= 0;
}

}   // namespace

BusMessage share(sd_bus_message* message) {
  return {message, [](sd_bus_message* held) { sd_bus_message_unref(held); }};
}

bool read_dict(sd_bus_message* message, BusDict& out) {
  if (sd_bus_message_enter_container(message, 'a', "{sv}") <= 0) return false;
  while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
    std::string name;
    if (!read_text(message, 's', name) || !read_value(message, out.values[name])) return false;
    if (sd_bus_message_exit_container(message) < 0) return false;
  }
  return sd_bus_message_exit_container(message) >= 0;
}

bool read_dicts(sd_bus_message* message, std::map<std::string, BusDict>& out) {
  if (sd_bus_message_enter_container(message, 'a', "{sa{sv}}") <= 0) return false;
  while (sd_bus_message_enter_container(message, 'e', "sa{sv}") > 0) {
    std::string name;
    if (!read_text(message, 's', name) || !read_dict(message, out[name])) return false;
    if (sd_bus_message_exit_container(message) < 0) return false;
  }
  return sd_bus_message_exit_container(message) >= 0;
}

/// One open connection. Kept alive by whoever is inside it, so that a reply may destroy the Bus.
struct Bus::State : std::enable_shared_from_this<State> {
  struct Pending {
    State* state = nullptr;
    std::uint64_t id = 0;
    Reply reply;
    sd_bus_slot* slot = nullptr;
  };

  explicit State(AsioLoop& on) : loop(on) {}
  ~State() { close(); }

  Result<void> open(const std::string& match) {
    if (const int failed = sd_bus_open_system(&bus); failed < 0)
      return Error{ErrorKind::missing, "no system bus: " + std::system_category().message(-failed)};
    sd_bus_add_match_async(bus, nullptr, match.c_str(), &State::heard, nullptr, this);
    try {
      watch_read = loop.readable(sd_bus_get_fd(bus), [this] { process(); });
    } catch (const std::system_error& error) {
      close();
      return Error{ErrorKind::io, error.what()};
    }
    arm();
    return {};
  }

  void close() {
    watch_read.drop();
    watch_write.drop();
    timer.drop();
    for (auto& [id, pending] : waiting) sd_bus_slot_unref(pending->slot);
    waiting.clear();
    if (bus) sd_bus_close_unref(std::exchange(bus, nullptr));
  }

  void process() {
    const auto keep = shared_from_this();
    while (bus) {
      const int worked = sd_bus_process(bus, nullptr);
      if (worked < 0) return broken();
      if (worked == 0) break;
    }
    if (bus) arm();
  }

  /// Waits for what sd-bus waits for: always for bytes, for room when it has some to send, for its next time-out.
  void arm() {
    const int events = sd_bus_get_events(bus);
    if (events < 0) return broken();
    if ((events & POLLOUT) == 0)
      watch_write.drop();
    else if (!watch_write)
      watch_write = loop.writable(sd_bus_get_fd(bus), [this] { process(); });
    std::uint64_t micros = 0;
    if (sd_bus_get_timeout(bus, &micros) >= 0 && micros != UINT64_MAX)   // absolute, CLOCK_MONOTONIC
      timer = loop.at(hal::Instant{std::chrono::microseconds{micros}}, [this] { process(); });
    else
      timer.drop();
  }

  void broken() {
    const auto keep = shared_from_this();
    auto lost = std::move(waiting);
    waiting.clear();
    for (auto& [id, pending] : lost) pending->slot = sd_bus_slot_unref(pending->slot);
    close();
    for (auto& [id, pending] : lost) {
      if (owner == nullptr) return;
      pending->reply(Error{ErrorKind::missing, "the system bus went away"});
    }
  }

  static int replied(sd_bus_message* message, void* userdata, sd_bus_error*) {
    auto* pending = static_cast<Pending*>(userdata);
    auto* state = pending->state;
    const auto at = state->waiting.find(pending->id);
    if (at == state->waiting.end()) return 0;
    const auto held = std::move(at->second);
    state->waiting.erase(at);
    held->slot = sd_bus_slot_unref(held->slot);
    if (const auto* error = sd_bus_message_get_error(message))
      held->reply(bus_error(*error));
    else
      held->reply(share(sd_bus_message_ref(message)));
    return 1;
  }

  static int heard(sd_bus_message* message, void* userdata, sd_bus_error*) {
    const auto* state = static_cast<State*>(userdata);
    if (!state->owner || !state->owner->on_signal) return 0;
    const auto text = [](const char* words) { return std::string{words ? words : ""}; };
    const Signal signal{text(sd_bus_message_get_path(message)), text(sd_bus_message_get_interface(message)),
                        text(sd_bus_message_get_member(message)), message};
    const auto on_signal = state->owner->on_signal;
    on_signal(signal);
    return 0;
  }

  AsioLoop& loop;
  Bus* owner = nullptr;
  sd_bus* bus = nullptr;
  std::map<std::uint64_t, std::unique_ptr<Pending>> waiting;   // bounded by sd-bus: 16 384 replies a connection
  std::uint64_t last_id = 0;
  hal::Operation watch_read;
  hal::Operation watch_write;
  hal::Operation timer;
};

Bus::Bus(AsioLoop& loop, std::string match) : loop_(loop), match_(std::move(match)) {}

Bus::~Bus() {
  if (!state_) return;
  state_->owner = nullptr;
  state_->close();
}

Result<BusMessage> Bus::call(const char* service, const std::string& path, const char* interface, const char* method) {
  if (!state_ || !state_->bus) {
    state_ = std::make_shared<State>(loop_);
    state_->owner = this;
    if (auto opened = state_->open(match_); !opened.ok()) return opened.error();
  }
  sd_bus_message* message = nullptr;
  const int failed = sd_bus_message_new_method_call(state_->bus, &message, service, path.c_str(), interface, method);
  if (failed < 0) return Error{ErrorKind::io, std::system_category().message(-failed)};
  sd_bus_message_set_auto_start(message, 0);
  return share(message);
}

void Bus::send(const BusMessage& message, Reply reply) {
  const auto state = state_;
  auto pending = std::make_unique<State::Pending>();
  pending->state = state.get();
  pending->id = ++state->last_id;
  pending->reply = std::move(reply);
  auto* const raw = pending.get();
  state->waiting.emplace(raw->id, std::move(pending));
  const auto patience = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(kReplyPatience).count());
  const int sent = state->bus ? sd_bus_call_async(state->bus, &raw->slot, message.get(), &State::replied, raw, patience) : -ENOTCONN;
  if (sent >= 0) return state->arm();
  loop_.post([state, id = raw->id, sent] {
    const auto at = state->waiting.find(id);
    if (at == state->waiting.end()) return;
    const auto failed = std::move(at->second);
    state->waiting.erase(at);
    failed->reply(Error{ErrorKind::io, "D-Bus: " + std::system_category().message(-sent)});
  });
}

}   // namespace nightjar::os
