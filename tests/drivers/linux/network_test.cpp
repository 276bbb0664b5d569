// What is special to the kernel's network; what every network does: tests/contracts.
#include "drivers/linux/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "drivers/linux/loop_descriptor.h"
#include "drivers/linux/network_address.h"
#include "tests/contracts/network_tools.h"
#include "tests/drivers/linux/loop_turning.h"

namespace nightjar::os {
namespace {

using namespace std::chrono_literals;
using contracts::pattern;
using contracts::Recorder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Streams = std::vector<std::unique_ptr<hal::Stream>>;
using Connecting = hal::Result<std::unique_ptr<hal::Stream>>;

struct HeardLog final : hal::Log {
  std::vector<std::string> lines;
  void write(hal::LogLevel, std::string_view, std::string_view text, std::initializer_list<hal::LogField> fields) override {
    std::string line{text};
    for (const auto& field : fields) line.append(" ").append(field.name).append("=").append(field.value);
    lines.push_back(line);
  }
};

struct NetworkRig {
  AsioLoop loop;
  HeardLog log;
  AsioNetwork network{loop, log};
  Streams accepted;

  std::unique_ptr<hal::Listener> listen(const hal::Endpoint& at = {hal::IpAddress::loopback(), 0}) {
    auto listening = network.listen(at, [this](std::unique_ptr<hal::Stream> stream) { accepted.push_back(std::move(stream)); });
    EXPECT_TRUE(listening.ok()) << listening.error().text();
    return std::move(listening).value();
  }
};

/// A client of the plain socket calls: whatever a peer may do.
Descriptor plain_client(const hal::Endpoint& to) {
  Descriptor socket{::socket(to.address.is_v6() ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const SocketAddress address{to};
  EXPECT_EQ(::connect(socket.get(), address.data(), address.size()), 0);
  return socket;
}

/// The descriptor of a stream, found by its two ends.
int descriptor_of(const hal::Stream& stream) {
  for (int fd = 0; fd < 1024; ++fd) {
    SocketAddress remote;
    if (::getpeername(fd, remote.data(), remote.size_pointer()) != 0) continue;
    if (remote.endpoint() == stream.remote() && local_endpoint(fd) == stream.local()) return fd;
  }
  return -1;
}

int option(int socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  ::getsockopt(socket, level, name, &value, &size);
  return value;
}

/// Does once what the tests with too few descriptors do: UBSan opens a pipe the first time it meets a type, and takes a
/// failure to do so for a broken object.
void let_sanitizer_see_types(NetworkRig& rig, const hal::Endpoint& at) {
  const auto client = plain_client(at);
  std::optional<hal::Error> error;
  const auto refused =
      rig.network.connect({hal::IpAddress::v4(224, 0, 0, 1), 9}, 10s, [&](const Connecting& result) { error = result.error(); });
  EXPECT_TRUE(turn_until(rig.loop, [&] { return rig.accepted.size() == 1 && error.has_value(); }));
  rig.accepted.clear();
  let_pass(rig.loop, 1ms);
  hal::Log& log = rig.log;
  log.write(hal::LogLevel::debug, "", "", {});
  rig.log.lines.clear();
}

/// Allows the process `more` descriptors than it has open.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t more) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const Descriptor next{::dup(0)};
    auto limit = before_;
    limit.rlim_cur = static_cast<rlim_t>(next.get()) + more;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~DescriptorLimit() { lift(); }
  void lift() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(AsioNetwork, AcceptingSurvivesWantOfDescriptorsAndSaysSo) {
  NetworkRig rig;
  const auto listener = rig.listen();
  let_sanitizer_see_types(rig, listener->local());
  std::vector<Descriptor> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(plain_client(listener->local()));
  {
    DescriptorLimit limit{2};
    const auto start = rig.loop.now();
    ASSERT_TRUE(turn_until(rig.loop, [&] { return rig.log.lines.size() == 3; }));
    EXPECT_GE(rig.loop.now() - start, 200ms) << "a pause between attempts, not a spin";
    EXPECT_EQ(rig.accepted.size(), 2u);
    EXPECT_EQ(rig.log.lines[0], "cannot accept a connection error=too many open files");
  }
  EXPECT_TRUE(turn_until(rig.loop, [&] { return rig.accepted.size() == 4; }));
}

TEST(AsioNetwork, NagleIsOffAndKeepAliveOnAtBothEnds) {
  NetworkRig rig;
  const auto listener = rig.listen();
  std::unique_ptr<hal::Stream> stream;
  const auto connecting = rig.network.connect(listener->local(), 10s, [&](Connecting result) { stream = std::move(result).value(); });
  ASSERT_TRUE(turn_until(rig.loop, [&] { return stream && !rig.accepted.empty(); }));
  for (const auto* end : {stream.get(), rig.accepted[0].get()}) {
    const int fd = descriptor_of(*end);
    ASSERT_GE(fd, 0);
    EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
    EXPECT_EQ(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_KEEPIDLE) + option(fd, IPPROTO_TCP, TCP_KEEPINTVL) * option(fd, IPPROTO_TCP, TCP_KEEPCNT), 60);
  }
}

TEST(AsioNetwork, AListenerIsDestroyedWhileItPauses) {
  NetworkRig rig;
  auto listener = rig.listen();
  let_sanitizer_see_types(rig, listener->local());
  const auto client = plain_client(listener->local());
  {
    DescriptorLimit limit{0};
    ASSERT_TRUE(turn_until(rig.loop, [&] { return !rig.log.lines.empty(); }));
  }
  listener.reset();
  let_pass(rig.loop, 150ms);
  EXPECT_THAT(rig.accepted, IsEmpty());
}

TEST(AsioNetwork, WantOfDescriptorsRefusesAConnectAsBusy) {
  NetworkRig rig;
  const auto listener = rig.listen();
  let_sanitizer_see_types(rig, listener->local());
  DescriptorLimit limit{0};
  std::optional<hal::Error> error;
  const auto connecting = rig.network.connect(listener->local(), 10s, [&](const Connecting& result) { error = result.error(); });
  ASSERT_TRUE(turn_until(rig.loop, [&] { return error.has_value(); }));
  EXPECT_EQ(error->kind, hal::ErrorKind::busy);
  EXPECT_THAT(error->detail, HasSubstr("too many open files"));
}

TEST(AsioNetwork, CarriesAThousandConnectionsAtOnce) {
  NetworkRig rig;
  const auto listener = rig.listen();
  constexpr std::size_t kMany = 1000;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto before = limit;
  limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, 2 * kMany + 200);
  if (limit.rlim_cur > limit.rlim_max) GTEST_SKIP() << "only " << limit.rlim_max << " descriptors allowed";
  ::setrlimit(RLIMIT_NOFILE, &limit);

  Streams streams;
  std::vector<hal::Operation> connecting;
  std::vector<Recorder> heard(kMany);
  for (std::size_t i = 0; i < kMany; ++i) {
    connecting.push_back(rig.network.connect(listener->local(), 20s, [&](Connecting result) {
      ASSERT_TRUE(result.ok()) << result.error().text();
      streams.push_back(std::move(result).value());
      streams.back()->start(heard[streams.size() - 1]);
    }));
  }
  ASSERT_TRUE(turn_until(rig.loop, [&] { return streams.size() == kMany && rig.accepted.size() == kMany; }));
  const auto frame = contracts::shared("the same frame for everybody");
  for (const auto& stream : rig.accepted) stream->write("", frame);
  const auto all_have_it = [&] { return std::all_of(heard.begin(), heard.end(), [&](const auto& one) { return one.received == *frame; }); };
  EXPECT_TRUE(turn_until(rig.loop, all_have_it));
  rig.accepted.clear();
  EXPECT_TRUE(turn_until(rig.loop,
                         [&] { return std::all_of(heard.begin(), heard.end(), [](const auto& one) { return one.closed.size() == 1; }); }));
  streams.clear();
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST(AsioNetwork, ASlowReaderShowsInUnsentAndHoldsOnlyItself) {
  NetworkRig rig;
  const auto listener = rig.listen();
  const auto slow = plain_client(listener->local());   // never reads
  const auto quick = plain_client(listener->local());
  ASSERT_TRUE(turn_until(rig.loop, [&] { return rig.accepted.size() == 2; }));
  const auto frame = contracts::shared(std::string(100'000, 'f'));
  constexpr std::size_t kBound = 4u << 20;
  int written = 0;
  while (rig.accepted[0]->unsent() < kBound && written < 1000) {
    rig.accepted[0]->write("head", frame);
    ++written;
  }
  EXPECT_LT(written, 1000);
  EXPECT_LT(rig.accepted[0]->unsent(), kBound + frame->size() + 4);
  let_pass(rig.loop, 10ms);
  EXPECT_GT(rig.accepted[0]->unsent(), 0u);

  rig.accepted[1]->write("hello");
  EXPECT_EQ(rig.accepted[1]->unsent(), 0u);
  std::string bytes(5, '\0');
  EXPECT_EQ(::recv(quick.get(), bytes.data(), bytes.size(), MSG_WAITALL), 5);
  EXPECT_EQ(bytes, "hello");
  rig.accepted[0].reset();
  EXPECT_EQ(frame.use_count(), 1);
}

TEST(AsioNetwork, ABrokenConnectionIsAReset) {
  NetworkRig rig;
  const auto listener = rig.listen();
  auto client = plain_client(listener->local());
  Recorder heard;
  ASSERT_TRUE(turn_until(rig.loop, [&] { return rig.accepted.size() == 1; }));
  rig.accepted[0]->start(heard);
  const linger at_once{1, 0};
  ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  client.close();
  ASSERT_TRUE(turn_until(rig.loop, [&] { return !heard.closed.empty(); }));
  EXPECT_EQ(heard.closed[0].kind, hal::ErrorKind::reset);
  EXPECT_THAT(heard.closed[0].detail, HasSubstr(rig.accepted[0]->remote().text()));
}

TEST(AsioNetwork, WhatArrivedBeforeABreakIsDeliveredBeforeItThoughAWriteHasFoundTheBreakFirst) {
  NetworkRig rig;
  const auto listener = rig.listen();
  auto client = plain_client(listener->local());
  Recorder heard;
  ASSERT_TRUE(turn_until(rig.loop, [&] { return rig.accepted.size() == 1; }));
  ASSERT_EQ(::send(client.get(), "last words", 10, 0), 10);
  const linger at_once{1, 0};
  ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  client.close();
  rig.accepted[0]->write("into the void");
  rig.accepted[0]->write("again");
  EXPECT_EQ(rig.accepted[0]->unsent(), 0u);
  rig.accepted[0]->start(heard);
  EXPECT_TRUE(heard.closed.empty());
  ASSERT_TRUE(turn_until(rig.loop, [&] { return !heard.closed.empty(); }));
  EXPECT_EQ(heard.received, "last words");
  EXPECT_EQ(heard.closed[0].kind, hal::ErrorKind::reset);
}

TEST(AsioNetwork, BreakingTheConnectionOfABusyWriterIsToldOnce) {
  NetworkRig rig;
  const auto listener = rig.listen();
  auto client = plain_client(listener->local());
  Recorder heard;
  ASSERT_TRUE(turn_until(rig.loop, [&] { return rig.accepted.size() == 1; }));
  rig.accepted[0]->start(heard);
  rig.accepted[0]->write("", contracts::shared(pattern(10u << 20)));
  ASSERT_GT(rig.accepted[0]->unsent(), 0u);
  client.close();   // with much unread: a reset
  ASSERT_TRUE(turn_until(rig.loop, [&] { return !heard.closed.empty(); }));
  let_pass(rig.loop, 10ms);
  EXPECT_EQ(heard.closed.size(), 1u);
  EXPECT_EQ(heard.closed[0].kind, hal::ErrorKind::reset);
  EXPECT_EQ(heard.drained, 0);
  EXPECT_EQ(rig.accepted[0]->unsent(), 0u);
}

TEST(AsioNetwork, StreamsListenersAndSocketsOutliveTheNetwork) {
  AsioLoop loop;
  HeardLog log;
  auto network = std::make_unique<AsioNetwork>(loop, log);
  std::unique_ptr<hal::Stream> accepted;
  auto listening =
      network->listen({hal::IpAddress::loopback(), 0}, [&](std::unique_ptr<hal::Stream> stream) { accepted = std::move(stream); });
  ASSERT_TRUE(listening.ok());
  network.reset();
  const auto client = plain_client(listening.value()->local());
  ASSERT_TRUE(turn_until(loop, [&] { return accepted != nullptr; }));
  Recorder heard;
  accepted->start(heard);
  ASSERT_EQ(::send(client.get(), "hello", 5, 0), 5);
  EXPECT_TRUE(turn_until(loop, [&] { return heard.received == "hello"; }));
}

TEST(AsioNetwork, AnIpv6PortHearsBothFamiliesAndIpv4AddressesLookLikeThemselves) {
  NetworkRig rig;
  auto listening = rig.network.listen({hal::IpAddress::any_v6(), 0},
                                      [&](std::unique_ptr<hal::Stream> stream) { rig.accepted.push_back(std::move(stream)); });
  if (!listening.ok()) GTEST_SKIP() << "no IPv6 here: " << listening.error().text();
  const auto port = listening.value()->local().port;
  const auto v4 = plain_client({hal::IpAddress::loopback(), port});
  ASSERT_TRUE(turn_until(rig.loop, [&] { return rig.accepted.size() == 1; }));
  EXPECT_EQ(rig.accepted[0]->remote(), local_endpoint(v4.get()));
  EXPECT_FALSE(rig.accepted[0]->remote().address.is_v6());
  const auto v6 = plain_client({*hal::IpAddress::parse("::1"), port});
  ASSERT_TRUE(turn_until(rig.loop, [&] { return rig.accepted.size() == 2; }));
  EXPECT_EQ(rig.accepted[1]->remote(), local_endpoint(v6.get()));
}

TEST(AsioNetwork, Ipv6GroupsAreJoinedAndHeard) {
  NetworkRig rig;
  const auto interfaces = rig.network.interfaces();   // the loopback interface has no route to IPv6 groups
  const auto wire =
      std::find_if(interfaces.begin(), interfaces.end(), [](const auto& one) { return !one.loopback && one.address.is_v6(); });
  if (wire == interfaces.end()) GTEST_SKIP() << "no IPv6 beyond the loopback interface here";
  hal::DatagramOptions options;
  options.bind = {hal::IpAddress::any_v6(), 0};
  options.join = *hal::IpAddress::parse("ff01::7:4d");   // interface-local scope: it stays here
  options.interface = wire->address;
  options.multicast_ttl = 0;
  options.multicast_loopback = true;
  std::vector<std::string> heard;
  auto opened = rig.network.open_datagram(options, [&](const hal::Datagram& datagram) { heard.emplace_back(datagram.bytes); });
  ASSERT_TRUE(opened.ok()) << opened.error().text();
  const auto sent = opened.value()->send_to({options.join, opened.value()->local().port}, "NOTIFY");
  ASSERT_TRUE(sent.ok()) << sent.error().text();
  EXPECT_TRUE(turn_until(rig.loop, [&] { return !heard.empty(); }));
  EXPECT_THAT(heard, ElementsAre("NOTIFY"));
}

TEST(AsioNetwork, AGroupThatIsNoneOrOfTheOtherFamilyIsInvalid) {
  NetworkRig rig;
  hal::DatagramOptions options;
  options.bind = {hal::IpAddress::any(), 0};
  for (const auto* group : {"192.168.1.1", "ff02::c"}) {
    options.join = *hal::IpAddress::parse(group);
    const auto opened = rig.network.open_datagram(options, [](const hal::Datagram&) {});
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().kind, hal::ErrorKind::invalid);
  }
}

TEST(AsioNetwork, AnAddressThatIsNotOursCannotBeListenedOn) {
  NetworkRig rig;
  const auto listening = rig.network.listen({hal::IpAddress::v4(203, 0, 113, 9), 0}, [](std::unique_ptr<hal::Stream>) {});   // RFC 5737
  ASSERT_FALSE(listening.ok());
  EXPECT_EQ(listening.error().kind, hal::ErrorKind::unreachable);
}

TEST(AsioNetwork, SixtyFiveLookUpsAtOnceAreOneTooMany) {
  NetworkRig rig;
  std::vector<hal::Operation> resolving;
  int answered = 0;
  int busy = 0;
  for (int i = 0; i < 65; ++i) {
    resolving.push_back(rig.network.resolve("127.1", [&](const hal::Result<std::vector<hal::IpAddress>>& result) {
      ++answered;
      if (!result.ok()) busy += result.error().kind == hal::ErrorKind::busy;
    }));
  }
  ASSERT_TRUE(turn_until(rig.loop, [&] { return answered == 65; }));
  EXPECT_EQ(busy, 1);
}

TEST(AsioNetwork, ReadsTheKernelsTableOfNeighbours) {
  EXPECT_THAT(parse_arp_table(""), IsEmpty());
  const auto neighbours = parse_arp_table(
      "IP address       HW type     Flags       HW address            Mask     Device\n"
      "192.168.4.2      0x1         0x2         74:38:b7:e2:73:5f     *        wlan0\n"
      "192.168.4.3      0x1         0x0         00:00:00:00:00:00     *        wlan0\n"
      "nonsense\n"
      "10.0.0.1         0x1         0x6         02:00:00:00:00:01     *        eth0\n"
      "10.0.0.999       0x1         0x2         02:00:00:00:00:02     *        eth0\n"
      "10.0.0.2         0x1         0x2");
  ASSERT_EQ(neighbours.size(), 2u);
  EXPECT_EQ(neighbours[0].address, hal::IpAddress::v4(192, 168, 4, 2));
  EXPECT_EQ(neighbours[0].mac, "74:38:b7:e2:73:5f");
  EXPECT_EQ(neighbours[0].interface, "wlan0");
  EXPECT_EQ(neighbours[1].interface, "eth0");
}

TEST(AsioNetwork, KnowsTheLoopbackInterface) {
  NetworkRig rig;
  const auto interfaces = rig.network.interfaces();
  EXPECT_THAT(interfaces, testing::Contains(hal::Interface{"lo", hal::IpAddress::loopback(), 8, true}));
}

TEST(SocketAddress, CarriesBothFamiliesThereAndBack) {
  for (const auto* text : {"192.168.4.2", "fe80::1", "::", "0.0.0.0"}) {
    const hal::Endpoint endpoint{*hal::IpAddress::parse(text), 443};
    EXPECT_EQ(SocketAddress{endpoint}.endpoint(), endpoint);
  }
  const hal::Endpoint v4{hal::IpAddress::v4(10, 0, 0, 1), 80};
  const SocketAddress mapped{v4, AF_INET6};
  EXPECT_EQ(mapped.family(), AF_INET6);
  EXPECT_EQ(mapped.endpoint(), v4);
}

}   // namespace
}   // namespace nightjar::os
