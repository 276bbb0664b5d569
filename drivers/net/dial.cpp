#include "drivers/net/dial.h"

#include <utility>

namespace nightjar::net {

namespace {

struct Dialling {
  hal::Completion<hal::Result<Dialled>> answer;
  hal::Operation step;
  hal::Operation patience;

  void finish(hal::Result<Dialled> result) {
    const auto done = answer;   // the answer may drop what holds us
    patience.drop();
    done(std::move(result));
  }
};

}   // namespace

hal::Result<std::shared_ptr<TlsClient>> make_tls_client(const hal::HttpOrigin& origin, const TlsTrust& trust, hal::Random& random) {
  if (!origin.tls) return std::shared_ptr<TlsClient>{};
  const bool pinned = !origin.pinned_certificate.empty();
  const auto host = origin.host.empty() ? origin.endpoint.address.text() : origin.host;
  return TlsClient::make({host, origin.pinned_certificate, pinned ? std::string{} : trust.ca_pem}, random);
}

hal::Operation dial(hal::Network& network, hal::Loop& loop, const hal::Endpoint& to, std::shared_ptr<TlsClient> tls, hal::Duration patience,
                    std::function<void(hal::Result<Dialled>)> done) {
  const auto dialling = std::make_shared<Dialling>();
  dialling->answer = hal::Completion<hal::Result<Dialled>>{std::move(done)};
  // The steps hold the dialling weakly; what holds it is the answer's cancel, until the answer is given or the asker drops it.
  dialling->answer.on_dropped([dialling] {
    dialling->step.drop();
    dialling->patience.drop();
  });
  const std::weak_ptr<Dialling> weak = dialling;
  if (tls) {
    dialling->patience = loop.at(loop.now() + patience, [weak, to] {
      if (const auto self = weak.lock()) {
        self->step.drop();
        self->finish(hal::Error{hal::ErrorKind::timed_out, "no TLS connection to " + to.text() + " in the time allowed"});
      }
    });
  }
  const auto shaken = [weak](hal::Result<TlsOpened> opened) {
    const auto self = weak.lock();
    if (!self) return;
    if (!opened.ok())
      self->finish(opened.error());
    else
      self->finish(Dialled{std::move(opened.value().stream), std::move(opened.value().certificate)});
  };
  dialling->step = network.connect(to, patience, [weak, tls, &loop, shaken](hal::Result<std::unique_ptr<hal::Stream>> connected) {
    const auto self = weak.lock();
    if (!self) return;
    if (!connected.ok())
      self->finish(connected.error());
    else if (!tls)
      self->finish(Dialled{std::move(connected.value()), {}});
    else
      self->step = tls_client(std::move(connected.value()), tls, loop, shaken);
  });
  return dialling->answer.operation();
}

std::string host_field(const hal::HttpOrigin& origin) {
  auto host = origin.host.empty() ? origin.endpoint.address.text() : origin.host;
  if (host.find(':') != std::string::npos && !host.starts_with('[')) host = "[" + host + "]";
  const std::uint16_t usual = origin.tls ? 443 : 80;
  return origin.endpoint.port == usual ? host : host + ":" + std::to_string(origin.endpoint.port);
}

}   // namespace nightjar::net
