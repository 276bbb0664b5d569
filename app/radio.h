#pragma once
// The device's Wi-Fi as people change it: what is asked of the radio goes through here, one change at a time. Passphrases come in, go to
// the driver and are forgotten; nothing here says one.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/hosted.h"
#include "fsm/wifi_link.h"
#include "hal/wifi.h"

namespace nightjar::app {

class Radio final : private fsm::WifiLinkPort {
 public:
  /// Without Wi-Fi (null) everything is answered `missing`.
  Radio(hal::Wifi* wifi, Runtime& runtime);

  using Answer = std::function<void(const hal::Result<void>&)>;
  using Joined = std::function<void(const hal::Result<hal::WifiStatus>&)>;
  /// Each is answered once, later, when it is done or is not: a join when it is verified. `busy` while another is under way. Else the
  /// errors are hal::Wifi's.
  void join(const std::string& ssid, std::string passphrase, Joined joined);
  void leave(Answer answer);
  void forget(const std::string& ssid, Answer answer);
  void start_access_point(hal::AccessPointOptions options, Answer answer);
  void stop_access_point(Answer answer);

  using Networks = std::function<void(const hal::Result<std::vector<hal::WifiNetwork>>&)>;
  using Saved = std::function<void(const hal::Result<std::vector<std::string>>&)>;
  /// Questions; answered `busy` when kQuestionsMax wait.
  void scan(bool refresh, Networks networks);
  void saved(Saved ssids);
  static constexpr std::size_t kQuestionsMax = 16;

  /// Asks anew how things are; what came of it is status().
  void refresh();
  const std::optional<hal::WifiStatus>& status() const { return status_; }
  /// Says whenever they have changed, from now on.
  void watch();

  const Hosted<fsm::WifiLink>& machine() const { return machine_; }

  // What happened; the wiring decides who hears.
  std::function<void(const std::string& ssid)> on_started;
  std::function<void(const std::string& ssid, const hal::WifiStatus&)> on_connected;
  std::function<void(const std::string& ssid, const hal::Error&)> on_failed;
  std::function<void(const char* what)> on_event;   // wifi_disconnected, network_forgotten, access_point_started, access_point_stopped
  std::function<void()> on_changed;                 // where we are on the network

 private:
  void join() override;
  void verify() override;
  void change() override;
  void go_back() override;
  void forget() override { operation_.drop(); }
  void report_started() override;
  void report_connected() override;
  void report_failed(const fsm::WifiFailed& failed) override { failed_to_join(failed.error); }
  void report_timed_out() override;
  void report_changed() override;
  void report_not_changed(const fsm::WifiFailed& failed) override;
  void report_change_timed_out() override;
  void report_back() override;
  void report_stranded() override;
  void report_busy() override;

  /// What somebody wants of the radio.
  struct Order {
    std::string ssid;                                              // to join
    std::string passphrase;
    std::function<hal::Operation(hal::Wifi::Done)> change;         // or to change, and what to call it then
    const char* event = "";
    std::optional<hal::AccessPointOptions> access_point;           // there is then
    Joined joined;
    Answer answer;
  };
  template <class Event>
  void ask(Order order, Event event);
  hal::Wifi::Done done();
  template <class T, class Ask>
  void question(std::function<void(const hal::Result<T>&)> answer, Ask ask);
  void failed_to_join(const hal::Error& error);
  void changed();

  hal::Wifi* wifi_;
  Runtime& runtime_;
  Order asked_;                                    // of the event that is being processed
  Order order_;                                    // what is being done
  std::optional<hal::AccessPointOptions> access_point_;   // ours, while it is on
  std::optional<hal::AccessPointOptions> way_back_;       // what there was before a join: an access point,
  std::string network_back_;                              // or a network
  std::optional<hal::WifiStatus> status_;
  hal::Operation operation_;
  hal::Operation reading_;
  hal::Operation watching_;
  std::vector<std::shared_ptr<hal::Operation>> questions_;
  Hosted<fsm::WifiLink> machine_;
};

}  // namespace nightjar::app
