#include "app/connection_metrics.h"

#include <fmt/format.h>

namespace nightjar::app {
namespace {

bool is_open(std::string_view state) { return state == "connected" || state == "receiving_data"; }

constexpr std::array kStates{"disconnected", "connecting", "connected", "receiving_data", "reconnecting", "error"};

}  // namespace

void ConnectionMetrics::changed(std::string_view from, std::string_view to, fsm::Connection::Trouble trouble, hal::Instant now) {
  using enum fsm::Connection::Trouble;
  if (is_open(from) && !is_open(to)) {
    // A person's wish leaves no trouble behind; nor does the end of the program, which is one.
    ++disconnections_[trouble == denied ? kByAuth : trouble == none ? kByUser : kByNetwork];
    lost_ = trouble == network ? std::optional{now} : std::nullopt;
  }
  if (to == "connected" && !is_open(from)) {
    ++connected_;
    if (lost_) {
      ++reconnections_;
      reconnecting_ += now - *lost_;
      lost_.reset();
    }
  }
  if (to == "error") ++errors_[trouble == denied ? kAuth : trouble == refused ? kRefused : kNetwork];
  if (to == "disconnected" && trouble == none) lost_.reset();   // nobody waits for it any more
}

double ConnectionMetrics::success_rate() const {
  const auto all = connected_ + errors();
  return all == 0 ? 1.0 : static_cast<double>(connected_) / static_cast<double>(all);
}

std::optional<hal::Duration> ConnectionMetrics::average_reconnection() const {
  return reconnections_ == 0 ? std::nullopt : std::optional{reconnecting_ / static_cast<hal::Duration::rep>(reconnections_)};
}

std::string ConnectionMetrics::prometheus(std::string_view state) const {
  std::string out;
  const auto family = [&out](std::string_view name, std::string_view type, std::string_view help) {
    out += fmt::format("# HELP nightjar_uplink_{} {}\n# TYPE nightjar_uplink_{} {}\n", name, help, name, type);
  };
  const auto sample = [&out](std::string_view name, auto value) { out += fmt::format("nightjar_uplink_{} {}\n", name, value); };

  family("connections_total", "counter", "Times the connection was opened.");
  sample("connections_total", connected_);
  family("errors_total", "counter", "Times it was given up, by reason.");
  sample("errors_total{reason=\"auth\"}", errors_[kAuth]);
  sample("errors_total{reason=\"refused\"}", errors_[kRefused]);
  sample("errors_total{reason=\"retries\"}", errors_[kNetwork]);
  family("success_ratio", "gauge", "connections / (connections + errors).");
  sample("success_ratio", success_rate());
  family("reconnection_seconds", "summary", "From a loss to the next opening.");
  sample("reconnection_seconds_sum", hal::in_seconds(reconnecting_));
  sample("reconnection_seconds_count", reconnections_);
  family("reconnection_seconds_average", "gauge", "The average of them.");
  sample("reconnection_seconds_average", hal::in_seconds(average_reconnection().value_or(hal::Duration{})));
  family("retries_exhausted_total", "counter", "Times the last reconnection attempt failed.");
  sample("retries_exhausted_total", retries_exhausted());
  family("disconnections_total", "counter", "Times an open connection ended, by cause.");
  sample("disconnections_total{cause=\"network\"}", disconnections_[kByNetwork]);
  sample("disconnections_total{cause=\"auth\"}", disconnections_[kByAuth]);
  sample("disconnections_total{cause=\"user\"}", disconnections_[kByUser]);
  family("state", "gauge", "1 for the state it is in.");
  for (const auto* each : kStates) sample(fmt::format("state{{state=\"{}\"}}", each), state == each ? 1 : 0);
  return out;
}

}  // namespace nightjar::app
