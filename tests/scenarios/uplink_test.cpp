// The uplink in the world: the shipped client, over the shipped protocols, to a metrics server that comes and goes.
#include "app/nightjar.h"
#include "drivers/net/http_client.h"
#include "drivers/net/jwt.h"
#include "drivers/net/tls.h"
#include "sim/metrics_server.h"
#include "tests/scenarios/field.h"

namespace nightjar::scenarios {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr auto kSecret = "a secret of the field, 32 characters";
const auto kCloud = hal::IpAddress::v4(192, 168, 4, 9);

struct UplinkStory : Field {
  sim::Host& cloud{world.add_host("cloud", kCloud)};
  net::HttpServers servers{cloud.network(), cloud.loop(), cloud.random()};
  std::unique_ptr<sim::MetricsServer> server;
  std::vector<std::pair<hal::Duration, std::string>> steps;   // of the uplink, by the time of the world

  void serve(sim::MetricsServerOptions options = {}) {
    options.listen = {kCloud, 8000};
    options.token = "a-token";
    server = std::make_unique<sim::MetricsServer>(std::move(options), cloud.loop(), servers);
    ASSERT_TRUE(server->power_on().ok());
  }
  /// Starts the device with an uplink.
  void boot_up(std::string token = "a-token", bool tls = false, std::string ca = {}) {
    settings.uplink.token = std::move(token);
    program.link_up(target({kCloud, 8000}, tls), std::move(ca));
    watch(program);
    boot(false);
  }
  static hal::WebSocketTarget target(const hal::Endpoint& at, bool tls = false) {
    hal::WebSocketTarget out;
    out.origin = {tls, at, {}, {}, {}};
    out.target = "/api/ws/metrics";
    return out;
  }
  void watch(sim::Device& device) {
    device.on_step = [this](const sml::Step& step) {
      if (step.machine->name == "connection" && step.from != step.to) steps.emplace_back(step.time, std::string{step.to_name()});
    };
  }
  std::string state() const { return steps.empty() ? "disconnected" : steps.back().second; }
  bool comes_to(std::string_view wanted, hal::Duration patience = 10min) {
    return world.run_until([&] { return state() == wanted; }, patience);
  }
  json uplink(Phone& phone) { return phone.ask("get_status", json::object(), "status")["data"]["links"]["uplink"]; }

  hal::HttpResponse http(const std::string& method, const std::string& path) {
    if (!web) web = clients.client({false, device(), {}, {}, {}});
    std::optional<hal::HttpResponse> answer;
    hal::HttpRequest request;
    request.method = method;
    request.target = path;
    const auto operation = web->request(std::move(request), 10s, [&](const hal::Result<hal::HttpResponse>& result) {
      ASSERT_TRUE(result.ok()) << result.error().text();
      answer = result.value();
    });
    world.run_until([&] { return answer.has_value(); }, 20s);
    return answer.value_or(hal::HttpResponse{0, {}, {}});
  }
  net::HttpClients clients{cloud.network(), cloud.loop(), cloud.random()};
  std::unique_ptr<hal::HttpClient> web;
};

TEST_F(UplinkStory, ItConnectsTellsItsStateAndReceives) {
  serve();
  boot_up();
  ASSERT_TRUE(comes_to("receiving_data"));
  const auto phone = this->phone();
  world.advance(1min);
  EXPECT_EQ(uplink(*phone)["state"], "receiving_data");
  EXPECT_LE(uplink(*phone)["lastDataAgeMs"], 5000);
  EXPECT_EQ(uplink(*phone)["error"], nullptr);
  ASSERT_GE(server->received().size(), 6u);   // at the latest every ten seconds
  EXPECT_EQ(json::parse(server->received().back())["type"], "status_update");
  EXPECT_TRUE(json::parse(http("GET", "/api/uplink/metrics").body).contains("cpu_percent"));
  for (const auto& line : pi.log().lines()) EXPECT_THAT(line.text, Not(HasSubstr("a-token")));
  EXPECT_TRUE(pi.log().contains("connecting -> connected"));
}

TEST_F(UplinkStory, AServerThatGoesAwayIsSoughtTenTimesByTheScheduleToTheMillisecond) {
  serve();
  boot_up();
  ASSERT_TRUE(comes_to("receiving_data"));
  const auto phone = this->phone();
  world.advance(7s);
  steps.clear();
  server->power_off();
  ASSERT_TRUE(comes_to("error"));

  std::vector<hal::Duration> waits;
  hal::Duration waiting_since{};
  for (const auto& [at, to] : steps) {
    if (to == "reconnecting") waiting_since = at;
    if (to == "connecting") waits.push_back(at - waiting_since);
  }
  EXPECT_THAT(waits, ElementsAre(1s, 2s, 4s, 8s, 16s, 30s, 30s, 30s, 30s, 30s));
  const auto shown = uplink(*phone);
  EXPECT_EQ(shown["state"], "error");
  EXPECT_EQ(shown["attempt"], 10);
  EXPECT_EQ(shown["error"]["code"], "CONNECTION_REFUSED");
  EXPECT_NE(shown["error"]["advice"], "");
  EXPECT_EQ(phone->all("link_event", "uplinkStateChanged").back()["data"]["to"], "error");

  world.advance(6h);
  EXPECT_EQ(state(), "error");
  ASSERT_TRUE(server->power_on().ok());
  EXPECT_EQ(http("POST", "/api/uplink/retry").status, 202);
  ASSERT_TRUE(comes_to("receiving_data"));
  EXPECT_EQ(uplink(*phone)["attempt"], 0);

  const auto metrics = http("GET", "/metrics").body;
  for (const auto* line : {"nightjar_uplink_connections_total 2\n", "nightjar_uplink_errors_total{reason=\"refused\"} 1\n", "nightjar_uplink_retries_exhausted_total 1\n",
                           "nightjar_uplink_disconnections_total{cause=\"network\"} 1\n", "nightjar_uplink_disconnections_total{cause=\"user\"} 0\n",
                           "nightjar_uplink_state{state=\"receiving_data\"} 1\n", "nightjar_uplink_state{state=\"error\"} 0\n"})
    EXPECT_THAT(metrics, HasSubstr(line));
}

TEST_F(UplinkStory, AShortOutageIsOverAfterTheFirstAttemptAndIsMeasured) {
  serve();
  boot_up();
  ASSERT_TRUE(comes_to("receiving_data"));
  server->close_all(1011);
  world.advance(500ms);
  EXPECT_EQ(state(), "reconnecting");
  ASSERT_TRUE(comes_to("receiving_data", 5s));
  const auto metrics = http("GET", "/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("nightjar_uplink_reconnection_seconds_count 1\n"));
  EXPECT_THAT(metrics, HasSubstr("nightjar_uplink_reconnection_seconds_average 1.0"));
}

TEST_F(UplinkStory, AWrongTokenIsAnErrorAtOnceWithoutASecondAttempt) {
  serve();
  boot_up("another-token");
  ASSERT_TRUE(comes_to("error", 5s));
  world.advance(1h);
  EXPECT_EQ(server->handshakes(), 1u);
  EXPECT_EQ(uplink(*phone())["error"]["code"], "AUTH_FAILED");
}

TEST_F(UplinkStory, AHandshakeThatIsAnswered401Or403IsToo) {
  serve();
  for (const int status : {401, 403}) {
    server->refuse_with = status;
    boot_up();
    ASSERT_TRUE(comes_to("error", 5s)) << status;
    pull_the_plug();
    steps.clear();
  }
  EXPECT_EQ(server->handshakes(), 2u);
}

TEST_F(UplinkStory, WhoLogsOutIsLeftInPeace) {
  serve();
  boot_up();
  ASSERT_TRUE(comes_to("receiving_data"));
  EXPECT_EQ(http("POST", "/api/uplink/logout").status, 202);
  world.advance(1h);
  EXPECT_EQ(state(), "disconnected");
  EXPECT_EQ(server->handshakes(), 1u);
  EXPECT_EQ(server->connected(), 0u);
  EXPECT_EQ(http("POST", "/api/uplink/connect").status, 202);
  EXPECT_TRUE(comes_to("receiving_data"));
  EXPECT_THAT(http("GET", "/metrics").body, HasSubstr("nightjar_uplink_disconnections_total{cause=\"user\"} 1\n"));
}

TEST_F(UplinkStory, ASilentServerIsPingedAndKept) {
  serve();
  server->silent = true;
  boot_up();
  ASSERT_TRUE(comes_to("connected"));
  world.advance(10min);   // it answers pings
  EXPECT_EQ(state(), "connected");
  server->rubbish = true;
  server->silent = false;
  world.advance(10min);   // what it says is no metrics
  EXPECT_EQ(state(), "connected");
  server->rubbish = false;
  EXPECT_TRUE(comes_to("receiving_data", 10s));
}

TEST_F(UplinkStory, ANetworkThatSwallowsEverythingIsNoticedWithinThirtySeconds) {
  serve();
  boot_up();
  ASSERT_TRUE(comes_to("receiving_data"));
  cloud.power_cut();   // no FIN, no RST
  EXPECT_TRUE(comes_to("reconnecting", 31s));
}

TEST_F(UplinkStory, CommandsAreRefusedUnlessTheSettingsAllowThem) {
  serve();
  boot_up();
  ASSERT_TRUE(comes_to("receiving_data"));
  server->send_all(R"({"type":"command","id":"7","command":"stop_intervalometer"})");
  const auto answered = [&] { return !server->received().empty() && json::parse(server->received().back())["type"] == "command_result"; };
  ASSERT_TRUE(world.run_until(answered, 5s));
  const auto refused = json::parse(server->received().back());
  EXPECT_EQ(refused["id"], "7");
  EXPECT_EQ(refused["success"], false);
  pull_the_plug();

  settings.uplink.commands = {"take_photo"};
  program.set(settings);
  steps.clear();
  boot(true);
  ASSERT_TRUE(comes_to("receiving_data"));
  server->send_all(R"({"type":"command","command":"take_photo"})");
  ASSERT_TRUE(world.run_until([&] { return camera->presses().size() == 1; }, 10s));
}

TEST_F(UplinkStory, OverTlsTheServerIsVerified) {
  const auto good = net::make_self_signed("192.168.4.9", cloud.random());
  const auto other = net::make_self_signed("192.168.4.9", cloud.random());
  sim::MetricsServerOptions options;
  options.certificate_pem = good.cert_pem;
  options.key_pem = good.key_pem;
  serve(options);
  boot_up("a-token", true, good.cert_pem);
  EXPECT_TRUE(comes_to("receiving_data", 10s));
  pull_the_plug();
  steps.clear();
  const auto before = server->handshakes();
  boot_up("a-token", true, other.cert_pem);
  EXPECT_TRUE(comes_to("error"));
  EXPECT_EQ(server->handshakes(), before) << "no request, and no token, goes to a server that is not trusted";
  EXPECT_THAT(std::string{uplink(*phone())["lastError"]}, HasSubstr("certificate not trusted"));
}

/// One device as the metrics server of another.
TEST_F(UplinkStory, OneDeviceReadsAnotherUntilItsTokenRunsOut) {
  auto& far_host = world.add_host("other-pi", hal::IpAddress::v4(192, 168, 4, 20));
  app::Settings far_settings;
  far_settings.listen = {hal::IpAddress::any(), 3000};
  far_settings.metrics_secret = kSecret;
  sim::Device far{far_host, far_settings};
  bool ready = false;
  far.boot([&](const hal::Result<hal::Endpoint>& at) { ready = at.ok(); });
  ASSERT_TRUE(world.run_until([&] { return ready; }, 10s));

  const auto end = std::chrono::floor<std::chrono::seconds>(far_host.wall_clock().now()) + 62s;
  settings.uplink.token = net::make_jwt({"pi", end}, kSecret);
  program.link_up(target({hal::IpAddress::v4(192, 168, 4, 20), 3000}));
  watch(program);
  boot(false);
  ASSERT_TRUE(comes_to("receiving_data"));
  world.advance(12s);
  const auto read = json::parse(http("GET", "/api/uplink/metrics").body);
  EXPECT_EQ(read["type"], "metrics");
  for (const auto* part : {"cpu", "memory", "disk", "temperature", "battery", "network", "camera", "session"}) EXPECT_TRUE(read["data"].contains(part)) << part;
  EXPECT_EQ(read["data"]["cpu"]["usedPercent"], 4.0);
  EXPECT_EQ(read["data"]["memory"]["totalBytes"], 512u << 20);
  EXPECT_EQ(read["data"]["camera"]["connected"], false);

  ASSERT_TRUE(comes_to("error", 1min));   // the token's end, told as 1008
  EXPECT_EQ(uplink(*phone())["error"]["code"], "AUTH_FAILED");
  EXPECT_TRUE(far_host.log().contains("subject=pi"));
}

TEST_F(UplinkStory, WithoutASecretNobodyReads) {
  boot(false);
  Phone reader{world, "reader", hal::IpAddress::v4(192, 168, 4, 60)};
  reader.connect(device(), "/api/ws/metrics?token=" + net::make_jwt({"x"}, ""));
  EXPECT_TRUE(reader.messages.empty());
  EXPECT_TRUE(pi.log().contains("metrics.secret is not set"));
  EXPECT_EQ(http("GET", "/metrics").body, "");
}

TEST_F(UplinkStory, TheEndOfTheProgramIsToldToBothEnds) {
  settings.metrics_secret = kSecret;
  serve();
  boot_up();
  ASSERT_TRUE(comes_to("receiving_data"));
  Phone reader{world, "reader", hal::IpAddress::v4(192, 168, 4, 60)};
  reader.connect(device(), "/api/ws/metrics?token=" + net::make_jwt({"x"}, kSecret));
  ASSERT_FALSE(reader.messages.empty());
  const auto begun = world.now();
  bool over = false;
  program.nightjar().shut_down([&] { over = true; });
  ASSERT_TRUE(world.run_until([&] { return over; }, 5s));
  EXPECT_LT(world.now() - begun, 1s);
  EXPECT_EQ(server->connected(), 0u);
}

}  // namespace
}  // namespace nightjar::scenarios
