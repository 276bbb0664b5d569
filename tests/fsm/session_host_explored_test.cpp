// A hosted session in every situation it can come into.
#include "fsm/session_host.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<SessionHost>;

struct Seen {
  bool there = false;        // registered
  bool open = false;         // its port, or being opened
  bool opening = false;      // an answer to that is due
  bool told = false;         // in any way, or being told
  bool asked = false;        // a person waits for what becomes of it
  bool twice = false;        // the port opened when it was, or closed when it was not
  bool operator==(const Seen&) const = default;
};

struct World final : SessionHostPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }
  void keep() override { there = asked = true; }
  void open_port() override {
    twice |= std::exchange(open, true);
    opening = true;
  }
  void dismiss_guests() override {}
  void close_port() override {
    twice |= !std::exchange(open, false);
    opening = false;
  }
  void forget_session() override { there = false; }
  void tell_by_mdns() override { told = true; }
  void forget_mdns() override {}
  void tell_by_udp() override { told = true; }
  void answer_by_udp() override {}
  void tell_here() override { told = true; }
  void stop_telling() override { told = false; }
  void report_hosting() override { asked = false; }
  void report_not_kept() override {}
  void report_busy() override {}
  void report_port_awaited() override {}
  void report_not_opened() override { asked = false; }
  void report_ended() override { asked = false; }
  void report_none() override {}

  void hear(const sml::Input<SessionHost>& input) {
    if (brings<PortNotOpened>(input) && opening) open = false;
    if (brings<PortNotOpened>(input) || brings<PortOpened>(input)) opening = false;
  }
};

bool nothing_is_left_of_it_when_it_is_over(const Machine& m, const World& world) {
  return !m.is("idle"_s) || (!world.there && !world.open && !world.told && !world.asked && m.is("silent"_s));
}
/// A guest that finds it can join it, or soon.
bool a_hosted_session_is_told_and_its_port_is_open(const Machine& m, const World& world) { return !m.is("hosting"_s) || (world.open && world.told); }
bool its_port_is_opened_and_closed_in_turn(const Machine&, const World& world) { return !world.twice; }
/// What waits for the world has a clock. Hosting waits for people.
bool it_never_waits_for_ever(const Machine& m, const World&) {
  return m.is("idle"_s) || m.is("hosting"_s) || m.is("opening"_s) || m.next_deadline().has_value();
}

TEST(SessionHostExplored, KeepsItsPromisesInEverySituation) {
  Explored<SessionHost, World> what;
  // Tell, Told and Hush it posts to itself.
  what.events = {HostSession{}, RehostSession{}, SessionKept{}, SessionNotKept{}, PortOpened{}, PortNotOpened{}, EndSession{},
                 GuestsGone{}, MdnsUp{}, MdnsFailed{}, UdpUp{}, UdpFailed{}};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.invariants = {{"nothing is left of it when it is over", nothing_is_left_of_it_when_it_is_over},
                     {"a hosted session is told and its port is open", a_hosted_session_is_told_and_its_port_is_open},
                     {"its port is opened and closed in turn", its_port_is_opened_and_closed_in_turn},
                     {"it never waits for ever", it_never_waits_for_ever}};
  what.progress = [](const Machine& m, const World&) { return m.is("idle"_s) || m.is("hosting"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
