#pragma once
// hal::MediaServer: one attempt a call, one answer later than the call; pushes until the feed is destroyed.
//
// Behind the wire stands the simulated media server on both sides: over this machine's own sockets and clock, and in the virtual world.
#include <optional>

#include "drivers/jellyfin/jellyfin_server.h"
#include "drivers/net/http_client.h"
#include "drivers/net/http_server.h"
#include "drivers/net/websocket_dialer.h"
#include "sim/media/media_server.h"
#include "tests/contracts/rig.h"

namespace nightjar::contracts {

class MediaServerContract : public ::testing::Test {
 protected:
  static constexpr auto kPatience = std::chrono::seconds{5};

  void SetUp() override {
    sim::MediaServerOptions options;
    options.listen = {rig_->host(), 0};
    server_ = std::make_unique<sim::MediaServer>(options, rig_->loop(), servers_, rig_->wall_clock());
    ada_ = server_->add_user("ada", true);
    tv_ = server_->start_session(ada_, "Jellyfin Web", "TV");
    ASSERT_TRUE(server_->power_on().ok());
    make_driver("sim-api-key");
  }
  void make_driver(const std::string& key, const std::string& host = {}) {
    jellyfin::Place place;
    place.host = host.empty() ? rig_->host().text() : host;
    place.port = server_->endpoint().port;
    driver_ = std::make_unique<jellyfin::JellyfinServer>(place, key, jellyfin::Identity{"Nightjar", "0", "contract", "contract"},
                                                         jellyfin::JellyfinServer::Lent{rig_->network(), clients_, sockets_, rig_->loop()});
  }

  template <class T, class Ask>
  hal::Result<T> answer_to(Ask ask) {
    std::optional<hal::Result<T>> answer;
    const auto operation = ask([&](hal::Result<T> result) {
      EXPECT_FALSE(answer) << "answered twice";
      answer.emplace(std::move(result));
    });
    EXPECT_FALSE(answer) << "answered within the call";
    if (!rig_->run_until([&] { return answer.has_value(); })) return hal::Error{hal::ErrorKind::timed_out, "no answer came"};
    return *std::move(answer);
  }
  auto info(hal::Duration patience = kPatience) {
    return answer_to<hal::MediaServerInfo>([&](auto done) { return driver_->info(patience, done); });
  }
  auto users() {
    return answer_to<hal::MediaUsers>([&](auto done) { return driver_->users(kPatience, done); });
  }
  auto sessions() {
    return answer_to<hal::MediaSessions>([&](auto done) { return driver_->sessions(kPatience, done); });
  }
  auto listen() {
    return answer_to<std::unique_ptr<hal::MediaFeed>>([&](auto done) { return driver_->listen(kPatience, done); });
  }

  struct Hears final : hal::MediaFeed::Handler {
    std::vector<hal::MediaSessions> sessions;
    int words = 0;
    int users_changed = 0;
    std::optional<hal::Duration> keep_alive;
    std::optional<hal::Error> closed;
    void on_sessions(hal::MediaSessions told) override { sessions.push_back(std::move(told)); }
    void on_users_changed() override { ++users_changed; }
    void on_keep_alive_wanted(hal::Duration within) override { keep_alive = within; }
    void on_word() override { ++words; }
    void on_closed(const hal::Error& error) override { closed = error; }
  };

  std::unique_ptr<Rig> rig_ = make_rig();
  net::HttpServers servers_{rig_->network(), rig_->loop(), rig_->random()};
  net::HttpClients clients_{rig_->network(), rig_->loop(), rig_->random()};
  net::WebSocketDialer sockets_{rig_->network(), rig_->loop(), rig_->random()};
  std::unique_ptr<sim::MediaServer> server_;
  std::unique_ptr<jellyfin::JellyfinServer> driver_;
  std::string ada_, tv_;
};

TEST_F(MediaServerContract, TellsWhoItIsAndWhoIsThere) {
  server_->play(tv_, "Alien");
  const auto who = info();
  ASSERT_TRUE(who.ok()) << who.error().text();
  EXPECT_EQ(who.value().name, "Attic");
  const auto all = users();
  ASSERT_TRUE(all.ok()) << all.error().text();
  ASSERT_EQ(all.value().entries.size(), 1u);
  EXPECT_EQ(all.value().entries[0], (hal::MediaUser{ada_, "ada", true, false}));
  const auto connected = sessions();
  ASSERT_TRUE(connected.ok()) << connected.error().text();
  ASSERT_EQ(connected.value().entries.size(), 1u);
  EXPECT_EQ(connected.value().entries[0].id, tv_);
  EXPECT_EQ(connected.value().entries[0].playing->name, "Alien");
}

TEST_F(MediaServerContract, ANameIsLookedUp) {
  make_driver("sim-api-key", rig_->known_host());
  EXPECT_TRUE(info().ok());
  make_driver("sim-api-key", rig_->unknown_host());
  const auto nobody = info();
  ASSERT_FALSE(nobody.ok());
  EXPECT_EQ(nobody.error().kind, hal::ErrorKind::unreachable);
}

TEST_F(MediaServerContract, NothingCanBeAskedBeforeItWasFound) {
  for (const auto& kind : {users().error().kind, sessions().error().kind, listen().error().kind}) EXPECT_EQ(kind, hal::ErrorKind::unreachable);
}

TEST_F(MediaServerContract, WhatGoesWrongIsToldByItsKind) {
  make_driver("wrong");
  EXPECT_EQ(info().error().kind, hal::ErrorKind::denied);
  EXPECT_EQ(listen().error().kind, hal::ErrorKind::denied);
  make_driver("sim-api-key");
  server_->change([](auto& faults) { faults.status = 503; });
  EXPECT_EQ(info().error().kind, hal::ErrorKind::busy);
  server_->change([](auto& faults) { faults = {}; faults.garbage = true; });
  EXPECT_EQ(info().error().kind, hal::ErrorKind::protocol);
  EXPECT_EQ(users().error().kind, hal::ErrorKind::protocol);
  server_->change([](auto& faults) { faults = {}; faults.half_open = true; });
  EXPECT_EQ(info(std::chrono::milliseconds{50}).error().kind, hal::ErrorKind::timed_out);
  server_->change([](auto& faults) { faults = {}; faults.refuse_socket = true; });
  EXPECT_TRUE(info().ok());
  EXPECT_EQ(listen().error().kind, hal::ErrorKind::protocol);
  server_->power_off();
  EXPECT_FALSE(info().ok());
}

TEST_F(MediaServerContract, PushesWhatHappensAndWantsSignsOfLife) {
  ASSERT_TRUE(info().ok());
  auto feed = listen();
  ASSERT_TRUE(feed.ok()) << feed.error().text();
  Hears hears;
  feed.value()->start(hears);
  ASSERT_TRUE(rig_->run_until([&] { return hears.keep_alive.has_value(); }));
  EXPECT_EQ(*hears.keep_alive, std::chrono::seconds{60});
  const auto words = hears.words;
  feed.value()->keep_alive();
  ASSERT_TRUE(rig_->run_until([&] { return hears.words > words; })) << "it answers, and by then it has read what we want to be told";
  server_->play(tv_, "Alien");
  ASSERT_TRUE(rig_->run_until([&] { return !hears.sessions.empty(); }));
  EXPECT_EQ(hears.sessions[0].entries[0].playing->name, "Alien");
  server_->drop_sockets();
  ASSERT_TRUE(rig_->run_until([&] { return hears.closed.has_value(); }));
}

TEST_F(MediaServerContract, GarbageEndsTheFeed) {
  ASSERT_TRUE(info().ok());
  auto feed = listen();
  ASSERT_TRUE(feed.ok());
  Hears hears;
  feed.value()->start(hears);
  ASSERT_TRUE(rig_->run_until([&] { return hears.keep_alive.has_value(); }));
  server_->change([](auto& faults) { faults.garbage = true; });
  feed.value()->keep_alive();
  ASSERT_TRUE(rig_->run_until([&] { return hears.closed.has_value(); }));
  EXPECT_EQ(hears.closed->kind, hal::ErrorKind::protocol);
}

TEST_F(MediaServerContract, WhoHasDroppedTheQuestionHearsNoAnswer) {
  bool answered = false;
  auto asking = driver_->info(kPatience, [&](const auto&) { answered = true; });
  asking.drop();
  ASSERT_TRUE(info().ok());
  auto later = driver_->users(kPatience, [&](const auto&) { answered = true; });
  later.drop();
  EXPECT_TRUE(users().ok());
  EXPECT_FALSE(answered);
}

}   // namespace nightjar::contracts
