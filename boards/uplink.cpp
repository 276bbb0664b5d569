#include "boards/uplink.h"

#include <fmt/format.h>

#include "boards/files.h"
#include "drivers/net/url.h"

namespace nightjar::boards {
namespace {

constexpr auto kSystemCertificates = "/etc/ssl/certs/ca-certificates.crt";   // Debian's package ca-certificates

}  // namespace

hal::Result<std::unique_ptr<Uplink>> Uplink::make(const app::UplinkSettings& settings, const Lent& lent) {
  const auto url = net::parse_url(settings.url);
  if (!url || !url->scheme.starts_with("ws"))
    return hal::Error{hal::ErrorKind::invalid, "uplink.url must be like wss://metrics.example.org/api/ws/metrics, without a token"};
  hal::WebSocketTarget target;
  target.origin = {url->tls(), {url->address.value_or(hal::IpAddress::any()), url->port}, url->host, {}, settings.pin};
  target.target = url->target;

  net::TlsTrust trust;
  if (url->tls() && settings.pin.empty()) {
    const auto& path = settings.ca.empty() ? kSystemCertificates : settings.ca;
    const auto certificates = read_file(path);
    if (!certificates.ok()) return hal::Error{hal::ErrorKind::invalid, fmt::format("uplink: no certificates to verify the server with: {}", certificates.error().detail)};
    trust.ca_pem = certificates.value();
    const auto usable = net::make_tls_client(target.origin, trust, lent.random);
    if (!usable.ok() || trust.ca_pem.empty()) return hal::Error{hal::ErrorKind::invalid, fmt::format("uplink: {} holds no certificates", path)};
  }
  return std::unique_ptr<Uplink>{new Uplink{lent, std::move(trust), std::move(target)}};
}

}  // namespace nightjar::boards
