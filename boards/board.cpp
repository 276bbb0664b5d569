#define TOML_EXCEPTIONS 0
#include "boards/board.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "boards/files.h"

namespace nightjar::boards {
namespace {

hal::Result<Board> parse_board(const std::string& name, std::string_view text) {
  const auto wrong = [&](std::string_view what) { return hal::Error{hal::ErrorKind::invalid, fmt::format("board {}: {}", name, what)}; };
  const auto parsed = toml::parse(text);
  if (!parsed) return wrong(fmt::format("line {}: {}", parsed.error().source().begin.line, parsed.error().description()));
  const toml::table& table = parsed.table();
  for (const auto& [key, node] : table) {
    if (key.str() != "description" && key.str() != "port" && key.str() != "camera")
      return wrong(fmt::format("line {}: {} is not known", node.source().begin.line, key.str()));
  }
  Board out;
  out.name = name;
  out.description = table["description"].value_or(std::string{});
  const auto port = table["port"].value_or<std::int64_t>(3000);
  if (port < 0 || port > 65'535) return wrong("port must be between 0 and 65535");
  out.port = static_cast<std::uint16_t>(port);
  out.simulated_camera = table["camera"]["simulated"].value_or(false);
  return out;
}

}  // namespace

std::vector<std::string> built_in_boards() {
  std::vector<std::string> out;
  for (const auto& board : kBuiltIns) out.emplace_back(board.name);
  return out;
}

hal::Result<Board> find_board(const std::string& name_or_path) {
  for (const auto& board : kBuiltIns)
    if (board.name == name_or_path) return parse_board(name_or_path, board.toml);
  if (name_or_path.find('/') == std::string::npos && !name_or_path.ends_with(".toml")) {
    return hal::Error{hal::ErrorKind::not_found,
                      fmt::format("there is no board \"{}\"; there are {}, or give the path of a .toml file", name_or_path, fmt::join(built_in_boards(), ", "))};
  }
  const auto text = read_file(name_or_path);
  if (!text.ok()) return text.error();
  return parse_board(name_or_path, text.value());
}

}  // namespace nightjar::boards
