#include "boards/world_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nightjar::boards {

namespace {

constexpr std::size_t kUnsentMax = 256u << 10;   // of one direction; past it the other end is paused
constexpr auto kConnectMax = std::chrono::seconds{10};

}  // namespace

/// One real connection and the one in the world that answers it.
class WorldServer::Visit {
 public:
  Visit(WorldServer& server, std::unique_ptr<hal::Stream> stream) : server_(server), outside_(*this, inside_), inside_(*this, outside_) {
    outside_.stream = std::move(stream);
    connecting_ = server.visitor_.network().connect(server.inside_, kConnectMax, [this](hal::Result<std::unique_ptr<hal::Stream>> opened) {
      if (!opened.ok()) return end();
      inside_.stream = std::move(opened).value();
      inside_.stream->start(inside_);
      outside_.stream->start(outside_);
    });
  }

  bool over() const { return over_; }

 private:
  struct Side final : hal::Stream::Handler {
    Side(Visit& of, Side& opposite) : visit(of), other(opposite) {}

    void on_data(std::string_view bytes) override {
      visit.server_.live();   // so that it happens now in the world
      other.stream->write(bytes);
      if (other.stream->unsent() > kUnsentMax) stream->pause(true);
      visit.server_.live_later();
    }
    void on_drained() override {
      if (!other.closed) other.stream->pause(false);
    }
    void on_closed(const hal::Error& error) override {
      closed = true;
      if (error.kind != hal::ErrorKind::closed || other.closed) return visit.end();
      visit.server_.live();
      other.stream->finish();   // and what the other still says is read over
      visit.server_.live_later();
    }

    Visit& visit;
    Side& other;
    std::unique_ptr<hal::Stream> stream;
    bool closed = false;
  };

  void end() {
    over_ = true;
    server_.part_later();
  }

  WorldServer& server_;
  bool over_ = false;
  Side outside_;
  Side inside_;
  hal::Operation connecting_;
};

WorldServer::WorldServer(const Lent& lent, const hal::Endpoint& inside, const hal::IpAddress& visitor, int speed)
    : lent_(lent), inside_(inside), visitor_(lent.world.add_host("visitor", visitor)), speed_(std::clamp(speed, 1, kSpeedMax)) {}

WorldServer::~WorldServer() = default;

hal::Result<hal::Endpoint> WorldServer::start(const hal::Endpoint& at) {
  auto opened = lent_.network.listen(at, [this](std::unique_ptr<hal::Stream> stream) { admit(std::move(stream)); });
  if (!opened.ok()) return opened.error();
  listener_ = std::move(opened).value();
  lived_ = lent_.loop.now();
  due_ = lent_.world.now();
  live_later();
  return listener_->local();
}

void WorldServer::admit(std::unique_ptr<hal::Stream> stream) {
  if (visits_.size() >= kVisitsMax) return;
  live();   // so that it comes in now in the world
  visits_.push_back(std::make_unique<Visit>(*this, std::move(stream)));
  live_later();
}

void WorldServer::part_later() {   // not from within a callback of its streams
  parting_ = lent_.loop.at(lent_.loop.now(), [this] {
    std::erase_if(visits_, [](const auto& visit) { return visit->over(); });
    live_later();
  });
}

/// The world as far as it is due, or as the turn allows.
void WorldServer::live() {
  if (living_) return;
  const auto began = lent_.loop.now();
  due_ += (began - lived_) * speed_;
  lived_ = began;
  auto& world = lent_.world;
  living_ = true;
  for (auto next = world.timeline().next(); next && *next <= due_ && lent_.loop.now() - began < kTurnMax; next = world.timeline().next())
    world.step();
  living_ = false;
  const auto next = world.timeline().next();
  if (!next || *next > due_) world.run_until(due_);
  if (const auto lag = due_ - world.now(); lag > kLagMax * speed_) give_up(lag);
  live_later();
}

void WorldServer::give_up(hal::Duration lag) {
  due_ = lent_.world.now();
  const auto now = lent_.loop.now();
  if (warned_ != hal::Instant{} && now - warned_ < kWarnEvery) return;
  warned_ = now;
  const auto lost = std::chrono::duration<double>{lag}.count() / speed_;
  lent_.log.write(hal::LogLevel::warning, "world_server", "the world cannot keep up with its speed", {{"speed", std::to_string(speed_)}, {"behind", fmt::format("{:.1f} s", lost)}});
}

/// At the real moment of the world's next event.
void WorldServer::live_later() {
  if (living_) return;   // live() ends with this
  const auto next = lent_.world.timeline().next();
  if (!next) return next_.drop();
  const auto wait = std::max(hal::Duration{0}, *next - due_);
  next_ = lent_.loop.at(lived_ + (wait + hal::Duration{speed_ - 1}) / speed_, [this] { live(); });   // not before it
}

}  // namespace nightjar::boards
