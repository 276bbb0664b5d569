// Every snippet of the engine's README, word for word; a test holds the two together.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "fsm/sml/explore.h"
#include "fsm/sml/print.h"
#include "fsm/sml/sml.h"

namespace {

using namespace std::chrono_literals;

struct Press {};
struct Saved { int bytes = 0; };
struct Failed {};

struct CameraPort {  // what the machine may ask of the world
  virtual ~CameraPort() = default;
  virtual void shoot() = 0;
  virtual void report(const Saved& saved) = 0;
};

struct Shot {
  static constexpr auto name = "shot";
  struct Context {
    int retries = 0;
    bool operator==(const Context&) const = default;
    bool may_retry() const { return retries < 2; }
    void count_retry() { ++retries; }
    void forget() { retries = 0; }
    sml::Time pause() const { return std::chrono::seconds(1 << retries); }
  };
  using Port = CameraPort;

  static constexpr auto may_retry = sml::call<&Context::may_retry>;
  static constexpr auto count_retry = sml::call<&Context::count_retry>;
  static constexpr auto forget = sml::call<&Context::forget>;
  static constexpr auto shoot = sml::call<&CameraPort::shoot>;
  static constexpr auto report = sml::call<&CameraPort::report>;

  constexpr auto operator()() const {
    using namespace sml;
    return make_transition_table(
      *"idle"_s     + event<Press>                / shoot            = "exposing"_s,
       "exposing"_s + event<Saved>                / (forget, report) = "idle"_s,
       "exposing"_s + event<Failed> [ may_retry ] / count_retry      = "waiting"_s,
       "exposing"_s + event<Failed>               / forget           = "idle"_s,
       "exposing"_s + after(45s)                  / forget           = "idle"_s,
       "exposing"_s + ignore<Press>,
       "waiting"_s  + after(&Context::pause)      / shoot            = "exposing"_s);
  }
};
static_assert(sml::verified<Shot>);

sml::Verdict press(sml::machine<Shot>& shot, sml::Time now, CameraPort& port) {
  if (!shot.started()) shot.start(now, port);           // entry of the initial state
  const sml::Verdict verdict = shot.process(Press{}, now, port);
  if (auto due = shot.next_deadline(); due && *due <= now) shot.advance(now, port);  // what is due fires
  return verdict;                                       // taken, internal, refused or unexpected
}

void look(sml::machine<Shot>& shot, CameraPort& port) {
  sml::Trace<256> trace;                                 // 16 bytes per step, in a ring
  sml::Counters<Shot> counters;                          // per row and per state
  auto both = sml::tee(trace, counters);
  shot.process(Saved{7}, sml::Time{5}, port, both);
  std::string diagram = sml::to_mermaid<Shot>();         // also to_dot, to_json, and all three of a MachineInfo
  for (const sml::RowInfo& row : sml::info<Shot>.rows)   // the arrays themselves, also constexpr: introspect<Shot>
    diagram += row.action;
}

struct Camera : CameraPort {  // a model of the world: part of the situation if it can be compared
  int shots = 0;
  bool operator==(const Camera& other) const { return shots == other.shots; }
  void shoot() override { shots = 1; }
  void report(const Saved&) override { shots = 0; }
};

bool explored() {
  sml::Exploration<Shot, Camera> what;
  what.events = {Press{}, Saved{}, Failed{}};
  what.invariants.push_back({"at most two retries", [](const auto& m, const Camera&) { return m.context().retries <= 2; }});
  what.progress = [](const auto& m, const Camera&) { return m.state_name() == "idle"; };
  const auto report = sml::explore(what);   // report.text(): the shortest path to a broken invariant, a deadlock, a livelock
  return report.ok();
}

TEST(Readme, TheMachineOfTheFirstSnippetWorks) {
  Camera camera;
  sml::machine<Shot> shot;
  EXPECT_EQ(press(shot, sml::Time{}, camera), sml::Verdict::taken);
  EXPECT_EQ(press(shot, sml::Time{1s}, camera), sml::Verdict::internal);
  EXPECT_EQ(camera.shots, 1);
  look(shot, camera);
  EXPECT_EQ(shot.state_name(), "idle");
  EXPECT_EQ(camera.shots, 0);
}

TEST(Readme, TheExplorationFindsNoTrouble) { EXPECT_TRUE(explored()); }

TEST(Readme, EverySnippetIsCompiledHere) {
  const auto read = [](const std::string& path) {
    std::ifstream in(NIGHTJAR_SOURCE "/" + path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  };
  const std::string test = read("tests/fsm/sml/readme_test.cpp");
  const std::string readme = read("fsm/sml/README.md");
  ASSERT_FALSE(readme.empty());
  std::size_t snippets = 0;
  const std::string fence = "```";
  for (std::size_t at = 0; (at = readme.find(fence + "cpp\n", at)) != std::string::npos; ++snippets) {
    at += fence.size() + 4;
    const std::string snippet = readme.substr(at, readme.find(fence, at) - at);
    EXPECT_NE(test.find(snippet), std::string::npos) << snippet;
    at += snippet.size();
  }
  EXPECT_GE(snippets, 4u);
}

}  // namespace
