#include "fsm/session_host.h"

#include "tests/fsm/rig.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using testing::ElementsAre;
using testing::IsEmpty;

struct Port final : SessionHostPort {
  Asked asked;
  void keep() override { asked.emplace_back("keep"); }
  void open_port() override { asked.emplace_back("open_port"); }
  void dismiss_guests() override { asked.emplace_back("dismiss_guests"); }
  void close_port() override { asked.emplace_back("close_port"); }
  void forget_session() override { asked.emplace_back("forget_session"); }
  void tell_by_mdns() override { asked.emplace_back("tell_by_mdns"); }
  void forget_mdns() override { asked.emplace_back("forget_mdns"); }
  void tell_by_udp() override { asked.emplace_back("tell_by_udp"); }
  void answer_by_udp() override { asked.emplace_back("answer_by_udp"); }
  void tell_here() override { asked.emplace_back("tell_here"); }
  void stop_telling() override { asked.emplace_back("stop_telling"); }
  void report_hosting() override { asked.emplace_back("report_hosting"); }
  void report_not_kept() override { asked.emplace_back("report_not_kept"); }
  void report_busy() override { asked.emplace_back("report_busy"); }
  void report_port_awaited() override { asked.emplace_back("report_port_awaited"); }
  void report_not_opened() override { asked.emplace_back("report_not_opened"); }
  void report_ended() override { asked.emplace_back("report_ended"); }
  void report_none() override { asked.emplace_back("report_none"); }
};

struct SessionHostTest : testing::Test, Rig<SessionHost, Port> {
  void host() {
    on(HostSession{});
    on(SessionKept{});
    on(MdnsUp{});
    on(PortOpened{});
    asked();
  }
};

TEST_F(SessionHostTest, RegistersTellsOpensAndHosts) {
  on(HostSession{});
  EXPECT_THAT(asked(), ElementsAre("keep"));
  on(SessionKept{});
  EXPECT_THAT(asked(), ElementsAre("tell_by_mdns"));
  on(MdnsUp{});
  EXPECT_THAT(asked(), ElementsAre("answer_by_udp", "open_port"));
  on(PortOpened{});
  EXPECT_THAT(asked(), ElementsAre("report_hosting"));
  EXPECT_TRUE(machine.is("hosting"_s));
  EXPECT_TRUE(machine.is("by_mdns"_s));
}

TEST_F(SessionHostTest, EndsWhenTheLastGuestIsGone) {
  host();
  on(EndSession{});
  on(EndSession{});
  EXPECT_THAT(asked(), ElementsAre("dismiss_guests", "stop_telling"));
  on(GuestsGone{});
  EXPECT_THAT(asked(), ElementsAre("close_port", "forget_session", "report_ended"));
  EXPECT_TRUE(machine.is("idle"_s));
  EXPECT_TRUE(machine.is("silent"_s));
  on(EndSession{});
  EXPECT_THAT(asked(), ElementsAre("report_none"));
}

TEST_F(SessionHostTest, EndsThoughAGuestDoesNotAnswerTheClose) {
  host();
  on(EndSession{});
  asked();
  pass(kDismissMax);
  EXPECT_THAT(asked(), ElementsAre("close_port", "forget_session", "report_ended"));
}

TEST_F(SessionHostTest, WithoutAvahiItIsToldByBroadcastAndWithoutThatInThisProcess) {
  on(HostSession{});
  on(SessionKept{});
  asked();
  on(MdnsFailed{});
  EXPECT_THAT(asked(), ElementsAre("tell_by_udp"));
  on(UdpUp{});
  EXPECT_THAT(asked(), ElementsAre("open_port"));
  EXPECT_TRUE(machine.is("by_udp"_s));
  on(UdpFailed{});
  EXPECT_THAT(asked(), ElementsAre("tell_here"));
  EXPECT_TRUE(machine.is("in_process"_s));
  Rig<SessionHost, Port> other;
  other.on(HostSession{});
  other.on(SessionKept{});
  other.on(MdnsFailed{});
  other.asked();
  other.on(UdpFailed{});
  EXPECT_THAT(other.asked(), ElementsAre("tell_here", "open_port"));
}

TEST_F(SessionHostTest, AWayThatDoesNotAnswerIsLeft) {
  on(HostSession{});
  on(SessionKept{});
  asked();
  pass(kWayMax);
  EXPECT_THAT(asked(), ElementsAre("forget_mdns", "tell_by_udp"));
  pass(kWayMax);
  EXPECT_THAT(asked(), ElementsAre("tell_here", "open_port"));
}

TEST_F(SessionHostTest, AvahiIsTriedAgainAfterAMinuteAndWhenItGoesAwayAnotherWayIsTaken) {
  host();
  on(MdnsFailed{});
  on(UdpUp{});
  EXPECT_THAT(asked(), ElementsAre("tell_by_udp"));
  pass(kMdnsAgain);
  EXPECT_THAT(asked(), ElementsAre("tell_by_mdns"));
  on(MdnsUp{});
  EXPECT_THAT(asked(), ElementsAre("answer_by_udp"));
  on(MdnsFailed{});
  on(UdpFailed{});
  asked();
  pass(kMdnsAgain);
  EXPECT_THAT(asked(), ElementsAre("tell_by_mdns"));
  EXPECT_TRUE(machine.is("hosting"_s));
}

TEST_F(SessionHostTest, ADiskThatFailsOrHangsDoesNotStopIt) {
  on(HostSession{});
  on(SessionNotKept{});
  EXPECT_THAT(asked(), ElementsAre("keep", "report_not_kept", "tell_by_mdns"));
  Rig<SessionHost, Port> other;
  other.on(HostSession{});
  other.pass(kKeepMax);
  EXPECT_THAT(other.asked(), ElementsAre("keep", "report_not_kept", "tell_by_mdns"));
}

TEST_F(SessionHostTest, APortThatIsTakenIsToldToWhoAskedAndAwaitedByARestoredSession) {
  on(HostSession{});
  on(SessionKept{});
  on(MdnsUp{});
  asked();
  on(PortNotOpened{});
  EXPECT_THAT(asked(), ElementsAre("forget_session", "report_not_opened", "stop_telling"));
  EXPECT_TRUE(machine.is("idle"_s));

  on(RehostSession{});
  on(MdnsUp{});
  on(PortNotOpened{});
  EXPECT_THAT(asked(), ElementsAre("tell_by_mdns", "answer_by_udp", "open_port", "report_port_awaited"));
  pass(kPortAgain);
  EXPECT_THAT(asked(), ElementsAre("open_port"));
  on(PortNotOpened{});
  asked();
  on(EndSession{});
  EXPECT_THAT(asked(), ElementsAre("forget_session", "report_ended", "stop_telling"));
}

TEST_F(SessionHostTest, CanBeEndedWhileItBegins) {
  const auto ended_after = [](auto... events) {
    Rig<SessionHost, Port> rig;
    (rig.on(events), ...);
    rig.asked();
    rig.on(EndSession{});
    EXPECT_TRUE(rig.machine.is("idle"_s));
    EXPECT_TRUE(rig.machine.is("silent"_s));
    return rig.asked();
  };
  EXPECT_THAT(ended_after(HostSession{}), ElementsAre("forget_session", "report_ended"));
  EXPECT_THAT(ended_after(HostSession{}, SessionKept{}), ElementsAre("forget_session", "report_ended", "stop_telling"));
  EXPECT_THAT(ended_after(HostSession{}, SessionKept{}, MdnsFailed{}), ElementsAre("forget_session", "report_ended", "stop_telling"));
  EXPECT_THAT(ended_after(HostSession{}, SessionKept{}, MdnsUp{}), ElementsAre("close_port", "forget_session", "report_ended", "stop_telling"));
  EXPECT_THAT(ended_after(HostSession{}, SessionKept{}, MdnsFailed{}, UdpUp{}), ElementsAre("close_port", "forget_session", "report_ended", "stop_telling"));
  EXPECT_THAT(ended_after(HostSession{}, SessionKept{}, MdnsFailed{}, UdpFailed{}),
              ElementsAre("close_port", "forget_session", "report_ended", "stop_telling"));
}

TEST_F(SessionHostTest, HostsOneAtATime) {
  const auto asked_in = [](auto... events) {
    Rig<SessionHost, Port> rig;
    (rig.on(events), ...);
    rig.asked();
    rig.on(HostSession{});
    return rig.asked();
  };
  EXPECT_THAT(asked_in(HostSession{}), ElementsAre("report_busy"));
  EXPECT_THAT(asked_in(RehostSession{}), ElementsAre("report_busy"));
  EXPECT_THAT(asked_in(RehostSession{}, MdnsUp{}), ElementsAre("report_busy"));
  EXPECT_THAT(asked_in(RehostSession{}, MdnsUp{}, PortNotOpened{}), ElementsAre("report_busy"));
  EXPECT_THAT(asked_in(RehostSession{}, MdnsUp{}, PortOpened{}), ElementsAre("report_busy"));
  EXPECT_THAT(asked_in(RehostSession{}, MdnsUp{}, PortOpened{}, EndSession{}), ElementsAre("report_busy"));
}

TEST_F(SessionHostTest, WhatComesLateChangesNothing) {
  host();
  on(RehostSession{});
  on(SessionKept{});
  on(SessionNotKept{});
  on(PortOpened{});
  on(PortNotOpened{});
  on(GuestsGone{});
  EXPECT_THAT(asked(), IsEmpty());
}

}  // namespace
}  // namespace nightjar::fsm
