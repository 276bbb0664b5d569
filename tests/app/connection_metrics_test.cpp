#include "app/connection_metrics.h"

#include <gmock/gmock.h>

namespace nightjar::app {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using enum fsm::Connection::Trouble;

struct ConnectionMetricsTest : testing::Test {
  ConnectionMetrics metrics;
  hal::Instant now{};

  void go(std::string_view from, std::string_view to, fsm::Connection::Trouble trouble = none) { metrics.changed(from, to, trouble, now); }
  void open() {
    go("disconnected", "connecting");
    go("connecting", "connected");
    go("connected", "receiving_data");
  }
  void lose() {
    go("receiving_data", "disconnected", network);
    go("disconnected", "reconnecting", network);
    go("reconnecting", "connecting", network);
  }
};

TEST_F(ConnectionMetricsTest, TheRateIsConnectedOverConnectedAndError) {
  EXPECT_EQ(metrics.success_rate(), 1);
  open();
  go("receiving_data", "error", denied);
  EXPECT_EQ(metrics.success_rate(), 0.5);
  go("reconnecting", "error", refused);
  go("reconnecting", "error", network);
  EXPECT_EQ(metrics.success_rate(), 0.25);
  EXPECT_EQ(metrics.retries_exhausted(), 2u);
}

TEST_F(ConnectionMetricsTest, AReconnectionLastsFromTheLossToTheOpening) {
  open();
  EXPECT_EQ(metrics.average_reconnection(), std::nullopt);
  for (const auto away : {1s, 3s}) {
    lose();
    now += away;
    go("connecting", "connected");
    go("connected", "receiving_data");
  }
  EXPECT_EQ(metrics.average_reconnection(), 2s);
}

TEST_F(ConnectionMetricsTest, WhatAPersonEndedIsNoReconnection) {
  open();
  lose();
  go("connecting", "disconnected", none);   // logged out meanwhile
  now += 1h;
  open();
  EXPECT_EQ(metrics.average_reconnection(), std::nullopt);
}

TEST_F(ConnectionMetricsTest, DisconnectionsAreToldApart) {
  open();
  lose();
  go("connecting", "connected");
  go("connected", "error", denied);
  open();
  go("receiving_data", "disconnected", none);
  EXPECT_EQ(metrics.disconnections(ConnectionMetrics::kByNetwork), 1u);
  EXPECT_EQ(metrics.disconnections(ConnectionMetrics::kByAuth), 1u);
  EXPECT_EQ(metrics.disconnections(ConnectionMetrics::kByUser), 1u);
  EXPECT_THAT(metrics.prometheus("error"), HasSubstr("# TYPE nightjar_uplink_disconnections_total counter\nnightjar_uplink_disconnections_total{cause=\"network\"} 1\n"));
}

}  // namespace
}  // namespace nightjar::app
