#include "fsm/camera_address.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto here = hal::IpAddress::v4(192, 168, 4, 2);
constexpr auto there = hal::IpAddress::v4(192, 168, 4, 3);
constexpr auto elsewhere = hal::IpAddress::v4(10, 0, 0, 7);

struct Port final : CameraAddressPort {
  Asked asked;
  void verify(const Seen& seen) override { asked.push_back("verify " + seen.address.text()); }
  void verify_here() override { asked.emplace_back("verify_here"); }
  void note_silence() override { asked.emplace_back("silence"); }
  void forget_tries() override { asked.emplace_back("forget_tries"); }
  void seek() override { asked.emplace_back("seek"); }
  void report_found(const Recognised& found) override { asked.push_back("found " + found.origin.endpoint.address.text()); }
  void report_unreachable() override { asked.emplace_back("unreachable"); }
  void report_left() override { asked.emplace_back("left"); }
  void report_missing() override { asked.emplace_back("missing"); }
};

struct CameraAddressTest : testing::Test, Rig<CameraAddress, Port> {
  void see(const hal::IpAddress& address) { on(Seen{address, {}}); }
  void recognise(const hal::IpAddress& address) { on(Recognised{{true, {address, 443}, {}, {}, {}}, {}}); }
  void mistake(const hal::IpAddress& address) { on(Mistaken{address, {hal::ErrorKind::refused, {}}}); }
  void link_ready(const hal::IpAddress& address) { on(LinkReady{{address, 443}}); }
  void settle() {
    link_ready(here);
    asked();
  }
  hal::IpAddress believed() const { return machine.context().place.address; }
};

TEST_F(CameraAddressTest, IsMetBeforeItIsBelieved) {
  see(here);
  EXPECT_TRUE(machine.is("meeting"_s));
  EXPECT_THAT(asked(), ElementsAre("verify 192.168.4.2"));
  recognise(here);
  EXPECT_TRUE(machine.is("settled"_s));
  EXPECT_EQ(believed(), here);
  EXPECT_THAT(asked(), ElementsAre("forget_tries", "found 192.168.4.2"));
}

TEST_F(CameraAddressTest, OneThatIsAnnouncedAndDoesNotAnswerIsUnreachable) {
  see(here);
  mistake(here);
  EXPECT_THAT(asked(), ElementsAre("verify 192.168.4.2", "unreachable"));
  EXPECT_TRUE(machine.is("absent"_s));
  see(here);
  pass(kVerifyMax);
  EXPECT_THAT(asked(), ElementsAre("verify 192.168.4.2", "forget_tries", "unreachable"));
  EXPECT_TRUE(machine.is("absent"_s));
}

TEST_F(CameraAddressTest, OneThatIsSeenAtTwoPlacesIsWhereItIsRecognised) {
  see(here);
  see(here);
  see(there);
  EXPECT_THAT(asked(), ElementsAre("verify 192.168.4.2", "verify 192.168.4.3"));
  mistake(here);
  EXPECT_TRUE(machine.is("meeting"_s));
  recognise(there);
  EXPECT_EQ(believed(), there);
}

TEST_F(CameraAddressTest, MovesOnceItIsRecognisedElsewhere) {
  settle();
  see(there);
  EXPECT_TRUE(machine.is("verifying"_s));
  EXPECT_EQ(believed(), here);
  recognise(there);
  EXPECT_TRUE(machine.is("settled"_s));
  EXPECT_EQ(believed(), there);
  EXPECT_THAT(asked(), ElementsAre("verify 192.168.4.3", "forget_tries", "found 192.168.4.3"));
}

TEST_F(CameraAddressTest, ALiarMovesNothing) {
  settle();
  see(there);
  see(there);
  see(here);
  mistake(there);
  EXPECT_TRUE(machine.is("settled"_s));
  EXPECT_EQ(believed(), here);
  EXPECT_THAT(asked(), ElementsAre("verify 192.168.4.3"));
  see(there);
  see(elsewhere);
  mistake(there);
  EXPECT_TRUE(machine.is("verifying"_s));
  pass(kVerifyMax);
  EXPECT_TRUE(machine.is("settled"_s));
  EXPECT_EQ(believed(), here);
}

TEST_F(CameraAddressTest, AThousandLiarsAreAskedEightAtATime) {
  settle();
  for (std::uint8_t a = 0; a < 10; ++a)
    for (std::uint8_t b = 1; b < 101; ++b) see(hal::IpAddress::v4(10, 0, a, b));
  EXPECT_EQ(asked().size(), kTriesMax);
  EXPECT_EQ(machine.context().tries.size(), kTriesMax);
  pass(kVerifyMax);
  see(there);
  EXPECT_THAT(asked(), ElementsAre("forget_tries", "verify 192.168.4.3"));
}

TEST_F(CameraAddressTest, OneThatIsLostIsSoughtEverywhereAndGoesOnWhereItIsRecognised) {
  settle();
  on(LinkLost{});
  EXPECT_THAT(asked(), ElementsAre("seek"));
  see(here);
  see(there);
  see(there);
  mistake(here);
  recognise(there);
  EXPECT_THAT(asked(), ElementsAre("verify 192.168.4.2", "verify 192.168.4.3", "forget_tries", "found 192.168.4.3"));
  EXPECT_EQ(believed(), there);
}

TEST_F(CameraAddressTest, OneThatIsNowhereIsMissingAndStillExpected) {
  settle();
  on(LinkLost{});
  pass(kSeekMax);
  EXPECT_THAT(asked(), ElementsAre("seek", "forget_tries", "missing"));
  EXPECT_TRUE(machine.is("absent"_s));
  on(LinkLost{});   // an attempt of the link fails
  on(Doubted{});
  EXPECT_THAT(asked(), IsEmpty());
  see(there);
  recognise(there);
  EXPECT_THAT(asked(), ElementsAre("verify 192.168.4.3", "forget_tries", "found 192.168.4.3"));
}

TEST_F(CameraAddressTest, AGoodbyeIsNotBelievedEither) {
  settle();
  on(Doubted{});
  EXPECT_TRUE(machine.is("doubted"_s));
  on(Doubted{});
  see(here);
  recognise(here);
  EXPECT_TRUE(machine.is("settled"_s));
  EXPECT_THAT(asked(), ElementsAre("verify_here", "forget_tries", "found 192.168.4.2"));
}

TEST_F(CameraAddressTest, OneThatHasReallyGoneHasLeftAndIsSought) {
  settle();
  on(Doubted{});
  see(there);
  mistake(there);
  EXPECT_TRUE(machine.is("doubted"_s));
  mistake(here);
  EXPECT_TRUE(machine.is("seeking"_s));
  EXPECT_THAT(asked(), ElementsAre("verify_here", "verify 192.168.4.3", "left", "seek"));
  on(Doubted{});
  recognise(there);
  settle();
  on(Doubted{});
  pass(kVerifyMax);
  EXPECT_THAT(asked(), ElementsAre("verify_here", "forget_tries", "left", "seek"));
}

TEST_F(CameraAddressTest, HalfAnHourOfSilenceIsNoted) {
  settle();
  pass(kAnnouncedFor - 1s);
  see(here);
  pass(kAnnouncedFor - 1s);
  EXPECT_THAT(asked(), IsEmpty());
  pass(1s);
  EXPECT_THAT(asked(), ElementsAre("silence"));
  EXPECT_TRUE(machine.is("settled"_s));
  pass(kAnnouncedFor);
  EXPECT_THAT(asked(), ElementsAre("silence"));
}

TEST_F(CameraAddressTest, WhereTheLinkStandsItIs) {
  settle();
  link_ready(there);
  EXPECT_EQ(believed(), there);
  see(here);
  link_ready(there);
  EXPECT_TRUE(machine.is("settled"_s));
  on(Doubted{});
  link_ready(there);
  EXPECT_TRUE(machine.is("settled"_s));
  on(LinkLost{});
  link_ready(there);
  EXPECT_TRUE(machine.is("settled"_s));
  on(LinkLost{});
  pass(kSeekMax);
  see(here);
  link_ready(there);
  EXPECT_TRUE(machine.is("settled"_s));
  EXPECT_TRUE(machine.context().tries.empty());
}

TEST_F(CameraAddressTest, OneThatIsLostWhileItIsVerifiedElsewhereIsSoughtToo) {
  settle();
  see(there);
  on(LinkLost{});
  EXPECT_TRUE(machine.is("seeking"_s));
  on(LinkLost{});
  recognise(there);
  EXPECT_EQ(believed(), there);
  asked();
  on(Doubted{});
  on(LinkLost{});
  EXPECT_THAT(asked(), ElementsAre("verify_here", "seek"));
  EXPECT_TRUE(machine.is("seeking"_s));
}

TEST_F(CameraAddressTest, ANewNetworkIsAReasonToSeekOneThatIsAbsent) {
  on(LookAgain{});
  EXPECT_TRUE(machine.is("seeking"_s));
  on(LookAgain{});
  pass(kSeekMax);
  see(here);
  on(LookAgain{});
  EXPECT_THAT(asked(), ElementsAre("seek", "forget_tries", "missing", "verify 192.168.4.2", "seek"));
  recognise(here);
  asked();
  on(LookAgain{});
  see(there);
  on(LookAgain{});
  EXPECT_THAT(asked(), ElementsAre("verify 192.168.4.3")) << "but not one that is where it should be";
}

TEST_F(CameraAddressTest, AnswersThatComeLateChangeNothing) {
  recognise(there);
  mistake(there);
  EXPECT_TRUE(machine.is("absent"_s));
  see(here);
  on(LinkLost{});
  on(Doubted{});
  EXPECT_TRUE(machine.is("meeting"_s));
  recognise(here);
  recognise(there);
  mistake(here);
  EXPECT_TRUE(machine.is("settled"_s));
  EXPECT_EQ(believed(), here);
  see(there);
  on(Doubted{});
  EXPECT_TRUE(machine.is("verifying"_s));
  mistake(there);
  on(Doubted{});
  on(LookAgain{});
  EXPECT_TRUE(machine.is("doubted"_s));
}


}  // namespace
}  // namespace nightjar::fsm
