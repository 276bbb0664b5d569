#define TOML_EXCEPTIONS 0
#include "boards/board.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>

#include "boards/detect.h"
#include "boards/files.h"

namespace nightjar::boards {
namespace {

/// Reads a board's text; keeps the first mistake, with its line.
class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  hal::Result<Board> read(std::string_view text) {
    const auto parsed = toml::parse(text);
    if (!parsed) return wrong(fmt::format("line {}: {}", parsed.error().source().begin.line, parsed.error().description()));
    const toml::table& root = parsed.table();
    Board out;
    out.name = name_;
    only(root, "", {"description", "port", "sets_clock", "camera", "button", "led"});
    out.description = root["description"].value_or(std::string{});
    out.port = static_cast<std::uint16_t>(number(root, "", "port", 3000, 65'535));
    out.sets_clock = flag(root, "", "sets_clock", false);
    if (const auto* camera = section(root, "camera", {"simulated"})) out.simulated_camera = flag(*camera, "camera", "simulated", false);
    if (const auto* button = section(root, "button", {"chip", "line", "active_low", "bias", "debounce_ms"})) {
      out.pins.button = app::ButtonPin{line(*button, "button"),
                                       {flag(*button, "button", "active_low", true), bias(*button, "button"),
                                        std::chrono::milliseconds{number(*button, "button", "debounce_ms", 20, 1000)}}};
    }
    if (const auto* led = section(root, "led", {"chip", "line", "active_low"})) out.pins.led = app::LedPin{line(*led, "led"), flag(*led, "led", "active_low", false)};
    if (mistake_) return wrong(*mistake_);
    return out;
  }

 private:
  hal::Error wrong(std::string_view what) const { return {hal::ErrorKind::invalid, fmt::format("board {}: {}", name_, what)}; }
  void say(const toml::node& node, std::string_view table, std::string_view key, std::string_view what) {
    if (!mistake_) mistake_ = fmt::format("line {}: {}{}{} {}", node.source().begin.line, table, table.empty() ? "" : ".", key, what);
  }
  void only(const toml::table& table, std::string_view name, std::initializer_list<std::string_view> known) {
    for (const auto& [key, node] : table)
      if (std::find(known.begin(), known.end(), key.str()) == known.end()) say(node, name, key.str(), "is not known");
  }
  const toml::table* section(const toml::table& root, std::string_view name, std::initializer_list<std::string_view> known) {
    const auto* node = root.get(name);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) say(*node, "", name, "must be a section");
    else only(*node->as_table(), name, known);
    return node->as_table();
  }
  std::int64_t number(const toml::table& table, std::string_view name, std::string_view key, std::int64_t otherwise, std::int64_t most) {
    const auto* node = table.get(key);
    if (node == nullptr) return otherwise;
    const auto value = node->value_exact<std::int64_t>().value_or(-1);
    if (value < 0 || value > most) say(*node, name, key, fmt::format("must be a number between 0 and {}", most));
    return value;
  }
  bool flag(const toml::table& table, std::string_view name, std::string_view key, bool otherwise) {
    const auto* node = table.get(key);
    if (node == nullptr) return otherwise;
    if (!node->is_boolean()) say(*node, name, key, "must be true or false");
    return node->value_or(otherwise);
  }
  hal::LineName line(const toml::table& table, std::string_view name) {
    const auto chip = table["chip"].value_exact<std::string>();
    if (!chip) say(table, name, "chip", "must be the label of a GPIO chip, as gpiodetect shows it");
    if (!table.contains("line")) say(table, name, "line", "is missing");
    return {chip.value_or(std::string{}), static_cast<unsigned>(number(table, name, "line", 0, 1023))};
  }
  hal::Bias bias(const toml::table& table, std::string_view name) {
    const auto* node = table.get("bias");
    const auto word = node == nullptr ? std::string{"pull_up"} : node->value_or(std::string{});
    if (word == "none") return hal::Bias::none;
    if (word == "pull_down") return hal::Bias::pull_down;
    if (word != "pull_up") say(*node, name, "bias", "must be none, pull_up or pull_down");
    return hal::Bias::pull_up;
  }

  std::string name_;
  std::optional<std::string> mistake_;
};

}  // namespace

std::vector<std::string> built_in_boards() {
  std::vector<std::string> out;
  for (const auto& board : kBuiltIns) out.emplace_back(board.name);
  return out;
}

hal::Result<Board> find_board(const std::string& name_or_path, const std::string& root) {
  if (name_or_path == "auto") return find_board(detect_board(root), root);
  for (const auto& board : kBuiltIns)
    if (board.name == name_or_path) return Reader{name_or_path}.read(board.toml);
  if (name_or_path.find('/') == std::string::npos && !name_or_path.ends_with(".toml")) {
    return hal::Error{hal::ErrorKind::not_found,
                      fmt::format("there is no board \"{}\"; there are {}, auto, or give the path of a .toml file", name_or_path, fmt::join(built_in_boards(), ", "))};
  }
  const auto text = read_file(name_or_path);
  if (!text.ok()) return text.error();
  return Reader{name_or_path}.read(text.value());
}

}  // namespace nightjar::boards
