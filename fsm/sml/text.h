#pragma once

/// Text that lives in types, and the names of types, functions and members as the compiler spells them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sml {

/// A string literal that can be a template argument.
template <std::size_t N>
struct text {
  char chars[N]{};

  constexpr text() = default;
  constexpr text(const char (&literal)[N]) {  // NOLINT: implicit on purpose, it stands for the literal
    for (std::size_t i = 0; i < N; ++i) chars[i] = literal[i];
  }
  constexpr explicit text(const std::array<char, N>& letters) {
    for (std::size_t i = 0; i < N; ++i) chars[i] = letters[i];
  }
  constexpr std::string_view view() const { return {chars, N - 1}; }
  constexpr bool operator==(const text&) const = default;
};

namespace detail {

template <class T>
constexpr std::string_view spelled_type() {
  return __PRETTY_FUNCTION__;
}

template <auto Value>
constexpr std::string_view spelled_value() {
  return __PRETTY_FUNCTION__;
}

/// What stands between "= " and the closing bracket of a pretty function.
constexpr std::string_view between(std::string_view pretty) {
  const std::size_t open = pretty.find(" = ");
  std::size_t end = pretty.rfind(']');
#if !defined(__clang__)
  // GCC adds "; std::string_view = ..." after the argument.
  const std::size_t semicolon = pretty.rfind("; ");
  if (semicolon != std::string_view::npos && semicolon > open) end = semicolon;
#endif
  return pretty.substr(open + 3, end - open - 3);
}

/// The last part of a qualified name: "a::b::Press" -> "Press". Template arguments are kept.
constexpr std::string_view unqualified(std::string_view name) {
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t i = 0; i + 1 < name.size(); ++i) {
    const char c = name[i];
    if (c == '<' || c == '(' || c == '{') ++depth;
    if (c == '>' || c == ')' || c == '}') --depth;
    if (depth == 0 && c == ':' && name[i + 1] == ':') start = i + 2;
  }
  name.remove_prefix(start);
  while (!name.empty() && (name.front() == '&' || name.front() == ' ')) name.remove_prefix(1);
  return name;
}

template <class T>
constexpr std::string_view type_name = unqualified(between(spelled_type<T>()));

template <auto Value>
inline constexpr std::string_view value_name = unqualified(between(spelled_value<Value>()));

/// Identity of a type or a value in constant expressions. Addresses would do as well, but comparing those is
/// no constant expression to GCC under -fsanitize=undefined.
constexpr std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

template <class T>
inline constexpr std::uint64_t type_key = hash_of(spelled_type<T>());

/// A closure has no name of its own: GCC says "<lambda", Clang says "(lambda".
template <class T>
constexpr bool is_unnamed = spelled_type<T>().find("lambda") != std::string_view::npos ||
                            spelled_type<T>().find("'lambda") != std::string_view::npos;

/// Concatenation of texts that are known at compile time, in storage of its own.
template <const std::string_view&... Parts>
struct joined {
  using Buffer = std::array<char, (Parts.size() + ... + 1)>;
  static constexpr Buffer fill() {
    Buffer chars{};
    std::size_t at = 0;
    const auto append = [&](std::string_view part) {
      for (const char c : part) chars[at++] = c;
    };
    (append(Parts), ...);
    return chars;
  }
  static constexpr Buffer buffer = fill();
  static constexpr std::string_view value{buffer.data(), buffer.size() - 1};
};

}  // namespace detail
}  // namespace sml
