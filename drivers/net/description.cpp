#include "drivers/net/description.h"

#include <algorithm>
#include <pugixml.hpp>

#include "drivers/net/http_codec.h"
#include "drivers/net/ssdp.h"

namespace nightjar::net {

namespace {

constexpr std::size_t kTextMax = 200;   // bytes; model names have 20, nicknames fewer
constexpr std::size_t kUuidMax = 64;

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& parent, std::string_view name) {
  for (const auto& node : parent.children())
    if (local_name(node) == name) return node;
  return {};
}

std::string_view raw_text(const pugi::xml_node& parent, std::string_view name) { return trim(child(parent, name).child_value()); }

std::string text(const pugi::xml_node& parent, std::string_view name) {
  std::string out;
  for (const char c : raw_text(parent, name))
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
  if (out.size() <= kTextMax) return out;
  auto end = kTextMax;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;
  out.resize(end);
  return out;
}

}   // namespace

std::optional<std::string> parse_uuid(std::string_view text) {
  constexpr std::string_view kHead = "uuid:";
  if (!text.starts_with(kHead)) return std::nullopt;
  text.remove_prefix(kHead.size());
  const auto plain = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'; };
  if (text.empty() || text.size() > kUuidMax || !std::all_of(text.begin(), text.end(), plain)) return std::nullopt;
  return std::string{text};
}

std::optional<Description> parse_description(std::string_view xml) {
  if (xml.size() > kDescriptionMax) return std::nullopt;
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size(), pugi::parse_default, pugi::encoding_utf8)) return std::nullopt;
  const auto device = child(child(document, "root"), "device");
  const auto uuid = parse_uuid(raw_text(device, "UDN"));
  if (!uuid) return std::nullopt;
  for (const auto& service : child(device, "serviceList").children()) {
    if (local_name(service) != "service" || !is_ccapi(raw_text(service, "serviceType"), {})) continue;
    Description out{*uuid, text(device, "modelName"), text(device, "serialNumber"), text(service, "X_deviceNickname"), {}};
    if (out.nickname.empty()) out.nickname = text(device, "friendlyName");
    out.access = parse_url(raw_text(service, "X_accessURL"));
    if (out.access && !out.access->scheme.starts_with("http")) out.access.reset();
    return out;
  }
  return std::nullopt;
}

}   // namespace nightjar::net
