#pragma once
// sd-bus on our loop: calls that answer later, signals, and property maps as plain values.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "drivers/linux/loop.h"
#include "hal/result.h"

struct sd_bus_message;   // sd-bus stays in the .cpp files

namespace nightjar::os {

/// A message that is let go of with its last owner.
using BusMessage = std::shared_ptr<sd_bus_message>;
/// Takes over the caller's reference.
BusMessage share(sd_bus_message* message);

struct BusDict;
/// A value of a property map, as far as NetworkManager's are of interest; anything else is empty.
using BusValue =
    std::variant<std::monostate, bool, std::uint64_t, std::int64_t, std::string, std::vector<std::string>, std::vector<BusDict>>;

/// a{sv}; byte arrays are strings of their bytes, object paths are strings.
struct BusDict {
  std::map<std::string, BusValue> values;

  std::string text(const std::string& name) const { return get<std::string>(name); }
  std::uint64_t number(const std::string& name) const { return get<std::uint64_t>(name); }
  bool flag(const std::string& name) const { return get<bool>(name); }
  /// What is absent or of another type is T{}.
  template <class T>
  T get(const std::string& name) const {
    const auto at = values.find(name);
    const auto* value = at == values.end() ? nullptr : std::get_if<T>(&at->second);
    return value ? *value : T{};
  }
};

/// Reads an a{sv} at the message's place; false when there is none. Whatever a message holds, this does not throw.
bool read_dict(sd_bus_message* message, BusDict& out);
/// Reads an a{sa{sv}}.
bool read_dicts(sd_bus_message* message, std::map<std::string, BusDict>& out);

/// A connection to the system bus, opened when first used and again after it broke. Loop thread only.
class Bus {
 public:
  using Reply = std::function<void(hal::Result<BusMessage>)>;
  struct Signal {
    std::string path;
    std::string interface;
    std::string member;
    sd_bus_message* message;   // during the call only
  };

  /// Listens to the signals `match` picks.
  Bus(AsioLoop& loop, std::string match);
  ~Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  /// A method call to fill in, or why there is no bus (`missing`).
  hal::Result<BusMessage> call(const char* service, const std::string& path, const char* interface, const char* method);
  /// Sends it. `reply` comes later, once, unless this is destroyed first.
  void send(const BusMessage& message, Reply reply);

  /// Hears every signal; may be empty.
  std::function<void(const Signal&)> on_signal;

 private:
  struct State;
  AsioLoop& loop_;
  std::string match_;
  std::shared_ptr<State> state_;
};

}   // namespace nightjar::os
