#include "boards/recording.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>

#include "app/machines.h"
#include "app/version.h"

namespace nightjar::boards {
namespace {

constexpr auto kFirstLine = "# nightjar trace 1";
constexpr int kDifferent = 1;
constexpr int kNoTrace = 2;

int refuse(const std::string& path, const std::string& why) {
  fmt::print(stderr, "nightjar: {}: {}\n", path, why);
  return kNoTrace;
}

std::string table_line(const sml::MachineInfo& info) { return fmt::format("# table {} {:016x}", info.name, info.hash); }
std::string end_line(const sim::Outcome& outcome) { return fmt::format("# end {} {:016x}", outcome.steps, outcome.fingerprint); }

/// Compares what is lived now with what was written then.
class Replay {
 public:
  explicit Replay(const std::string& path) : path_(path), file_(path, std::ios::binary) {}

  int run() {
    std::string line;
    if (!std::getline(file_, line) || line != kFirstLine) return refuse(path_, "this is no trace of nightjar simulate");
    if (const auto wrong = read_head(); !wrong.empty()) return refuse(path_, wrong);
    auto scenario = sim::read_scenario(toml_);
    if (!scenario.ok()) return refuse(path_, "its scenario: " + scenario.error().detail);
    const auto outcome = sim::Simulation{scenario.value(), {[this](const std::string& step) { compare(step); }, {}}}.run(until_);
    if (different_.empty() && (!std::getline(file_, line) || line != end_line(outcome))) different_ = fmt::format("  then: {}\n  now:  {}\n", line, end_line(outcome));
    if (different_.empty()) {
      fmt::print("identical, {} steps\n", outcome.steps);
      return 0;
    }
    fmt::print("different from step {} on\n{}", count_, different_);
    return kDifferent;
  }

 private:
  /// What is wrong with it, or nothing. Ends after "# steps".
  std::string read_head() {
    std::size_t tables = 0;
    for (std::string line; std::getline(file_, line);) {
      if (line == "# steps") return tables == app::lifecycles().size() ? std::string{} : "it does not know all tables of this program";
      if (line.starts_with("#: ")) toml_ += line.substr(3) + "\n";
      else if (line.starts_with("# until ")) until_ = sim::parse_clock(line.substr(8));
      else if (line.starts_with("# table ")) {
        ++tables;
        const auto name = line.substr(8, line.find(' ', 8) - 8);
        bool known = false;
        for (const auto& lifecycle : app::lifecycles()) known = known || table_line(*lifecycle.info) == line;
        if (!known) return fmt::format("it was made with another table {}; a trace can be replayed only by a program of the same tables", name);
      }
    }
    return "it ends within its head";
  }

  void compare(const std::string& step) {
    if (!different_.empty()) return;
    ++count_;
    std::string then;
    if (!std::getline(file_, then)) then = "(nothing)";
    if (then != step) different_ = fmt::format("  then: {}\n  now:  {}\n", then, step);
  }

  std::string path_;
  std::ifstream file_;
  std::string toml_;
  std::optional<hal::Duration> until_;
  std::string different_;
  std::uint64_t count_ = 0;
};

}   // namespace

Recording::Recording(const std::string& path, const sim::Scenario& scenario, std::optional<hal::Duration> until) : file_(path, std::ios::binary) {
  file_ << kFirstLine << "\n# version " << app::kVersion << '\n';
  for (const auto& lifecycle : app::lifecycles()) file_ << table_line(*lifecycle.info) << '\n';
  if (until) file_ << "# until " << sim::clock_text(*until) << '\n';
  file_ << "# scenario\n";
  const auto toml = sim::to_toml(scenario);
  for (std::size_t from = 0; from < toml.size();) {
    const auto to = toml.find('\n', from);
    file_ << "#: " << toml.substr(from, to - from) << '\n';
    from = to + 1;
  }
  file_ << "# steps\n";
}

bool Recording::finish(const sim::Outcome& outcome) {
  file_ << end_line(outcome) << '\n';
  return file_.flush().good();
}

int replay(const std::string& path) { return Replay{path}.run(); }

}   // namespace nightjar::boards
