#include "drivers/net/tls.h"

#include <gmock/gmock.h>

#include <optional>

#include "sim/world.h"

namespace nightjar::net {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::SizeIs;

struct Recorder final : hal::Stream::Handler {
  std::string received;
  std::vector<hal::ErrorKind> closed;
  std::function<void()> then_data;
  int drained = 0;
  void on_data(std::string_view bytes) override {
    received += bytes;
    if (then_data) then_data();
  }
  void on_drained() override { ++drained; }
  void on_closed(const hal::Error& error) override { closed.push_back(error.kind); }
};

/// A TLS server and a client on two simulated hosts; certificates for "camera".
struct Pair {
  explicit Pair(std::uint64_t seed = 1, TlsClientOptions options = {}) : world(seed), made(make_self_signed("camera", far_host.random())) {
    server = TlsServer::make(made.cert_pem, made.key_pem, far_host.random()).value();
    set_client(std::move(options));
    listener = far_host.network()
                   .listen({far_host_address, 443},
                           [this](std::unique_ptr<hal::Stream> stream) {
                             raw_far = stream.get();
                             accepting = tls_server(std::move(stream), server, far_host.loop(), [this](hal::Result<TlsOpened> opened) {
                               if (opened.ok())
                                 far = std::move(opened.value().stream);
                               else
                                 far_error = opened.error();
                             });
                           })
                   .value();
  }
  void set_client(TlsClientOptions options) { client = TlsClient::make(std::move(options), near_host.random()).value(); }
  /// One connection; false when the handshake failed.
  bool connect() {
    near.reset();
    far.reset();
    near_error.reset();
    near_opened = {};
    connecting = near_host.network().connect({far_host_address, 443}, 10s, [this](hal::Result<std::unique_ptr<hal::Stream>> connected) {
      shaking = tls_client(std::move(connected).value(), client, near_host.loop(), [this](hal::Result<TlsOpened> opened) {
        if (opened.ok())
          near_opened = std::move(opened).value();
        else
          near_error = opened.error();
        near = std::move(near_opened.stream);
      });
    });
    EXPECT_TRUE(world.run_until([&] { return near_error || (near && far); }, 60s));
    return near && far;
  }
  void start() {
    near->start(near_heard);
    far->start(far_heard);
  }
  bool run_until(const std::function<bool()>& done) { return world.run_until(done, 60s); }

  hal::IpAddress far_host_address = hal::IpAddress::v4(192, 168, 4, 2);
  sim::World world;
  sim::Host& near_host = world.add_host("pi", hal::IpAddress::v4(192, 168, 4, 1));
  sim::Host& far_host = world.add_host("camera", far_host_address);
  SelfSigned made;
  std::shared_ptr<TlsServer> server;
  std::shared_ptr<TlsClient> client;
  Recorder near_heard, far_heard;
  std::unique_ptr<hal::Listener> listener;
  hal::Operation connecting, shaking, accepting;
  hal::Stream* raw_far = nullptr;
  TlsOpened near_opened;
  std::optional<hal::Error> near_error, far_error;
  std::unique_ptr<hal::Stream> near, far;
};

std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>((i * 2654435761u) >> 13);
  return out;
}

TEST(Tls, BytesArriveInOrderInBothDirections) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.start();
  const auto bytes = pattern(300000);
  pair.near->write("head ", std::make_shared<const std::string>(bytes));
  pair.far->write("small", std::make_shared<const std::string>("er"));
  ASSERT_TRUE(pair.run_until([&] { return pair.far_heard.received.size() == 300005 && pair.near_heard.received.size() == 7; }));
  EXPECT_TRUE(pair.far_heard.received == "head " + bytes);
  EXPECT_EQ(pair.near_heard.received, "smaller");
  EXPECT_EQ(pair.near->unsent(), 0u);
  EXPECT_GT(pair.near_heard.drained, 0);
}

TEST(Tls, ItDoesNotMatterHowTheNetworkCutsTheBytes) {
  Pair pair;
  pair.world.network().set_segment_max(1);
  ASSERT_TRUE(pair.connect());
  pair.start();
  pair.near->write(pattern(2000));
  ASSERT_TRUE(pair.run_until([&] { return pair.far_heard.received.size() == 2000; }));
  EXPECT_TRUE(pair.far_heard.received == pattern(2000));
}

TEST(Tls, TheFingerprintIsTheCertificates) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(pair.near_opened.certificate, pair.made.fingerprint);
  EXPECT_EQ(pair.made.fingerprint, certificate_fingerprint(pair.made.cert_pem));
  EXPECT_THAT(pair.made.fingerprint, SizeIs(64));
  EXPECT_EQ(certificate_fingerprint("none"), "");
}

TEST(Tls, AReconnectResumesTheSessionAndKeepsThePin) {
  Pair pair;
  pair.set_client({"", pair.made.fingerprint, ""});
  ASSERT_TRUE(pair.connect());
  EXPECT_FALSE(pair.near_opened.resumed);
  ASSERT_TRUE(pair.connect());
  EXPECT_TRUE(pair.near_opened.resumed);
  EXPECT_EQ(pair.near_opened.certificate, pair.made.fingerprint);
  pair.start();
  pair.near->write("hello");
  ASSERT_TRUE(pair.run_until([&] { return pair.far_heard.received == "hello"; }));
}

TEST(Tls, AServerThatForgotTheSessionGetsAFullHandshake) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.server = TlsServer::make(pair.made.cert_pem, pair.made.key_pem, pair.far_host.random()).value();   // other ticket keys
  ASSERT_TRUE(pair.connect());
  EXPECT_FALSE(pair.near_opened.resumed);
}

TEST(Tls, AChangedCertificateIsNoticedOnAReconnectToo) {
  Pair pair;
  pair.set_client({"", pair.made.fingerprint, ""});
  ASSERT_TRUE(pair.connect());
  const auto other = make_self_signed("camera", pair.far_host.random());
  ASSERT_NE(other.fingerprint, pair.made.fingerprint);
  pair.server = TlsServer::make(other.cert_pem, other.key_pem, pair.far_host.random()).value();
  EXPECT_FALSE(pair.connect());
  ASSERT_TRUE(pair.near_error);
  EXPECT_EQ(pair.near_error->kind, hal::ErrorKind::tls);
  EXPECT_EQ(pair.near_error->detail, "certificate changed: expected " + pair.made.fingerprint + ", got " + other.fingerprint);
}

TEST(Tls, WithTrustedCertificatesChainAndNameCount) {
  Pair pair;
  pair.set_client({"camera", "", pair.made.cert_pem});
  EXPECT_TRUE(pair.connect());
  pair.set_client({"another", "", pair.made.cert_pem});
  EXPECT_FALSE(pair.connect());
  ASSERT_TRUE(pair.near_error);
  EXPECT_EQ(pair.near_error->kind, hal::ErrorKind::tls);
  EXPECT_THAT(pair.near_error->detail, HasSubstr("certificate not trusted"));
  pair.set_client({"camera", "", make_self_signed("authority", pair.near_host.random()).cert_pem});
  EXPECT_FALSE(pair.connect());
  EXPECT_FALSE(TlsClient::make({"camera", "", "no certificate"}, pair.near_host.random()).ok());
}

TEST(Tls, AnAddressIsAHostToo) {
  Pair pair;
  const auto at_address = make_self_signed("192.168.4.2", pair.far_host.random());
  pair.server = TlsServer::make(at_address.cert_pem, at_address.key_pem, pair.far_host.random()).value();
  pair.set_client({"192.168.4.2", "", at_address.cert_pem});
  EXPECT_TRUE(pair.connect());
  for (const auto* host : {"192.168.4.3", "fe80::1", ""}) {
    pair.set_client({host, "", at_address.cert_pem});
    EXPECT_FALSE(pair.connect()) << host;
    ASSERT_TRUE(pair.near_error);
    EXPECT_THAT(pair.near_error->detail, HasSubstr("certificate not trusted")) << host;
  }
  pair.server = TlsServer::make(pair.made.cert_pem, pair.made.key_pem, pair.far_host.random()).value();
  pair.set_client({"192.168.4.2", "", pair.made.cert_pem});   // one for a name says nothing of an address
  EXPECT_FALSE(pair.connect());
  const auto v6 = make_self_signed("2001:db8::7", pair.far_host.random());
  pair.server = TlsServer::make(v6.cert_pem, v6.key_pem, pair.far_host.random()).value();
  pair.set_client({"2001:db8::7", "", v6.cert_pem});
  EXPECT_TRUE(pair.connect());
}

TEST(Tls, TheSameSeedMakesTheSameWorld) {
  const auto run = [](std::uint64_t seed) {
    Pair pair{seed};
    EXPECT_TRUE(pair.connect());
    pair.start();
    pair.near->write("hello");
    EXPECT_TRUE(pair.run_until([&] { return pair.far_heard.received == "hello"; }));
    return pair.made.cert_pem + pair.made.key_pem;
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

TEST(Tls, FinishIsClosedAndABareEndIsReset) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.start();
  pair.near->write("bye");
  pair.near->finish();
  pair.near->write("ignored");
  ASSERT_TRUE(pair.run_until([&] { return !pair.far_heard.closed.empty(); }));
  EXPECT_EQ(pair.far_heard.received, "bye");
  EXPECT_EQ(pair.far_heard.closed, std::vector{hal::ErrorKind::closed});

  ASSERT_TRUE(pair.connect());
  Recorder near_heard;
  pair.near->start(near_heard);
  pair.raw_far->finish();   // TCP's end without TLS's
  ASSERT_TRUE(pair.run_until([&] { return !near_heard.closed.empty(); }));
  EXPECT_EQ(near_heard.closed, std::vector{hal::ErrorKind::reset});
}

TEST(Tls, DestroyingAStreamIsItsOrderlyEnd) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.start();
  pair.near.reset();
  ASSERT_TRUE(pair.run_until([&] { return !pair.far_heard.closed.empty(); }));
  EXPECT_EQ(pair.far_heard.closed, std::vector{hal::ErrorKind::closed});
}

TEST(Tls, APausedStreamIsToldNothingAndLosesNothing) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.start();
  pair.far->pause(true);
  const auto bytes = pattern(500000);   // more than the network's window
  pair.near->write({}, std::make_shared<const std::string>(bytes));
  pair.near->finish();
  pair.world.advance(1s);
  EXPECT_EQ(pair.far_heard.received, "");
  EXPECT_GT(pair.near->unsent(), 0u);
  pair.far_heard.then_data = [&] {   // and again in the middle
    pair.far_heard.then_data = nullptr;
    pair.far->pause(true);
  };
  pair.far->pause(false);
  pair.world.advance(1s);
  EXPECT_LT(pair.far_heard.received.size(), bytes.size());
  EXPECT_TRUE(pair.far_heard.closed.empty());
  pair.far->pause(false);
  ASSERT_TRUE(pair.run_until([&] { return !pair.far_heard.closed.empty(); }));
  EXPECT_TRUE(pair.far_heard.received == bytes);
}

TEST(Tls, NothingIsLostBeforeTheStart) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.near->write("early");
  pair.near->finish();
  pair.world.advance(1s);
  pair.far->start(pair.far_heard);
  EXPECT_EQ(pair.far_heard.received, "") << "within start()";
  ASSERT_TRUE(pair.run_until([&] { return !pair.far_heard.closed.empty(); }));
  EXPECT_EQ(pair.far_heard.received, "early");
}

TEST(Tls, TheHandlerMayDestroyTheStreamOrTakeOver) {
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.start();
  Recorder second;
  pair.far_heard.then_data = [&] { pair.far->start(second); };
  pair.near->write("one");
  ASSERT_TRUE(pair.run_until([&] { return pair.far_heard.received == "one"; }));
  second.then_data = [&] { pair.far.reset(); };
  pair.near->write("two");
  pair.near->write("three");
  ASSERT_TRUE(pair.run_until([&] { return !pair.near_heard.closed.empty(); }));
  EXPECT_EQ(second.received, "two");
}

TEST(Tls, NoiseInsteadOfAHandshakeIsATlsError) {
  Pair pair;
  std::unique_ptr<hal::Stream> plain;
  Recorder heard;
  const auto connecting =
      pair.near_host.network().connect({pair.far_host_address, 443}, 10s, [&](hal::Result<std::unique_ptr<hal::Stream>> connected) {
        plain = std::move(connected).value();
        plain->start(heard);
        plain->write("GET / HTTP/1.1\r\n\r\n");
      });
  ASSERT_TRUE(pair.run_until([&] { return pair.far_error.has_value(); }));
  EXPECT_EQ(pair.far_error->kind, hal::ErrorKind::tls);
  ASSERT_TRUE(pair.run_until([&] { return !heard.closed.empty(); }));
}

TEST(Tls, ADroppedHandshakeIsSilentAndEndsTheConnection) {
  Pair pair;
  bool answered = false;
  hal::Operation shaking;
  const auto connecting =
      pair.near_host.network().connect({pair.far_host_address, 443}, 10s, [&](hal::Result<std::unique_ptr<hal::Stream>> connected) {
        shaking =
            tls_client(std::move(connected).value(), pair.client, pair.near_host.loop(), [&](hal::Result<TlsOpened>) { answered = true; });
        shaking.drop();
      });
  ASSERT_TRUE(pair.run_until([&] { return pair.far_error.has_value(); }));
  EXPECT_EQ(pair.far_error->kind, hal::ErrorKind::closed);
  EXPECT_FALSE(answered);
}

TEST(Tls, ACorruptedByteEndsTheStream) {
  // What lies between is not in reach; a server whose plaintext is changed below it stands for it: bytes of another record.
  Pair pair;
  ASSERT_TRUE(pair.connect());
  pair.start();
  pair.raw_far->write(std::string{"\x17\x03\x03\x00\x20", 5} + std::string(32, 'x'));
  ASSERT_TRUE(pair.run_until([&] { return !pair.near_heard.closed.empty(); }));
  EXPECT_EQ(pair.near_heard.closed, std::vector{hal::ErrorKind::tls});
  EXPECT_EQ(pair.near_heard.received, "");
}

}   // namespace
}   // namespace nightjar::net
