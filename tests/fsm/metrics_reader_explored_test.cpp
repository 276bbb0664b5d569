// A reader of the metrics in every situation it can come into.
#include "fsm/metrics_reader.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {
namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<MetricsReader>;

constexpr sml::Time kValidity = 7s;   // past one round, short of the second

struct Seen {
  bool checked = false;
  bool admitted = false;
  bool ran_out = false;
  bool told_wrongly = false;   // metrics without a good token, or after a close
  int closes = 0;
  int forgets = 0;
  sml::Time left{};            // of the token
  bool operator==(const Seen&) const = default;
};

struct World final : MetricsReaderPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }
  void check_token() override { checked = true; }
  void send_metrics() override { told_wrongly |= !admitted || closes != 0 || forgets != 0 || left < sml::Time{}; }
  void close_for_token() override {
    ran_out = true;
    ++closes;
  }
  void close_for_slowness() override { ++closes; }
  void close_going_away() override { ++closes; }
  void forget() override { ++forgets; }

  void hear(const sml::Input<MetricsReader>& input) {
    if (!brings<MetricsReader::Admitted>(input) || admitted || closes != 0 || forgets != 0) return;
    admitted = true;
    left = kValidity;
  }
};

/// Nobody reads what he has no token for, nor longer than that is good.
bool only_the_admitted_are_told_and_only_while_they_are(const Machine&, const World& world) { return !world.told_wrongly; }
bool a_token_that_ran_out_ends_it(const Machine& m, const World& world) { return !m.is("reading"_s) || world.left > sml::Time{}; }
/// RFC 6455, section 5.5.1.
bool it_is_closed_once(const Machine& m, const World& world) { return world.closes <= 1 && (world.closes == 1 || !m.is("closing"_s)); }
bool it_is_forgotten_once_when_it_has_gone(const Machine& m, const World& world) { return world.forgets == (m.is(sml::X) ? 1 : 0); }
bool its_token_is_looked_at(const Machine&, const World& world) { return world.checked; }

TEST(MetricsReaderExplored, KeepsItsPromisesInEverySituation) {
  Explored<MetricsReader, World> what;
  what.events = {MetricsReader::Admitted{kValidity}, MetricsReader::NotAdmitted{}, Overflowed{}, ShutDown{}, Gone{}};
  what.waits = {1s};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.elapse = [](Machine&, World& world, sml::Time passed) { world.left = std::max(world.left - passed, -sml::Time{1s}); };
  what.normalise = [](Machine& m, World& world) {
    if (!m.is("reading"_s)) world.left = {};
  };
  what.invariants = {{"only the admitted are told, and only while they are", only_the_admitted_are_told_and_only_while_they_are},
                     {"a token that ran out ends it", a_token_that_ran_out_ends_it},
                     {"it is closed once", it_is_closed_once},
                     {"it is forgotten once, when it has gone", it_is_forgotten_once_when_it_has_gone},
                     {"its token is looked at", its_token_is_looked_at}};
  what.progress = [](const Machine& m, const World&) { return m.is(sml::X); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
