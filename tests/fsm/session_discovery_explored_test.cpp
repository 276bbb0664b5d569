// Looking for sessions in every situation it can come into.
#include "fsm/session_discovery.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<SessionDiscovery>;

struct World final : SessionDiscoveryPort {
  bool mdns = false;    // asked of it, and not given up
  bool udp = false;
  bool here = false;
  bool operator==(const World& other) const { return mdns == other.mdns && udp == other.udp && here == other.here; }
  void browse_mdns() override { mdns = true; }
  void forget_mdns() override { mdns = false; }
  void browse_udp() override { udp = true; }
  void forget_udp() override { udp = false; }
  void browse_here() override { here = true; }
  void stop_browsing() override { mdns = udp = here = false; }
};

/// Nobody pays for a search that nobody wants.
bool it_looks_exactly_while_it_is_wanted(const Machine& m, const World& world) {
  const bool looks = world.mdns || world.udp || world.here;
  return m.is("idle"_s) == m.is("unwanted"_s) && (!m.is("idle"_s) || !looks);
}
bool it_ends_by_itself(const Machine& m, const World&) { return m.is("idle"_s) || m.next_deadline() <= sml::Time{kWanted}; }

TEST(SessionDiscoveryExplored, KeepsItsPromisesInEverySituation) {
  Explored<SessionDiscovery, World> what;
  what.events = {LookForSessions{}, StopLookingForSessions{}, SessionSeen{}, MdnsUp{}, MdnsFailed{}, UdpUp{}, UdpFailed{}};
  what.invariants = {{"it looks exactly while it is wanted", it_looks_exactly_while_it_is_wanted}, {"it ends by itself", it_ends_by_itself}};
  what.progress = [](const Machine& m, const World&) { return m.is("idle"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
