#pragma once
// JSON as text from the start: what the device says is put together once, in order, and sent; nothing here looks into it again.
#include <charconv>
#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace nightjar::app {

/// The text nests no deeper than `depth_max`: asked before a parser builds anything of it.
bool is_shallow(std::string_view text, int depth_max);

struct JsonMember;

/// One JSON value, held as its text. Bytes of a string that are not UTF-8 become U+FFFD.
class Json {
 public:
  Json() = default;
  Json(std::nullptr_t) {}   // NOLINT: implicit by design, as all below
  Json(std::same_as<bool> auto value) : text_(value ? "true" : "false") {}
  Json(std::integral auto value)
  requires(!std::same_as<decltype(value), bool>)
      : text_(std::to_string(value)) {}
  Json(double value);
  Json(std::string_view value);
  Json(const char* value) : Json(std::string_view{value}) {}
  Json(const std::string& value) : Json(std::string_view{value}) {}
  template <class T>
  Json(const std::optional<T>& value) : Json(value ? Json(*value) : Json()) {}
  /// An object.
  Json(std::initializer_list<JsonMember> members);

  /// What is JSON already.
  static Json of_text(std::string_view json) {
    Json out;
    out.text_ = json;
    return out;
  }
  static Json object() { return Json{Raw{"{}"}}; }
  static Json array() { return Json{Raw{"[]"}}; }
  /// `text` is JSON already, whole: a codec has made sure of it.
  static Json written(const std::string& text) { return Json{Raw{text.c_str()}}; }

  /// To an object: a name it has not got yet.
  void add(std::string_view name, const Json& value);
  /// To an array.
  void push_back(const Json& value);

  const std::string& text() const { return text_; }

 private:
  struct Raw {
    const char* text;
  };
  explicit Json(Raw raw) : text_(raw.text) {}
  void begin_next();

  std::string text_ = "null";
};

/// "name": value
struct JsonMember {
  std::string_view name;
  Json value;
};

inline Json::Json(std::initializer_list<JsonMember> members) : text_("{}") {
  for (const auto& member : members) add(member.name, member.value);
}

/// null where there is nothing to say
inline Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace nightjar::app
