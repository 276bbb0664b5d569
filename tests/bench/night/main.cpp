// How much faster than real time a night runs, and where the time goes.
//
//   night_bench [--no-tls] [--nights N] [--samples FILE]
//
// Prints one JSON object. --samples writes where the program was each time the profiling timer struck, innermost first, for breakdown.py.
#include <execinfo.h>
#include <signal.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/night/world.h"

namespace {

using namespace nightjar;

constexpr int kDepth = 48;
struct Sample {
  std::array<void*, kDepth> frames;
  int size;
};
std::vector<Sample> samples;
std::size_t taken = 0;

void take_sample(int) {
  if (taken == samples.size()) return;
  auto& sample = samples[taken++];
  sample.size = backtrace(sample.frames.data(), kDepth);
}

void start_sampling() {
  samples.resize(100'000);
  std::array<void*, 4> warm{};
  backtrace(warm.data(), 4);   // loads the unwinder, which a signal handler must not
  struct sigaction action {};
  action.sa_handler = take_sample;
  action.sa_flags = SA_RESTART;
  sigaction(SIGPROF, &action, nullptr);
  const itimerval every{{0, 1000}, {0, 1000}};
  setitimer(ITIMER_PROF, &every, nullptr);
}

/// The map of what is loaded where, then one line a sample.
void write_samples(const std::string& path) {
  const itimerval never{};
  setitimer(ITIMER_PROF, &never, nullptr);
  std::ofstream out{path};
  std::ifstream maps{"/proc/self/maps"};
  for (std::string line; std::getline(maps, line);)
    if (line.find("r-xp") != line.npos) out << "map " << line << "\n";
  for (std::size_t i = 0; i < taken; ++i) {
    out << "at";
    for (int frame = 2; frame < samples[i].size; ++frame) out << " " << samples[i].frames[static_cast<std::size_t>(frame)];   // past the handler
    out << "\n";
  }
}

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

int main(int argc, char** argv) {
  bench::Night::Options options;
  int nights = 5;
  std::string samples_path;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word{argv[i]};
    const bool more = i + 1 < argc;
    if (word == "--no-tls") {
      options.tls = false;
    } else if (word == "--nights" && more) {
      nights = std::max(1, std::atoi(argv[++i]));
    } else if (word == "--samples" && more) {
      samples_path = argv[++i];
    } else {
      std::fprintf(stderr, "usage: night_bench [--no-tls] [--nights N] [--samples FILE]\n");
      return 2;
    }
  }
  if (!samples_path.empty()) start_sampling();
  std::vector<double> seconds;
  unsigned long long events = 0;
  unsigned long long fingerprint = 0;
  std::size_t messages = 0;
  std::size_t requests = 0;
  for (int i = 0; i < nights; ++i) {
    const auto began = processor_seconds();
    bench::Night night{options};
    if (!night.run()) {
      std::fprintf(stderr, "the night did not come out as it should\n");
      return 1;
    }
    seconds.push_back(processor_seconds() - began);
    events = night.world().timeline().steps();
    fingerprint = night.world().fingerprint();
    messages = night.phone().messages();
    requests = night.camera().log().size();
  }
  if (!samples_path.empty()) write_samples(samples_path);
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[seconds.size() / 2];
  const double night = std::chrono::duration<double>{options.interval}.count() * options.shots;
  std::printf("{\"tls\": %s, \"nights\": %d, \"seconds\": %.4f, \"best_seconds\": %.4f, \"times_real_time\": %.0f, \"events\": %llu, "
              "\"messages_per_phone\": %zu, \"camera_requests\": %zu, \"fingerprint\": \"%016llx\"}\n",
              options.tls ? "true" : "false", nights, median, seconds.front(), night / median, events, messages, requests, fingerprint);
  return 0;
}
