#include "app/media_roster.h"

#include <gmock/gmock.h>

namespace nightjar::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = Playback::Kind;

hal::MediaSession session(const std::string& id, const std::string& device, const std::string& item = {}, bool paused = false) {
  hal::MediaSession out;
  out.id = id;
  out.device_id = device;
  out.device = device;
  if (!item.empty()) out.playing = hal::MediaItem{item, item, "Movie"};
  out.paused = paused;
  return out;
}

std::vector<std::pair<Kind, std::string>> kinds(const std::vector<Playback>& all) {
  std::vector<std::pair<Kind, std::string>> out;
  for (const auto& one : all) out.emplace_back(one.kind, one.item.id);
  return out;
}

TEST(MediaRoster, TheSameToldTwiceIsNoChange) {
  MediaRoster roster;
  const hal::MediaUsers users{{{"1", "ada", true, false}}, false};
  EXPECT_THAT(roster.set_users(users).added, SizeIs(1));
  EXPECT_TRUE(roster.set_users(users).none());
  const hal::MediaSessions sessions{{session("s", "tv", "Alien")}, false};
  EXPECT_THAT(roster.set_sessions(sessions).sessions.added, SizeIs(1));
  const auto again = roster.set_sessions(sessions);
  EXPECT_TRUE(again.sessions.none());
  EXPECT_THAT(again.playback, IsEmpty());
}

TEST(MediaRoster, UsersComeGoAndChange) {
  MediaRoster roster;
  roster.set_users({{{"1", "ada", false, false}, {"2", "bob", false, false}}, false});
  const auto changes = roster.set_users({{{"2", "bob", false, true}, {"3", "eve", false, false}}, true});
  EXPECT_THAT(changes.added, ElementsAre(hal::MediaUser{"3", "eve", false, false}));
  EXPECT_THAT(changes.removed, ElementsAre(hal::MediaUser{"1", "ada", false, false}));
  EXPECT_THAT(changes.changed, ElementsAre(hal::MediaUser{"2", "bob", false, true}));
  EXPECT_TRUE(roster.users_cut());
}

TEST(MediaRoster, HowFarAFilmHasComeIsNoChangeButIsKnown) {
  MediaRoster roster;
  auto playing = session("s", "tv", "Alien");
  roster.set_sessions({{playing}, false});
  playing.position = std::chrono::minutes{5};
  EXPECT_TRUE(roster.set_sessions({{playing}, false}).sessions.none());
  EXPECT_EQ(roster.sessions().at("s").position, std::chrono::minutes{5});
}

TEST(MediaRoster, PlaybackIsFollowed) {
  MediaRoster roster;
  const auto after = [&](const std::vector<hal::MediaSession>& sessions) { return kinds(roster.set_sessions({sessions, false}).playback); };
  EXPECT_THAT(after({session("s", "tv")}), IsEmpty());
  EXPECT_THAT(after({session("s", "tv", "Alien")}), ElementsAre(std::pair{Kind::started, "Alien"}));
  EXPECT_THAT(after({session("s", "tv", "Alien", true)}), ElementsAre(std::pair{Kind::paused, "Alien"}));
  EXPECT_THAT(after({session("s", "tv", "Alien")}), ElementsAre(std::pair{Kind::resumed, "Alien"}));
  EXPECT_THAT(after({session("s", "tv", "Aliens")}), ElementsAre(std::pair{Kind::stopped, "Alien"}, std::pair{Kind::started, "Aliens"}));
  EXPECT_THAT(after({session("s", "tv")}), ElementsAre(std::pair{Kind::stopped, "Aliens"}));
  EXPECT_THAT(after({session("s", "tv", "Alien")}), SizeIs(1));
  EXPECT_THAT(after({}), ElementsAre(std::pair{Kind::stopped, "Alien"})) << "whose client has gone";
}

TEST(MediaRoster, AClientIsDiscoveredOnceAndStaysKnown) {
  MediaRoster roster;
  roster.set_sessions({{session("s1", "tv"), session("s2", "tv"), session("s3", "")}, false});
  EXPECT_THAT(roster.discover().added, SizeIs(1)) << "two sessions of one device, and one of none";
  EXPECT_TRUE(roster.discover().none());
  roster.set_sessions({});
  EXPECT_THAT(roster.discover().removed, SizeIs(1));
  EXPECT_TRUE(roster.discover().none());
  EXPECT_FALSE(roster.clients().at("tv").online);
  roster.set_sessions({{session("s9", "tv")}, false});
  const auto back = roster.discover();
  EXPECT_THAT(back.added, IsEmpty());
  EXPECT_THAT(back.changed, SizeIs(1));
}

TEST(MediaRoster, ClientsHaveABound) {
  MediaRoster roster;
  const auto connect = [&](const std::string& prefix, std::size_t count) {
    hal::MediaSessions sessions;
    for (std::size_t i = 0; i < count; ++i) sessions.entries.push_back(session(prefix + std::to_string(i), prefix + std::to_string(i)));
    roster.set_sessions(std::move(sessions));
    return roster.discover().added.size();
  };
  EXPECT_EQ(connect("a", MediaRoster::kClientsMax + 10), MediaRoster::kClientsMax);
  EXPECT_EQ(roster.clients().size(), MediaRoster::kClientsMax);
  EXPECT_EQ(connect("b", 5), 5u) << "those who are offline make way";
  EXPECT_EQ(roster.clients().size(), MediaRoster::kClientsMax);
}

}  // namespace
}  // namespace nightjar::app
