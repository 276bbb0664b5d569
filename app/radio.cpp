#include "app/radio.h"

#include <algorithm>
#include <utility>

namespace nightjar::app {
namespace {

hal::Error no_wifi() { return {hal::ErrorKind::missing, "This device has no Wi-Fi"}; }

}  // namespace

Radio::Radio(hal::Wifi* wifi, Runtime& runtime) : wifi_(wifi), runtime_(runtime), machine_(runtime, *this) { machine_.start(); }

void Radio::watch() {
  if (wifi_ != nullptr) watching_ = wifi_->watch([this] { changed(); });
}

void Radio::refresh() {
  if (wifi_ == nullptr) return;
  reading_ = wifi_->status([this](const hal::Result<hal::WifiStatus>& status) { status_ = status.ok() ? std::optional{status.value()} : std::nullopt; });
}

void Radio::changed() {
  refresh();
  if (on_changed) on_changed();
}

// ---- what people ask --------------------------------------------------------------------------------------------------

template <class Event>
void Radio::ask(Order order, Event event) {
  runtime_.queue.post([this, order = std::move(order), event]() mutable {
    asked_ = std::move(order);
    machine_.process(event);   // its row takes the order, or refuses it
    asked_ = {};
  });
}

void Radio::join(const std::string& ssid, std::string passphrase, Joined joined) {
  const bool may_go_back = access_point_.has_value() || (status_ && status_->ssid);
  Order order;
  order.ssid = ssid;
  order.passphrase = std::move(passphrase);
  order.joined = std::move(joined);
  ask(std::move(order), fsm::JoinWifi{may_go_back});
}

void Radio::leave(Answer answer) {
  ask({{}, {}, [this](auto done) { return wifi_->disconnect(std::move(done)); }, "wifi_disconnected", access_point_, {}, std::move(answer)}, fsm::ChangeWifi{});
}

void Radio::forget(const std::string& ssid, Answer answer) {
  ask({{}, {}, [this, ssid](auto done) { return wifi_->forget(ssid, std::move(done)); }, "network_forgotten", access_point_, {}, std::move(answer)}, fsm::ChangeWifi{});
}

void Radio::start_access_point(hal::AccessPointOptions options, Answer answer) {
  const auto start = [this, options](auto done) { return wifi_->start_access_point(options, std::move(done)); };
  ask({{}, {}, start, "access_point_started", options, {}, std::move(answer)}, fsm::ChangeWifi{});
}

void Radio::stop_access_point(Answer answer) {
  ask({{}, {}, [this](auto done) { return wifi_->stop_access_point(std::move(done)); }, "access_point_stopped", std::nullopt, {}, std::move(answer)}, fsm::ChangeWifi{});
}

/// The handle is held until the answer has come, then let go of: later, for it is within its own answer.
template <class T, class Ask>
void Radio::question(std::function<void(const hal::Result<T>&)> answer, Ask ask) {
  if (wifi_ == nullptr || questions_.size() >= kQuestionsMax) {
    const auto error = wifi_ == nullptr ? no_wifi() : hal::Error{hal::ErrorKind::busy, "Too many ask at once"};
    return runtime_.queue.post([answer = std::move(answer), error] { answer(error); });
  }
  const auto handle = questions_.emplace_back(std::make_shared<hal::Operation>());
  *handle = ask([this, answer = std::move(answer), weak = std::weak_ptr{handle}](const hal::Result<T>& result) {
    runtime_.queue.post([this, weak] { std::erase(questions_, weak.lock()); });
    answer(result);
  });
}

void Radio::scan(bool refresh, Networks networks) {
  question<std::vector<hal::WifiNetwork>>(std::move(networks), [&](auto answer) { return wifi_->scan(refresh, std::move(answer)); });
}

void Radio::saved(Saved ssids) {
  question<std::vector<std::string>>(std::move(ssids), [&](auto answer) { return wifi_->saved(std::move(answer)); });
}

// ---- how it is done ---------------------------------------------------------------------------------------------------

hal::Wifi::Done Radio::done() {
  return [this](const hal::Result<void>& result) {
    if (result.ok()) machine_.answer(operation_, fsm::WifiDone{});
    else machine_.answer(operation_, fsm::WifiFailed{result.error()});
  };
}

void Radio::join() {
  const auto passphrase = std::exchange(order_.passphrase, {});
  if (wifi_ == nullptr) return machine_.dispatch(fsm::WifiFailed{no_wifi()});
  way_back_ = std::exchange(access_point_, std::nullopt);
  network_back_ = status_ && status_->ssid ? *status_->ssid : std::string{};
  operation_ = wifi_->connect(order_.ssid, passphrase, done());
}

void Radio::verify() {
  operation_ = wifi_->status([this](const hal::Result<hal::WifiStatus>& status) {
    if (!status.ok()) return machine_.answer(operation_, fsm::WifiFailed{status.error()});
    status_ = status.value();
    if (status_->ssid != order_.ssid) return machine_.answer(operation_, fsm::WifiFailed{{hal::ErrorKind::closed, "the connection did not last"}});
    if (!status_->address) return machine_.answer(operation_, fsm::WifiFailed{{hal::ErrorKind::timed_out, "the network gave us no address"}});
    machine_.answer(operation_, fsm::WifiDone{});
  });
}

void Radio::change() {
  order_ = std::exchange(asked_, {});
  if (wifi_ == nullptr) return machine_.dispatch(fsm::WifiFailed{no_wifi()});
  operation_ = order_.change(done());
}

void Radio::go_back() {
  operation_ = way_back_ ? wifi_->start_access_point(*way_back_, done()) : wifi_->connect(network_back_, {}, done());
}

// ---- what came of it --------------------------------------------------------------------------------------------------

void Radio::report_started() {
  order_ = std::exchange(asked_, {});
  if (on_started) on_started(order_.ssid);
}

void Radio::report_connected() {
  runtime_.log.write(hal::LogLevel::info, "wifi_link", "joined", {{"ssid", order_.ssid}});
  const auto order = std::exchange(order_, {});
  if (on_connected) on_connected(order.ssid, *status_);
  if (order.joined) order.joined(*status_);
  changed();
}

void Radio::report_timed_out() { failed_to_join({hal::ErrorKind::timed_out, "the network did not let us in"}); }

void Radio::failed_to_join(const hal::Error& error) {
  runtime_.log.write(hal::LogLevel::warning, "wifi_link", "not joined", {{"ssid", order_.ssid}, {"error", error.text()}});
  const auto order = std::exchange(order_, {});
  if (on_failed) on_failed(order.ssid, error);
  if (order.joined) order.joined(error);
  changed();
}

void Radio::report_changed() {
  const auto order = std::exchange(order_, {});
  access_point_ = order.access_point;
  if (on_event) on_event(order.event);
  if (order.answer) order.answer({});
  changed();
}

void Radio::report_not_changed(const fsm::WifiFailed& failed) {
  const auto order = std::exchange(order_, {});
  if (order.answer) order.answer(failed.error);
}

void Radio::report_change_timed_out() { report_not_changed({{hal::ErrorKind::timed_out, "the Wi-Fi service did not answer"}}); }

void Radio::report_back() {
  access_point_ = std::exchange(way_back_, std::nullopt);
  runtime_.log.write(hal::LogLevel::info, "wifi_link", "back where it was");
  changed();
}

void Radio::report_stranded() {
  way_back_.reset();
  runtime_.log.write(hal::LogLevel::error, "wifi_link", "on no network: nor could it go back where it was");
  changed();
}

void Radio::report_busy() {
  const hal::Error busy{hal::ErrorKind::busy, "Another change of the Wi-Fi is under way"};
  const auto order = std::exchange(asked_, {});
  if (order.joined) order.joined(busy);
  if (order.answer) order.answer(busy);
}

}  // namespace nightjar::app
