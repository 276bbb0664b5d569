#include "app/time_keeper.h"

#include <utility>

namespace nightjar::app {
namespace {

using namespace sml::literals;
using std::chrono::milliseconds;

sml::Time since_1970(hal::WallTime time) { return time.time_since_epoch(); }

}  // namespace

/// One client and what it says.
struct TimeKeeper::Asker final : fsm::ClientTimePort {
  Asker(TimeKeeper& the_keeper, const std::shared_ptr<Client>& the_client) : keeper(the_keeper), client(the_client), machine(the_keeper.runtime_, *this) {}

  void ask(std::uint32_t request) override {
    if (const auto there = client.lock()) there->send(time_sync_request(keeper.wall_clock_.now(), request));
  }
  /// Its clock when it answered, which was about half the round trip ago.
  void offer(sml::Time said, sml::Time round_trip) override {
    const auto now = said + round_trip / 2;
    clock = now - keeper.runtime_.now();
    keeper.offer({client, {}}, fsm::ClientTold{now - since_1970(keeper.wall_clock_.now())});
  }
  void report_silent() override { keeper.runtime_.log.write(hal::LogLevel::debug, "client_time", "a client did not say what time it is"); }

  TimeKeeper& keeper;
  std::weak_ptr<Client> client;
  std::optional<sml::Time> clock;   // what it shows, over our monotonic clock: that of ours on the wall may be set meanwhile
  Hosted<fsm::ClientTime> machine;
};

TimeKeeper::TimeKeeper(hal::WallClock& wall_clock, Runtime& runtime) : wall_clock_(wall_clock), runtime_(runtime), machine_(runtime, *this) { machine_.start(); }
TimeKeeper::~TimeKeeper() = default;

bool TimeKeeper::known() const { return machine_.is("known"_s); }

// ---- who tells the time -----------------------------------------------------------------------------------------------

void TimeKeeper::add_client(const std::shared_ptr<Client>& client) {
  auto& asker = clients_[client.get()];
  asker = std::make_unique<Asker>(*this, client);
  asker->machine.start();
}

void TimeKeeper::remove_client(const Client& client) { clients_.erase(&client); }

void TimeKeeper::ask_clients() {
  for (const auto& [client, asker] : clients_) asker->machine.dispatch(fsm::AskTime{});
}

void TimeKeeper::answered(const Client& client, const TimeSyncResponse& response) {
  const auto found = clients_.find(&client);
  if (found != clients_.end()) found->second->machine.dispatch(fsm::TimeAnswered{response.request, since_1970(response.client_time)});
}

/// How old a fix is it tells itself, or its phone's clock does, or ours where that is right.
void TimeKeeper::told_by_gps(const std::shared_ptr<Client>& client, const GpsResponse& gps) {
  const auto asker = clients_.find(client.get());
  sml::Time age{0};
  if (gps.age) age = *gps.age;
  else if (asker != clients_.end() && asker->second->clock) age = *asker->second->clock + runtime_.now() - since_1970(gps.time);
  else if (known()) age = -ahead_of_ours(gps.time);
  offer({client, {}}, fsm::GpsTold{ahead_of_ours(gps.time + gps.age.value_or(milliseconds{0})), gps.accurate, age});
}

void TimeKeeper::told_by_hand(hal::WallTime time, Answer answer) { offer({{}, std::move(answer)}, fsm::ClientTold{ahead_of_ours(time)}); }

template <class Event>
void TimeKeeper::offer(Teller teller, Event event) {
  runtime_.queue.post([this, teller = std::move(teller), event]() mutable {
    teller_ = std::move(teller);
    machine_.process(event);   // its row answers, or keeps who told for later
    teller_ = {};
  });
}

// ---- the device's clock -----------------------------------------------------------------------------------------------

void TimeKeeper::set_clock(sml::Time by) {
  waiting_ = std::exchange(teller_, {});
  setting_ = wall_clock_.set(wall_clock_.now() + std::chrono::round<milliseconds>(by), [this](const hal::Result<void>& result) {
    if (result.ok()) machine_.answer(setting_, fsm::ClockSet{});
    else machine_.answer(setting_, fsm::ClockNotSet{result.error()});
  });
}

void TimeKeeper::report_in_time() {
  const bool is_news = !known();
  wrong_ = false;
  last_sync_ = wall_clock_.now();
  const auto teller = std::exchange(teller_, {});
  // Told when the step is done: then it is known.
  runtime_.queue.post([this, teller, is_news] {
    if (on_in_time) on_in_time(teller.client);
    if (teller.answer) teller.answer({});
    if (is_news && on_known) on_known();
    if (is_news) changed();
  });
}

void TimeKeeper::report_set() {
  wrong_ = false;
  last_sync_ = wall_clock_.now();
  const auto by = std::to_string(std::chrono::duration_cast<milliseconds>(machine_.context().offset).count());
  runtime_.log.write(hal::LogLevel::info, "device_clock", "set", {{"by_ms", by}, {"source", machine_.context().source == fsm::TimeSource::gps ? "gps" : "client"}});
  runtime_.queue.post([this, waiting = std::exchange(waiting_, {})] {
    if (on_set) on_set();
    if (waiting.answer) waiting.answer({});
    if (on_known) on_known();
    changed();
  });
}

void TimeKeeper::report_set_timed_out() { not_set({hal::ErrorKind::timed_out, "the clock was not set in time"}); }

void TimeKeeper::not_set(const hal::Error& error) {
  wrong_ = true;
  runtime_.log.write(hal::LogLevel::warning, "device_clock", "it is wrong and was not set", {{"error", error.text()}});
  runtime_.queue.post([this, error, waiting = std::exchange(waiting_, {})] {
    if (on_not_set) on_not_set(error.text());
    if (waiting.answer) waiting.answer(error);
    changed();
  });
}

void TimeKeeper::unreliable(const char* reason) {
  if (on_unreliable) on_unreliable(teller_.client, "gps", reason);
}

void TimeKeeper::report_busy() {
  if (teller_.answer) teller_.answer(hal::Error{hal::ErrorKind::busy, "the clock is being set"});
}

void TimeKeeper::report_lost() {
  const auto* source = machine_.context().source == fsm::TimeSource::gps ? "gps" : "client";
  runtime_.queue.post([this, source] {
    if (on_unreliable) on_unreliable({}, source, "Nobody has told the time for long");
    changed();
  });
}

void TimeKeeper::show(TimeSyncView& view) const {
  const auto& told = machine_.context();
  const bool is_near = told.offset < fsm::kNear && told.offset > -sml::Time{fsm::kNear};
  const bool is_sure = told.source == fsm::TimeSource::gps || is_near;
  view.pi_synchronized = known();
  view.reliability = known() ? (is_sure ? "high" : "medium") : last_sync_ && !wrong_ ? "low" : "none";
  view.pi_last_sync = last_sync_;
  if (told.source == fsm::TimeSource::nobody) return;
  view.source = told.source == fsm::TimeSource::gps ? "gps" : "client";
  view.offset = std::chrono::round<milliseconds>(told.offset);
}

void TimeKeeper::changed() {
  if (on_changed) on_changed();
}

}  // namespace nightjar::app
