#include "app/metrics_feed.h"

namespace nightjar::app {

class MetricsFeed::Reader final : private hal::WebSocket::Handler, private fsm::MetricsReaderPort {
 public:
  Reader(MetricsFeed& feed, std::string token, std::unique_ptr<hal::WebSocket> socket)
      : feed_(feed), token_(std::move(token)), socket_(std::move(socket)), machine_(feed.lent_.runtime, *this) {}
  void start() {
    machine_.start();
    socket_->start(*this);
  }
  void shut_down() { machine_.dispatch(fsm::ShutDown{}); }

 private:
  // socket: what readers say is not for us
  void on_message(hal::MessageKind, std::string_view) override {}
  void on_closed(std::uint16_t, std::string_view) override { machine_.dispatch(fsm::Gone{}); }
  // lifecycle
  void check_token() override;
  void send_metrics() override;
  void close_for_token() override { socket_->close(hal::close_code::policy, "Authentication failed"); }
  void close_for_slowness() override { socket_->close(hal::close_code::try_later, "Too slow"); }
  void close_going_away() override { socket_->close(hal::close_code::going_away, "The device stops"); }
  void forget() override { feed_.forget(*this); }

  MetricsFeed& feed_;
  std::string token_;
  std::unique_ptr<hal::WebSocket> socket_;
  Hosted<fsm::MetricsReader> machine_;
};

void MetricsFeed::Reader::check_token() {
  constexpr auto kLongest = std::chrono::hours{24 * 365};   // a token without an end: the connection is made anew once a year
  const auto& lent = feed_.lent_;
  const auto now = lent.wall_clock.now();
  const auto token = std::exchange(token_, {});
  const auto claims = lent.tokens == nullptr ? hal::Result<hal::TokenClaims>{hal::Error{hal::ErrorKind::denied, "no tokens are taken here: metrics.secret is not set"}}
                                             : lent.tokens->check(token, now);
  if (!claims.ok()) {
    lent.runtime.log.write(hal::LogLevel::warning, "metrics_feed", "a reader was refused", {{"reader", socket_->remote().text()}, {"error", claims.error().detail}});
    return machine_.dispatch(fsm::MetricsReader::NotAdmitted{});
  }
  lent.runtime.log.write(hal::LogLevel::info, "metrics_feed", "a reader came", {{"reader", socket_->remote().text()}, {"subject", claims.value().subject}});
  sml::Time validity = kLongest;
  if (claims.value().expires) validity = std::min(validity, sml::Time{*claims.value().expires - now});
  machine_.dispatch(fsm::MetricsReader::Admitted{validity});
}

void MetricsFeed::Reader::send_metrics() {
  socket_->send(hal::MessageKind::text, feed_.metrics_text());
  if (socket_->unsent() > kUnsentMax) machine_.dispatch(fsm::Overflowed{});
}

MetricsFeed::MetricsFeed(const Lent& lent) : lent_(lent), alive_(std::make_shared<bool>(true)) {}
MetricsFeed::~MetricsFeed() = default;

void MetricsFeed::enter(const std::string& token, std::unique_ptr<hal::WebSocket> socket) {
  readers_.push_back(std::make_unique<Reader>(*this, token, std::move(socket)));
  readers_.back()->start();
}

void MetricsFeed::shut_down() {
  for (const auto& reader : readers_) reader->shut_down();
}

void MetricsFeed::forget(const Reader& reader) {
  // Later: the reader is on the stack now.
  lent_.runtime.queue.post([this, alive = std::weak_ptr{alive_}, gone = &reader] {
    if (!alive.expired()) std::erase_if(readers_, [gone](const auto& one) { return one.get() == gone; });
  });
}

}  // namespace nightjar::app
