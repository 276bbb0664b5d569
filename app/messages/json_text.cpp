#include "app/messages/json_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace nightjar::app {
namespace {

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

void append_quoted(std::string& out, std::string_view text) {
  if (is_plain(text))
    out.append("\"").append(text).append("\"");
  else
    out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

bool is_shallow(std::string_view text, int depth_max) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      else if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > depth_max) return false;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return true;
}

Json::Json(std::string_view value) {
  text_.clear();
  append_quoted(text_, value);
}

Json::Json(double value) {
  if (!std::isfinite(value)) return;
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text_.assign(digits.data(), end);
}

void Json::begin_next() {
  text_.pop_back();
  if (text_.size() > 1) text_ += ',';
}

void Json::add(std::string_view name, const Json& value) {
  begin_next();
  append_quoted(text_, name);
  text_.append(":").append(value.text_).append("}");
}

void Json::push_back(const Json& value) {
  begin_next();
  text_.append(value.text_).append("]");
}

}  // namespace nightjar::app
