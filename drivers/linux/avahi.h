#pragma once
// hal::Vicinity by mDNS: Avahi over D-Bus, services of type _nightjar._tcp whose TXT record holds the advertisement's fields.
#include <map>
#include <memory>
#include <set>
#include <string>

#include "drivers/linux/wifi_bus.h"
#include "hal/vicinity.h"

namespace nightjar::os {

/// IPv4 only, on every interface Avahi is on. `missing` while the daemon does not run.
class AvahiVicinity final : public hal::Vicinity {
 public:
  explicit AvahiVicinity(AsioLoop& loop);
  ~AvahiVicinity() override;

  hal::Operation advertise(const hal::Advertisement& session, Voice voice, Told told) override;
  void update(const hal::Advertisement& session) override;
  hal::Operation browse(Handler& handler, Told told) override;

 private:
  struct Side;
  /// A service on one interface; Avahi tells of each.
  struct Item {
    std::string resolver;        // its object's path
    std::string session_id;      // empty until it is resolved
  };
  using Then = std::function<void(const std::shared_ptr<Side>& side, sd_bus_message* reply)>;

  hal::Operation begin(std::shared_ptr<Side>& place, std::shared_ptr<Side> side);
  void fail(const std::shared_ptr<Side>& side, hal::Error error);
  /// Sends a call for a side; its reply comes only while the side is wanted, and an error fails it.
  void call(const std::shared_ptr<Side>& side, const hal::Result<BusMessage>& message, Then then);
  void free(const std::string& path, const char* interface);
  void open_group(const std::shared_ptr<Side>& side);
  void commit(const std::shared_ptr<Side>& side);
  void open_browser(const std::shared_ptr<Side>& side);
  void heard(const Bus::Signal& signal);
  void item_new(const std::shared_ptr<Side>& side, sd_bus_message* message);
  void item_gone(const std::shared_ptr<Side>& side, sd_bus_message* message);
  void resolved(const std::shared_ptr<Side>& side, sd_bus_message* message);
  void lost(const char* why);

  AsioLoop& loop_;
  Bus bus_;
  Bus names_;                    // who is on the bus
  std::shared_ptr<Side> telling_;
  std::shared_ptr<Side> browsing_;
};

}   // namespace nightjar::os
