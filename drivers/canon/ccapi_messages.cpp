#include "drivers/canon/ccapi_messages.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "drivers/canon/ccapi_json.h"

namespace nightjar::canon {
namespace {

bool flag(const Json& object, std::string_view name) {
  const auto* value = member(object, name);
  return value && value->is_boolean() && value->get<bool>();
}

/// The member "path", or "url" of the oldest firmware.
std::optional<std::string> address(const Json& object) {
  for (const auto* name : {"path", "url"}) {
    const auto* value = member(object, name);
    if (value && value->is_string()) return parse_path(value->get_ref<const std::string&>());
  }
  return std::nullopt;
}

std::optional<std::string> word(std::string_view body, std::string_view name) {
  auto value = text(parse_json(body), name, kWordMax);
  return value.empty() ? std::nullopt : std::optional{std::move(value)};
}

std::optional<int> parse_version(std::string_view key) {
  constexpr std::string_view prefix = "ver";
  if (!key.starts_with(prefix) || key.size() != prefix.size() + 3) return std::nullopt;
  int version = 0;
  const auto [end, failed] = std::from_chars(key.data() + prefix.size(), key.data() + key.size(), version);
  if (failed != std::errc{} || end != key.data() + key.size() || version < 0) return std::nullopt;
  return version;
}

std::optional<Resource> parse_resource(int version, const Json& entry) {
  auto path = address(entry);
  if (!path) return std::nullopt;
  std::string marker = "/ver";
  marker += std::to_string(version);
  marker += '/';
  const auto at = path->find(marker);
  if (at == std::string::npos) return std::nullopt;
  Resource out;
  out.version = version;
  out.name = path->substr(at + marker.size());
  out.path = std::move(*path);
  out.get = flag(entry, "get");
  out.post = flag(entry, "post");
  out.put = flag(entry, "put");
  out.remove = flag(entry, "delete");
  return out;
}

}   // namespace

bool Resource::allows(Method method) const {
  switch (method) {
    case Method::get: return get;
    case Method::post: return post;
    case Method::put: return put;
    case Method::remove: return remove;
  }
  return false;
}

const Resource* Capabilities::find(std::string_view name, Method method) const {
  const Resource* best = nullptr;
  for (const auto& resource : resources)
    if (resource.name == name && resource.allows(method) && (!best || resource.version > best->version)) best = &resource;
  return best;
}

std::optional<Capabilities> parse_capabilities(std::string_view body) {
  const auto document = parse_json(body);
  if (!document.is_object()) return std::nullopt;
  Capabilities out;
  for (const auto& [key, entries] : document.items()) {
    const auto version = parse_version(key);
    if (!version || *version > kVersionMax || !entries.is_array()) continue;
    for (const auto& entry : entries) {
      if (out.resources.size() == kResourcesMax) return out;
      if (auto resource = parse_resource(*version, entry)) out.resources.push_back(std::move(*resource));
    }
  }
  return out.resources.empty() ? std::nullopt : std::optional{std::move(out)};
}

std::optional<hal::CameraInfo> parse_device_information(std::string_view body) {
  const auto document = parse_json(body);
  hal::CameraInfo out;
  out.manufacturer = text(document, "manufacturer");
  out.model = text(document, "productname");
  out.serial = text(document, "serialnumber");
  out.firmware = text(document, "firmwareversion");
  out.mac = text(document, "macaddress");
  return out.model.empty() ? std::nullopt : std::optional{std::move(out)};
}

std::optional<std::string> parse_battery(std::string_view body) { return word(body, "level"); }

std::optional<std::string> parse_temperature(std::string_view body) { return word(body, "status"); }

std::optional<std::int64_t> parse_recordable(std::string_view body) { return whole(parse_json(body), "stillimage"); }

std::optional<std::vector<StorageInfo>> parse_storage(std::string_view body) {
  constexpr std::size_t kStoragesMax = 8;   // two slots are the most any body has
  const auto document = parse_json(body);
  const auto* list = member(document, "storagelist");
  if (!list || !list->is_array()) return std::nullopt;
  std::vector<StorageInfo> out;
  for (const auto& entry : *list) {
    auto path = address(entry);
    if (!path || out.size() == kStoragesMax) continue;
    out.push_back({std::move(*path),
                   {text(entry, "name"), text(entry, "accesscapability") != "readonly", whole(entry, "maxsize").value_or(0),
                    whole(entry, "spacesize").value_or(0), whole(entry, "contentsnumber").value_or(0)}});
  }
  return out;
}

std::optional<std::string> parse_directory(std::string_view body) { return address(parse_json(body)); }

std::optional<std::vector<std::string>> parse_contents(std::string_view body) {
  const auto document = parse_json(body);
  for (const auto* name : {"path", "url"}) {
    const auto* list = member(document, name);
    if (!list || !list->is_array()) continue;
    std::vector<std::string> out;
    for (const auto& entry : *list) {
      if (out.size() == kContentsMax) break;
      if (!entry.is_string()) continue;
      if (auto path = parse_path(entry.get_ref<const std::string&>())) out.push_back(std::move(*path));
    }
    return out;
  }
  return std::nullopt;
}

std::optional<ContentsNumber> parse_contents_number(std::string_view body) {
  const auto document = parse_json(body);
  const auto contents = whole(document, "contentsnumber");
  const auto pages = whole(document, "pagenumber");
  if (!contents || !pages) return std::nullopt;
  return ContentsNumber{*contents, *pages};
}

bool is_json(std::string_view body) { return body.size() <= kJsonMax && Json::accept(body); }

std::string parse_error_message(std::string_view body) { return text(parse_json(body), "message"); }

hal::Error error_of(int status, std::string_view body) {
  using enum hal::ErrorKind;
  auto message = parse_error_message(body);
  const auto error = [&](hal::ErrorKind kind) {
    return hal::Error{kind, message.empty() ? "HTTP status " + std::to_string(status) : std::move(message)};
  };
  switch (status) {
    case 400:
    case 416: return error(invalid);
    case 401:
    case 403: return error(denied);
    case 404:
    case 405: return error(not_supported);
    case 409:
    case 500: return error(io);
    case 503: {
      constexpr std::array<std::string_view, 4> passing{"Device busy", "During shooting or recording", "Taken in preparation",
                                                        "Already started"};
      if (message.empty() || std::find(passing.begin(), passing.end(), message) != passing.end()) return error(busy);
      return error(message == "Mode not supported" ? not_supported : io);
    }
    default: return error(protocol);   // 502 is no CCAPI: the body's HTTP service is broken until it is switched off and on
  }
}

std::optional<hal::Duration> parse_tv(std::string_view text) {
  using std::chrono::duration_cast;
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto number = [](std::string_view digits) -> std::optional<std::int64_t> {
    std::int64_t value = 0;
    if (digits.empty() || digits.size() > 5 || digits[0] < '0' || digits[0] > '9') return std::nullopt;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return failed == std::errc{} && end == digits.data() + digits.size() ? std::optional{value} : std::nullopt;
  };
  std::int64_t total = 0;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    const auto above = number(text.substr(0, slash));
    const auto below = number(text.substr(slash + 1));
    if (!above || !below || *below == 0) return std::nullopt;
    total = *above * kSecond / *below;
  } else {
    const auto quote = text.find('"');
    const auto seconds = number(text.substr(0, quote));
    if (quote == std::string_view::npos || !seconds) return std::nullopt;
    total = *seconds * kSecond;
    auto unit = kSecond / 10;
    for (const char digit : text.substr(quote + 1)) {
      if (digit < '0' || digit > '9' || unit == 0) return std::nullopt;
      total += (digit - '0') * unit;
      unit /= 10;
    }
  }
  if (total <= 0 || total > 3600 * kSecond) return std::nullopt;
  return hal::Duration{total};
}

std::optional<std::string> parse_path(std::string_view address) {
  if (const auto scheme = address.find("://"); scheme != std::string_view::npos) {
    const auto slash = address.find('/', scheme + 3);
    if (slash == std::string_view::npos) return std::nullopt;
    address.remove_prefix(slash);
  }
  if (address.empty() || address.size() > kPathMax || address[0] != '/') return std::nullopt;
  const auto sendable = [](char c) { return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f && c != '#'; };
  if (!std::all_of(address.begin(), address.end(), sendable)) return std::nullopt;
  return std::string{address};
}

}   // namespace nightjar::canon
