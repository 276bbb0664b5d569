#pragma once
// What time it is, from whoever knows: asks every client, hears of GPS, and sets the device's clock. It says that the clock was set when
// it was.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/client.h"
#include "app/hosted.h"
#include "app/messages/time_message.h"
#include "fsm/client_time.h"
#include "fsm/device_clock.h"

namespace nightjar::app {

class TimeKeeper final : private fsm::DeviceClockPort {
 public:
  TimeKeeper(hal::WallClock& wall_clock, Runtime& runtime);
  ~TimeKeeper() override;

  // Clients: each is asked from its welcome to its end. As many as there are clients.
  void add_client(const std::shared_ptr<Client>& client);
  void remove_client(const Client& client);
  /// A session begins.
  void ask_clients();
  void answered(const Client& client, const TimeSyncResponse& response);
  void told_by_gps(const std::shared_ptr<Client>& client, const GpsResponse& gps);
  using Answer = std::function<void(const hal::Result<void>&)>;
  /// A person tells the time; nobody knows how long the word took. Answered when it is known what came of it.
  void told_by_hand(hal::WallTime time, Answer answer);

  /// Somebody has told the time lately, and ours is that.
  bool known() const;
  /// Of the device's clock, the camera's besides.
  void show(TimeSyncView& view) const;
  const Hosted<fsm::DeviceClock>& machine() const { return machine_; }

  // What happened; the wiring decides who hears.
  std::function<void(const std::weak_ptr<Client>& who)> on_in_time;        // ours was right; who has told the time, if it was a client
  std::function<void()> on_set;
  std::function<void(const std::string& error)> on_not_set;                // it is wrong, and stays so
  std::function<void(const std::weak_ptr<Client>& who, const char* source, const char* reason)> on_unreliable;
  std::function<void()> on_known;                                          // it was not, or it was set
  std::function<void()> on_changed;

 private:
  struct Asker;
  /// Who has told a time; hears what came of it.
  struct Teller {
    std::weak_ptr<Client> client;
    Answer answer;
  };
  template <class Event>
  void offer(Teller teller, Event event);

  void set_clock(sml::Time by) override;
  void forget_set() override { setting_.drop(); }
  void report_in_time() override;
  void report_set() override;
  void report_not_set(const fsm::ClockNotSet& failed) override { not_set(failed.error); }
  void report_set_timed_out() override;
  void report_inaccurate() override { unreliable("Poor GPS accuracy"); }
  void report_too_old() override { unreliable("Stale GPS time"); }
  void report_busy() override;
  void report_lost() override;

  void not_set(const hal::Error& error);
  void unreliable(const char* reason);
  void changed();
  sml::Time ahead_of_ours(hal::WallTime time) const { return time - wall_clock_.now(); }

  hal::WallClock& wall_clock_;
  Runtime& runtime_;
  std::map<const Client*, std::unique_ptr<Asker>> clients_;
  Teller teller_;                              // of the event that is being processed
  Teller waiting_;                             // for the clock to be set
  bool wrong_ = false;                         // it is known to be
  std::optional<hal::WallTime> last_sync_;
  hal::Operation setting_;
  Hosted<fsm::DeviceClock> machine_;
};

}  // namespace nightjar::app
