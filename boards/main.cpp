// The program. What a person types is understood here; what a device does is made in device.cpp.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/machines.h"
#include "app/version.h"
#include "boards/board.h"
#include "boards/device.h"
#include "boards/doctor.h"
#include "boards/files.h"
#include "boards/recording.h"
#include "boards/session_command.h"
#include "boards/simulate.h"
#include "boards/token.h"

namespace {

using namespace nightjar;

constexpr int kUsage = 2;   // a wrong option, value, file or port: one line says which

int fail(const std::string& sentence) {
  fmt::print(stderr, "nightjar: {}\n", sentence);
  return kUsage;
}

struct RunOptions {
  std::string board = "generic";
  std::string state = "nightjar-state";
  std::string config;
  std::optional<std::uint16_t> port;
  bool verbose = false;
};

int run(const RunOptions& options) {
  const auto board = boards::find_board(options.board);
  if (!board.ok()) return fail(board.error().detail);
  app::Settings settings;
  settings.listen.port = board.value().port;
  settings.discover = !board.value().simulated_camera;   // the desk has its camera
  if (!options.config.empty()) {
    const auto text = boards::read_file(options.config);
    if (!text.ok()) return fail(text.error().detail);
    const auto read = app::read_settings(text.value(), settings);
    if (!read.ok()) return fail(options.config + ": " + read.error().detail);
    settings = read.value();
  }
  if (options.port) settings.listen.port = *options.port;
  auto device = boards::Device::make(board.value(), settings, options.state, options.verbose ? hal::LogLevel::debug : hal::LogLevel::info);
  if (!device.ok()) return fail(device.error().detail);
  return device.value()->run();
}

int machines(const std::string& format, const std::string& only) {
  bool found = false;
  std::string out;
  const auto all = app::lifecycles();
  for (const auto& lifecycle : all) {
    if (!only.empty() && lifecycle.info->name != only) continue;
    if (format == "json") out += (found ? ",\n" : "") + lifecycle.json();
    else if (format == "dot") out += lifecycle.dot() + "\n";
    else out += only.empty() ? fmt::format("%% {}\n{}\n", lifecycle.info->name, lifecycle.mermaid()) : lifecycle.mermaid();
    found = true;
  }
  if (!found) return fail(fmt::format("there is no machine \"{}\"; `nightjar machines` shows all", only));
  fmt::print("{}", format == "json" ? "[" + out + "]\n" : out);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program{"Nightjar: timelapse firmware for a camera on a mountain. Serves a web page; speaks to phones and to the camera."};
  program.name("nightjar");
  program.set_version_flag("--version", fmt::format("nightjar {}", app::kVersion));
  program.require_subcommand(1);
  program.failure_message([](const CLI::App* app, const CLI::Error& error) {
    return fmt::format("nightjar: {} (see nightjar {}--help)\n", error.what(), app->get_parent() != nullptr ? app->get_name() + " " : "");
  });

  RunOptions options;
  auto* run_command = program.add_subcommand("run", "serve the page and drive the camera until stopped");
  run_command->add_option("--board", options.board, fmt::format("what is soldered where: {}, auto (looks what it is) or a .toml file", fmt::join(boards::built_in_boards(), ", ")))->capture_default_str();
  run_command->add_option("--port", options.port, "port of page and API; 0 takes a free one")->check(CLI::Range(0, 65'535));
  run_command->add_option("--state", options.state, "folder for sessions and reports")->capture_default_str();
  run_command->add_option("--config", options.config, "settings, a TOML file");
  run_command->add_flag("--verbose", options.verbose, "say more in the log");

  std::string format = "mermaid";
  std::string only;
  auto* machines_command = program.add_subcommand("machines", "print the lifecycles as diagrams or data");
  machines_command->add_option("--format", format, "mermaid, dot or json")->check(CLI::IsMember({"mermaid", "dot", "json"}))->capture_default_str();
  machines_command->add_option("name", only, "one machine");

  boards::DoctorOptions patient;
  auto* doctor_command = boards::add_doctor(program, patient);
  boards::SimulateOptions night;
  auto* simulate_command = boards::add_simulate(program, night);
  boards::SessionOptions sharing;
  auto* session_command = boards::add_session(program, sharing);
  std::string trace;
  auto* replay_command = program.add_subcommand("replay", "live through a traced night again, and compare every step");
  replay_command->add_option("trace", trace, "a file that nightjar simulate --trace has written")->required();

  boards::TokenOptions token;
  auto* token_command = boards::add_token(program, token);

  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : kUsage;
  }
  if (doctor_command->parsed()) return boards::doctor(patient);
  if (simulate_command->parsed()) return boards::simulate(night);
  if (session_command->parsed()) return boards::session(sharing);
  if (token_command->parsed()) {
    const auto made = boards::make_token(token);
    if (!made.ok()) return fail(made.error().detail);
    fmt::print("{}\n", made.value());
    return 0;
  }
  if (replay_command->parsed()) return boards::replay(trace);
  return run_command->parsed() ? run(options) : machines(format, only);
}
