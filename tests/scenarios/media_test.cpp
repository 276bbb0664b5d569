// The media server in the house: every branch of its link as a phone sees it.
#include "fsm/server_link.h"
#include "tests/scenarios/media_field.h"

namespace nightjar::scenarios {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Media : MediaField {};

TEST_F(Media, ConnectsAndTellsWhoIsThere) {
  boot(false);
  world.advance(2s);
  auto phone = open_page();
  EXPECT_TRUE(sees(*phone));
  const auto status = phone->media_status();
  EXPECT_EQ(status["state"], "connected");
  EXPECT_EQ(status["mode"], "polling") << "a server where nothing happens pushes nothing";
  EXPECT_EQ(status["server"]["name"], "Attic");
  EXPECT_EQ(status["users"], 2);
  EXPECT_EQ(status["sessions"], 1);
  EXPECT_EQ(status["clients"], 1);
  EXPECT_EQ(status["error"], nullptr);
  const auto all = phone->get(device(), "/api/media-server");
  EXPECT_EQ(all["clients"][0]["device"], "Living room");
  EXPECT_EQ(all["usersCut"], false);
}

TEST_F(Media, WithoutOneInTheSettingsThereIsNone) {
  settings.media_server = {};
  boot(false);
  auto phone = this->phone();
  EXPECT_EQ(phone->messages[0]["links"]["mediaServer"], nullptr);
  world.advance(2min);
  EXPECT_EQ(server.counts().info, 0u);
}

TEST_F(Media, WhatIsPlayedIsToldAtOnceOverTheWebSocket) {
  auto phone = go_realtime();
  const auto polls = server.counts().sessions;
  server.pause(tv, true);
  EXPECT_TRUE(sees(*phone, 100ms));
  server.stop(tv);
  EXPECT_TRUE(sees(*phone, 100ms));
  world.advance(100ms);
  EXPECT_EQ(phone->count("mediaPlayback"), 2u);
  EXPECT_EQ(phone->events.back()["data"]["action"], "stopped");
  EXPECT_EQ(phone->events.back()["data"]["item"]["name"], "Alien");
  world.advance(10min);
  EXPECT_EQ(server.counts().sessions, polls) << "who is told does not ask";
  EXPECT_EQ(server.counts().sockets, 1u) << "the WebSocket stands by its signs of life";
  EXPECT_EQ(phone->doubled, 0);
}

TEST_F(Media, AUserWhoComesIsSeenWithinAMinuteInRealtimeToo) {
  auto phone = go_realtime();
  server.add_user("eve");
  EXPECT_TRUE(sees(*phone, 61s));
  server.rename_user(bob, "robert");
  EXPECT_TRUE(sees(*phone, 61s));
  server.remove_user(ada);
  EXPECT_TRUE(sees(*phone, 61s));
  EXPECT_EQ(phone->mode, "realtime");
  EXPECT_EQ(phone->doubled, 0);
}

TEST_F(Media, WithoutAWebSocketItIsPolledEveryMinuteAndTheWebSocketTakesOverWhenItIsThere) {
  fault([](auto& faults) { faults.refuse_socket = true; });
  boot(false);
  world.advance(2s);
  auto phone = open_page();
  EXPECT_EQ(phone->mode, "polling");
  world.advance(5min);
  EXPECT_EQ(server.counts().users, 6u) << "at once, then every sixty seconds";
  EXPECT_EQ(server.counts().sessions, 6u);
  server.play(tv, "Alien");
  EXPECT_TRUE(sees(*phone, 61s));
  mend();
  world.advance(61s);   // the next attempt
  server.play(tv, "Aliens");
  EXPECT_TRUE(goes(*phone, "realtime", 1s));
  EXPECT_TRUE(sees(*phone, 100ms));
  EXPECT_EQ(phone->doubled, 0);
}

TEST_F(Media, WhenTheWebSocketBreaksItIsPolledAtOnceAndTheWebSocketComesBack) {
  auto phone = go_realtime();
  const auto polls = server.counts().sessions;
  server.drop_sockets();
  EXPECT_TRUE(goes(*phone, "polling", 1s));
  world.advance(100ms);
  EXPECT_EQ(server.counts().sessions, polls + 1) << "no gap";
  EXPECT_TRUE(goes(*phone, "realtime", 15s)) << "with the next push";
  EXPECT_EQ(server.counts().sockets_max, 1u);
  EXPECT_EQ(phone->doubled, 0);
}

TEST_F(Media, AServerThatPushesNothingToApiKeysIsPolled) {
  fault([](auto& faults) { faults.mute_socket = true; });
  boot(false);
  world.advance(2s);
  auto phone = open_page();
  server.play(tv, "Alien");
  EXPECT_TRUE(sees(*phone, 61s));
  world.advance(10min);
  EXPECT_EQ(phone->mode, "polling");
  EXPECT_EQ(server.counts().sockets, 1u) << "it stands, and may tell of users";
  EXPECT_GE(server.counts().sessions, 10u);
}

TEST_F(Media, AKeyThatIsRefusedSaysWhatToDoAndIsSeenNowhere) {
  fault([](auto& faults) { faults.status = 401; });
  boot(false);
  world.advance(2s);
  auto phone = this->phone();
  const auto status = phone->messages[0]["links"]["mediaServer"];
  EXPECT_EQ(status["state"], "refused");
  EXPECT_EQ(status["connected"], false);
  EXPECT_THAT(status["error"].get<std::string>(), HasSubstr("API Keys"));
  mend();
  EXPECT_EQ(phone->wait("media_event", "mediaServerConnected", 61s)["data"]["name"], "Attic");
  fault([](auto& faults) { faults.status = 401; });
  server.drop_sockets();
  EXPECT_THAT(phone->wait("media_event", "mediaServerLost", 61s)["data"]["error"].get<std::string>(), HasSubstr("denied"));
  for (const auto& line : pi.log().lines()) EXPECT_THAT(line.text, Not(HasSubstr(kKey)));
  for (const auto& message : phone->messages) EXPECT_THAT(message.dump(), Not(HasSubstr(kKey)));
}

TEST_F(Media, AWrongKeyIsRefusedByTheServerItself) {
  settings.media_server.api_key = "wrong";
  boot(false);
  world.advance(2s);
  EXPECT_EQ(phone()->messages[0]["links"]["mediaServer"]["state"], "refused");
  EXPECT_EQ(server.counts().unauthorized, 1u);
}

TEST_F(Media, AServerThatIsDownIsSaidSoAndFoundWhenItIsBack) {
  auto phone = go_realtime();
  server.power_off();
  EXPECT_TRUE(world.run_until([&] { return !phone->connected; }, 10s));
  world.advance(100ms);
  EXPECT_EQ(phone->media_status()["connected"], false);
  world.advance(10min);
  server.end_session(tv);
  ASSERT_TRUE(server.power_on().ok());
  EXPECT_TRUE(world.run_until([&] { return phone->connected; }, 61s));
  EXPECT_TRUE(sees(*phone));
  EXPECT_EQ(phone->doubled, 0);
}

TEST_F(Media, AServerThatIsStartingAnswers503AndIsAskedAgain) {
  fault([](auto& faults) { faults.status = 503; });
  boot(false);
  world.advance(20s);   // 0, 1, 3, 7, 15
  EXPECT_EQ(server.counts().info, 5u);
  EXPECT_EQ(phone()->messages[0]["links"]["mediaServer"]["error"], "busy: the server is not ready (503)");
  mend();
  world.advance(12s);
  EXPECT_EQ(server.counts().sessions, 1u);
}

TEST_F(Media, GarbageOverTheWebSocketEndsItAndGarbageElsewhereEndsTheLink) {
  auto phone = go_realtime();
  fault([](auto& faults) { faults.garbage = true; });
  server.pause(tv, true);
  EXPECT_TRUE(world.run_until([&] { return !phone->connected; }, 5s)) << "the WebSocket, then the poll";
  world.advance(5min);
  EXPECT_EQ(phone->connected, false);
  mend();
  EXPECT_TRUE(world.run_until([&] { return phone->connected; }, 61s));
  EXPECT_TRUE(sees(*phone));
  EXPECT_EQ(phone->doubled, 0);
}

TEST_F(Media, AHalfOpenServerIsNoticed) {
  auto phone = go_realtime();
  fault([](auto& faults) { faults.half_open = true; });
  EXPECT_TRUE(world.run_until([&] { return !phone->connected; }, 66s));
  world.advance(2min);
  mend();
  EXPECT_TRUE(world.run_until([&] { return phone->connected; }, 66s));
}

TEST_F(Media, AHalfOpenConnectionIsNoticed) {
  auto phone = go_realtime();
  world.network().hang(house.host());
  EXPECT_TRUE(world.run_until([&] { return !phone->connected; }, 66s));
  world.network().hang(house.host(), false);
  EXPECT_TRUE(world.run_until([&] { return phone->connected; }, 66s));
}

TEST_F(Media, ASlowServerIsWaitedForAndNotAskedMoreOften) {
  fault([](auto& faults) { faults.slow = 3s; });
  boot(false);
  world.advance(20s);
  auto phone = open_page();
  EXPECT_EQ(phone->connected, true);
  EXPECT_TRUE(sees(*phone));
  world.advance(5min);
  EXPECT_LE(server.counts().users, 6u);
  EXPECT_LE(server.counts().sessions, server.counts().users);
  EXPECT_EQ(phone->count("mediaServerLost"), 0u);
}

TEST_F(Media, ServersThatListMoreThanIsTakenAreCut) {
  for (int i = 0; i < 400; ++i) server.add_user("user " + std::to_string(i));
  boot(false);
  world.advance(2s);
  auto phone = open_page();
  const auto all = phone->get(device(), "/api/media-server");
  EXPECT_EQ(all["users"].size(), 256u);
  EXPECT_EQ(all["usersCut"], true);
}

// ---- what playback does may trigger the camera ------------------------------------------------------------------------

struct MediaTrigger : Media {
  std::size_t photos_after(const std::function<void()>& happens, hal::Duration wait = 10s) {
    const auto before = camera->presses().size();
    happens();
    world.advance(wait);
    return camera->presses().size() - before;
  }
};

TEST_F(MediaTrigger, OffByDefault) {
  boot();
  world.advance(2s);
  EXPECT_EQ(photos_after([&] { server.play(tv, "Alien"); }, 70s), 0u);
}

TEST_F(MediaTrigger, APhotoWhenPlaybackStartsAndNotWhenItWentOnAlready) {
  settings.media_server.photo_on = app::Settings::MediaServer::PhotoOn::start;
  server.play(tv, "Alien");
  boot();
  world.advance(70s);
  EXPECT_EQ(camera->presses().size(), 0u) << "it was being played before";
  EXPECT_EQ(photos_after([&] { server.pause(tv, true); }), 0u);
  EXPECT_EQ(photos_after([&] { server.play(tv, "Aliens"); }), 1u);
}

TEST_F(MediaTrigger, APhotoWhenItPausesOnTheDeviceThatIsNamed) {
  settings.media_server.photo_on = app::Settings::MediaServer::PhotoOn::pause;
  settings.media_server.photo_device = "Living room";
  const auto other = server.start_session(ada, "Jellyfin Web", "Firefox");
  server.play(other, "Brazil");
  boot();
  world.advance(2s);
  server.play(tv, "Alien");
  world.advance(70s);
  EXPECT_EQ(photos_after([&] { server.pause(other, true); }), 0u);
  EXPECT_EQ(photos_after([&] { server.pause(tv, true); }), 1u);
}

TEST_F(MediaTrigger, AServerThatGoesMadDoesNotWearTheShutter) {
  settings.media_server.photo_on = app::Settings::MediaServer::PhotoOn::any;
  boot();
  world.advance(2s);
  server.play(tv, "Alien");
  world.advance(10s);
  const auto photos = photos_after([&] {
    for (int i = 0; i < 200; ++i) {
      server.pause(tv, i % 2 == 0);
      world.advance(50ms);
    }
  }, 0s);
  EXPECT_GE(photos, 1u);
  EXPECT_LE(photos, 3u) << "ten seconds, one in five";
}

// ---- an hour of flapping ----------------------------------------------------------------------------------------------

/// Draws what goes wrong and what people do, and watches what the phone sees.
struct Flapping : MediaField {
  explicit Flapping(std::uint64_t seed) : MediaField(seed) {}

  struct Truth {
    hal::Instant from;
    MediaView view;
  };
  std::vector<Truth> history;
  hal::Instant faulty_until{};
  hal::Instant end{};
  std::size_t checks = 0;
  hal::Duration worst{0};

  hal::Duration seconds(std::uint64_t from, std::uint64_t to) { return std::chrono::milliseconds{1000 * from + world.chance().below(1000 * (to - from))}; }

  void people_live() {
    world.after(seconds(1, 15), [this] {
      if (world.now() >= end) return;
      const auto& sessions = server.sessions();
      const auto& users = server.users();
      const auto some = [&](const auto& list) { return list[world.chance().below(list.size())].id; };
      switch (world.chance().below(8)) {
        case 0: if (users.size() < 20) server.add_user("user " + std::to_string(world.chance().below(1'000'000))); break;
        case 1: if (users.size() > 1) server.remove_user(std::string{some(users)}); break;
        case 2: server.rename_user(std::string{some(users)}, "name " + std::to_string(world.chance().below(1'000'000))); break;
        case 3: server.start_session(some(users), "Jellyfin Web", "device " + std::to_string(world.chance().below(1'000'000))); break;
        case 4: if (sessions.size() > 1) server.end_session(std::string{some(sessions)}); break;
        case 5: if (!sessions.empty()) server.play(std::string{some(sessions)}, "film " + std::to_string(world.chance().below(100))); break;
        case 6: if (!sessions.empty()) server.pause(std::string{some(sessions)}, true); break;
        default: if (!sessions.empty()) server.stop(std::string{some(sessions)}); break;
      }
      people_live();
    });
  }

  void flap(bool slow_too) {
    world.after(seconds(5, 60), [this, slow_too] {
      if (world.now() >= end) return;
      const auto lasts = seconds(1, 90);
      faulty_until = world.now() + lasts;
      switch (world.chance().below(slow_too ? 9 : 8)) {
        case 0: server.power_off(); break;
        case 1: fault([](auto& faults) { faults.refuse_socket = true; }); server.drop_sockets(); break;
        case 2: server.drop_sockets(); break;
        case 3: fault([](auto& faults) { faults.garbage = true; }); break;
        case 4: fault([](auto& faults) { faults.status = 401; }); server.drop_sockets(); break;
        case 5: fault([](auto& faults) { faults.status = 503; }); break;
        case 6: fault([](auto& faults) { faults.half_open = true; }); break;
        case 7: fault([](auto& faults) { faults.mute_socket = true; }); server.drop_sockets(); break;
        default: fault([](auto& faults) { faults.slow = 4s; }); break;
      }
      world.after(lasts, [this, slow_too] {
        mend();
        EXPECT_TRUE(server.power_on().ok());
        flap(slow_too);
      });
    });
  }

  /// How long ago it was so; nothing when it never was.
  template <class Part>
  std::optional<hal::Duration> age_of(const Part& seen, Part MediaView::*part) const {
    for (auto truth = history.rbegin(); truth != history.rend(); ++truth)
      if (truth->view.*part == seen) return truth == history.rbegin() ? hal::Duration{0} : world.now() - std::prev(truth)->from;
    return std::nullopt;
  }

  void check(const MediaPhone& phone, hal::Duration stale_max) {
    const auto unreachable_max = fsm::kServerRetryMax + 3 * fsm::kServerAnswerMax;
    if (!phone.connected || phone.mode == "none") {
      ASSERT_LT(world.now() - faulty_until, unreachable_max) << "nothing is wrong, and it is not connected";
      return;
    }
    ++checks;
    for (const auto& age : {age_of(phone.view.users, &MediaView::users), age_of(phone.view.sessions, &MediaView::sessions)}) {
      ASSERT_TRUE(age) << "this was never so";
      worst = std::max(worst, *age);
      ASSERT_LE(*age, stale_max) << "at " << std::chrono::duration_cast<std::chrono::seconds>(world.now().time_since_epoch()).count() << " s, " << phone.mode;
    }
  }

  void live_an_hour(bool slow_too, hal::Duration stale_max) {
    history.push_back({world.now(), MediaView::of(server)});
    server.on_changed = [this] { history.push_back({world.now(), MediaView::of(server)}); };
    auto phone = go_realtime();
    end = world.now() + 1h;
    people_live();
    flap(slow_too);
    while (world.now() < end) {
      world.advance(250ms);
      check(*phone, stale_max);
      if (HasFatalFailure()) return;
    }
    mend();
    ASSERT_TRUE(server.power_on().ok());
    EXPECT_TRUE(world.run_until([&] { return phone->connected; }, 70s));
    EXPECT_TRUE(sees(*phone, 61s));
    EXPECT_EQ(phone->doubled, 0);
    EXPECT_EQ(server.counts().sockets_max, 1u) << "never two WebSockets";
    EXPECT_LE(server.counts().sessions, 1'000u) << "nor polled without end";
    EXPECT_GE(checks, 3'000u) << "of 14 400: it is connected for much of the hour";
    EXPECT_GE(phone->count("mediaModeChanged"), 10u);
    EXPECT_GE(phone->count("mediaServerConnected"), 5u);
    RecordProperty("worst_age_ms", static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(worst).count()));
  }
};

constexpr auto kLatency = 500ms;   // of a few requests on this network, and of a status on its way

template <int seed>
struct FlappingHour : Flapping {
  FlappingHour() : Flapping(seed) {}
};
using MediaFlaps1 = FlappingHour<1>;
using MediaFlaps2 = FlappingHour<2>;
using MediaFlaps3 = FlappingHour<3>;

/// What a dead server is noticed by is the request of the next round, and its patience.
constexpr auto kStaleMax = fsm::kServerSyncEvery + fsm::kServerAnswerMax + kLatency;
/// A slow one: users, sessions, and users again until there is something newer.
constexpr auto kSlowStaleMax = fsm::kServerSyncEvery + 3 * fsm::kServerAnswerMax + kLatency;

TEST_F(MediaFlaps1, ForAnHourWhatThePhoneSeesIsNeverOlderThanAMinuteAndNeverDoubled) { live_an_hour(false, kStaleMax); }
TEST_F(MediaFlaps2, ForAnHourWhatThePhoneSeesIsNeverOlderThanAMinuteAndNeverDoubled) { live_an_hour(false, kStaleMax); }
TEST_F(MediaFlaps3, AndWhereTheServerIsSlowNeverOlderThanAMinuteAndThreeAnswers) { live_an_hour(true, kSlowStaleMax); }

}  // namespace
}  // namespace nightjar::scenarios
