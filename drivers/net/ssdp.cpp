#include "drivers/net/ssdp.h"

#include <algorithm>
#include <charconv>

#include "drivers/net/http_codec.h"

namespace nightjar::net {

namespace {

constexpr std::size_t kDatagramMax = 4096;   // SSDP fits an Ethernet frame; anything near this is none
constexpr std::size_t kFieldMax = 1024;
constexpr std::size_t kSsdpFieldsMax = 32;
constexpr std::uint32_t kMaxAge = 86400;   // a day; longer promises are cut
constexpr int kWaitMax = 5;                // UPnP Device Architecture 1.1, section 1.3.2

/// Takes a line off the front, CRLF or LF.
std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The fields of a datagram that begins with `first_line`; nothing when it does not or is malformed. Field names without case.
std::optional<hal::Headers> parse_fields(std::string_view datagram, std::string_view first_line) {
  if (datagram.size() > kDatagramMax || datagram.find('\0') != std::string_view::npos) return std::nullopt;
  const auto first = trim(next_line(datagram));
  if (!same_text(first.substr(0, first_line.size()), first_line)) return std::nullopt;
  hal::Headers out;
  while (!datagram.empty()) {
    const auto line = next_line(datagram);
    if (line.empty()) break;
    const auto colon = line.find(':');
    const bool folded = line.front() == ' ' || line.front() == '\t';
    if (colon == std::string_view::npos || colon == 0 || folded || line.size() > kFieldMax || out.all().size() == kSsdpFieldsMax)
      return std::nullopt;
    if (line.find('\r') != std::string_view::npos) return std::nullopt;
    out.add(std::string{trim(line.substr(0, colon))}, std::string{trim(line.substr(colon + 1))});
  }
  return out;
}

std::string field(const hal::Headers& fields, std::string_view name) { return std::string{fields.find(name).value_or("")}; }

std::uint32_t parse_max_age(std::string_view cache_control) {
  std::string text{cache_control};
  std::erase(text, ' ');
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto at = text.find("max-age=");
  std::uint64_t value = 0;
  if (at == std::string::npos) return SsdpNotify{}.max_age_s;
  const auto [end, failed] = std::from_chars(text.data() + at + 8, text.data() + text.size(), value);
  if (failed == std::errc::result_out_of_range) return kMaxAge;
  return failed == std::errc{} ? static_cast<std::uint32_t>(std::min<std::uint64_t>(value, kMaxAge)) : SsdpNotify{}.max_age_s;
}

void append(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  std::copy_if(value.begin(), value.end(), std::back_inserter(out), [](char c) { return c != '\r' && c != '\n' && c != '\0'; });
  out.append("\r\n");
}

}   // namespace

hal::Endpoint ssdp_group() { return {hal::IpAddress::v4(239, 255, 255, 250), 1900}; }

std::optional<SsdpNotify> parse_ssdp_notify(std::string_view datagram) {
  const auto fields = parse_fields(datagram, "NOTIFY * HTTP/1.");
  if (!fields) return std::nullopt;
  SsdpNotify out;
  const auto kind = field(*fields, "NTS");
  if (same_text(kind, "ssdp:alive"))
    out.kind = SsdpNotify::Kind::alive;
  else if (same_text(kind, "ssdp:byebye"))
    out.kind = SsdpNotify::Kind::byebye;
  else if (same_text(kind, "ssdp:update"))
    out.kind = SsdpNotify::Kind::update;
  else
    return std::nullopt;
  out.type = field(*fields, "NT");
  out.usn = field(*fields, "USN");
  out.location = field(*fields, "Location");
  out.server = field(*fields, "Server");
  out.max_age_s = parse_max_age(field(*fields, "Cache-Control"));
  const bool needs_location = out.kind == SsdpNotify::Kind::alive;
  if (out.type.empty() || out.usn.empty() || (needs_location && out.location.empty())) return std::nullopt;
  return out;
}

std::optional<SsdpResponse> parse_ssdp_response(std::string_view datagram) {
  const auto fields = parse_fields(datagram, "HTTP/1.1 200");
  if (!fields) return std::nullopt;
  SsdpResponse out;
  out.type = field(*fields, "ST");
  out.usn = field(*fields, "USN");
  out.location = field(*fields, "Location");
  out.server = field(*fields, "Server");
  out.max_age_s = parse_max_age(field(*fields, "Cache-Control"));
  if (out.type.empty() || out.usn.empty() || out.location.empty()) return std::nullopt;
  return out;
}

std::optional<SsdpSearch> parse_msearch(std::string_view datagram) {
  const auto fields = parse_fields(datagram, "M-SEARCH * HTTP/1.");
  if (!fields) return std::nullopt;
  SsdpSearch out;
  out.type = field(*fields, "ST");
  if (out.type.empty() || !same_text(field(*fields, "MAN"), "\"ssdp:discover\"")) return std::nullopt;
  const auto wait = field(*fields, "MX");
  int seconds = 0;
  std::from_chars(wait.data(), wait.data() + wait.size(), seconds);   // absent (a unicast search) or senseless: 1
  out.wait_s = std::clamp(seconds, 1, kWaitMax);
  return out;
}

std::string format_ssdp_notify(const SsdpNotify& notify) {
  std::string out = "NOTIFY * HTTP/1.1\r\n";
  append(out, "Host", ssdp_group().text());
  if (notify.kind != SsdpNotify::Kind::byebye) {
    append(out, "Cache-Control", "max-age=" + std::to_string(notify.max_age_s));
    append(out, "Location", notify.location);
  }
  append(out, "NT", notify.type);
  switch (notify.kind) {
    case SsdpNotify::Kind::alive: append(out, "NTS", "ssdp:alive"); break;
    case SsdpNotify::Kind::byebye: append(out, "NTS", "ssdp:byebye"); break;
    case SsdpNotify::Kind::update: append(out, "NTS", "ssdp:update"); break;
  }
  if (!notify.server.empty()) append(out, "Server", notify.server);
  append(out, "USN", notify.usn);
  return out.append("\r\n");
}

std::string format_ssdp_response(const SsdpResponse& response) {
  std::string out = "HTTP/1.1 200 OK\r\n";
  append(out, "Cache-Control", "max-age=" + std::to_string(response.max_age_s));
  append(out, "EXT", "");
  append(out, "Location", response.location);
  if (!response.server.empty()) append(out, "Server", response.server);
  append(out, "ST", response.type);
  append(out, "USN", response.usn);
  return out.append("\r\n");
}

std::string format_msearch(const SsdpSearch& search) {
  std::string out = "M-SEARCH * HTTP/1.1\r\n";
  append(out, "HOST", ssdp_group().text());
  append(out, "MAN", "\"ssdp:discover\"");
  append(out, "MX", std::to_string(std::clamp(search.wait_s, 1, kWaitMax)));
  append(out, "ST", search.type);
  return out.append("\r\n");
}

bool is_ccapi(std::string_view type, std::string_view usn) {
  const auto named = [](std::string_view text) {
    return text.find("schemas-canon-com") != std::string_view::npos && text.find("ICPO-CameraControlAPIService") != std::string_view::npos;
  };
  return named(type) || named(usn);
}

}   // namespace nightjar::net
