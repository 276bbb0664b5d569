#include "boards/media_server.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "app/version.h"
#include "boards/files.h"
#include "drivers/net/url.h"

namespace nightjar::boards {
namespace {

constexpr auto kAuthorities = "/etc/ssl/certs/ca-certificates.crt";   // Debian's ca-certificates

std::string host_name() {
  std::array<char, 65> name{};   // HOST_NAME_MAX is 64
  return ::gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0' ? std::string{name.data()} : std::string{"nightjar"};
}

jellyfin::Identity identity_of(const app::Settings::MediaServer& settings) {
  const auto device = settings.device_name.empty() ? host_name() : settings.device_name;
  return {"Nightjar", app::kVersion, device, "nightjar-" + device};
}

}  // namespace

std::optional<jellyfin::Place> media_place(const std::string& text) {
  const auto url = net::parse_url(text);
  if (!url || !url->scheme.starts_with("http") || url->target.find('?') != std::string::npos) return std::nullopt;
  auto path = url->target;
  while (path.ends_with('/')) path.pop_back();
  return jellyfin::Place{url->tls(), url->host, url->port, path, {}};
}

MediaServer::MediaServer(jellyfin::Place place, const app::Settings::MediaServer& settings, net::TlsTrust trust, hal::Network& network, hal::Loop& loop,
                         hal::Random& random)
    : clients_(network, loop, random, trust),
      sockets_(network, loop, random, trust),
      server_(std::move(place), settings.api_key, identity_of(settings), {network, clients_, sockets_, loop}) {}

hal::Result<std::unique_ptr<MediaServer>> MediaServer::make(const app::Settings::MediaServer& settings, hal::Network& network, hal::Loop& loop,
                                                            hal::Random& random) {
  auto place = media_place(settings.url);
  if (!place) return hal::Error{hal::ErrorKind::invalid, fmt::format("media_server.url must be like http://192.168.4.9:8096, not \"{}\"", settings.url)};
  place->pinned_certificate = settings.certificate;
  net::TlsTrust trust;
  if (place->tls && settings.certificate.empty()) {
    const auto authorities = read_file(kAuthorities);
    if (!authorities.ok()) return hal::Error{hal::ErrorKind::missing, fmt::format("media_server.url is https, and {} is not there to verify it; install ca-certificates or set media_server.certificate", kAuthorities)};
    trust.ca_pem = authorities.value();
  }
  return std::unique_ptr<MediaServer>{new MediaServer{std::move(*place), settings, std::move(trust), network, loop, random}};
}

}  // namespace nightjar::boards
