// The one port, asked directly: who may, what is where, and what a wrong request gets.
#include "app/web.h"

#include <gmock/gmock.h>

#include "app/page_files.h"
#include "hal/websocket.h"

namespace nightjar::app {
namespace {

using testing::HasSubstr;

struct Answered final : hal::HttpReply::Sink {
  hal::HttpResponse response{0, {}, {}};
  void answer(hal::HttpResponse given) override { response = std::move(given); }
  bool begin(hal::HttpResponse) override { return true; }
  bool chunk(std::string_view) override { return true; }
  void end() override {}
  void abort() override {}
};

struct Device final : Web::Device {
  std::size_t clients = 0;
  std::string status_json() override { return "{}"; }
  std::string machines_json() override { return "[]"; }
  void last_picture(hal::HttpReply reply) override { reply.answer({200, {{"Content-Type", "image/jpeg"}}, "jpeg"}); }
  void add_client(const hal::HttpRequest&, std::unique_ptr<hal::WebSocket>) override {}
  std::size_t client_count() const override { return clients; }
};

/// Answers at once: what matters here is what was asked.
struct Files final : hal::Storage {
  std::string asked;
  hal::Operation replace(std::string_view, std::string, Done) override { return {}; }
  hal::Operation append(std::string_view, std::string, Done) override { return {}; }
  hal::Operation remove(std::string_view, Done) override { return {}; }
  hal::Operation space(std::function<void(hal::Result<Space>)>) override { return {}; }
  hal::Operation read(std::string_view path, std::size_t, Read done) override {
    asked = path;
    if (!hal::is_storage_path(path)) done(hal::Error{hal::ErrorKind::invalid, {}});
    else if (path == "reports/session-1.json") done(std::string{R"({"id":"report-1"})"});
    else done(hal::Error{hal::ErrorKind::not_found, {}});
    return {};
  }
  hal::Operation list(std::string_view, std::function<void(hal::Result<std::vector<Entry>>)> done) override {
    done(std::vector<Entry>{{"other.txt", 1}, {"session-.json", 2}, {"session-1.json", 20}});
    return {};
  }
};

struct WebTest : testing::Test {
  Device device;
  Files files;
  Settings settings;
  Web web{device, files, settings};
  hal::HttpHandler& handler = web;

  hal::HttpResponse ask(hal::HttpRequest request) {
    const auto sink = std::make_shared<Answered>();
    handler.on_request(request, hal::HttpReply{sink});
    return sink->response;
  }
  hal::HttpResponse get(std::string target, hal::Headers headers = {}) { return ask({"GET", std::move(target), std::move(headers), {}, {}}); }
  int upgrade(std::string target, hal::Headers headers = {}) {
    const auto refused = handler.on_upgrade({"GET", std::move(target), std::move(headers), {}, {}});
    return refused ? refused->status : 101;
  }
};

TEST_F(WebTest, ThePageIsServedPackedOrNot) {
  const auto packed = get("/", {{"Accept-Encoding", "gzip, br"}});
  EXPECT_EQ(packed.status, 200);
  EXPECT_EQ(packed.headers.find("Content-Encoding"), "gzip");
  EXPECT_THAT(std::string{*packed.headers.find("Content-Security-Policy")}, HasSubstr("default-src 'none'; script-src 'self'"));
  const auto plain = get("/");
  EXPECT_FALSE(plain.headers.find("Content-Encoding"));
  EXPECT_THAT(plain.body, HasSubstr("<!doctype html>"));
  EXPECT_THAT(plain.body, HasSubstr("</html>"));
  const auto same = get("/", {{"If-None-Match", std::string{*plain.headers.find("ETag")}}});
  EXPECT_EQ(same.status, 304);
  EXPECT_TRUE(same.body.empty());
}

TEST_F(WebTest, EveryFileOfThePageUnpacks) {
  for (const auto& file : page_files()) EXPECT_FALSE(get(std::string{file.path}).body.empty()) << file.path;
}

TEST_F(WebTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(get("/../etc/passwd").status, 404);
  EXPECT_EQ(get("/api/nothing").status, 404);
  EXPECT_EQ(get("/api/timelapse/reports/../../cameras").status, 404);
  EXPECT_EQ(get("/api/timelapse/reports/2").status, 404);
  EXPECT_EQ(ask({"POST", "/", {}, {}, {}}).status, 405);
  EXPECT_EQ(ask({"DELETE", "/api/status", {}, {}, {}}).status, 405);
}

TEST_F(WebTest, ReportsAreListedAndRead) {
  EXPECT_EQ(get("/api/timelapse/reports").body, R"({"reports":[{"id":"report-1","sessionId":"1","bytes":20}]})");
  EXPECT_EQ(get("/api/timelapse/reports/report-1").body, R"({"id":"report-1"})");
}

TEST_F(WebTest, PagesOfOtherHostsAreRefused) {
  const hal::Headers own{{"Host", "pi:3000"}, {"Origin", "http://pi:3000"}};
  const hal::Headers foreign{{"Host", "pi:3000"}, {"Origin", "http://evil.example"}};
  EXPECT_EQ(upgrade("/ws", own), 101);
  EXPECT_EQ(upgrade("/ws"), 101);
  EXPECT_EQ(upgrade("/ws", foreign), 403);
  EXPECT_EQ(upgrade("/ws", {{"Host", "pi:3000"}, {"Origin", "null"}}), 403);
  EXPECT_EQ(get("/api/status", foreign).status, 403);
  EXPECT_EQ(get("/api/status", own).status, 200);
}

TEST_F(WebTest, WhereATokenIsSetItIsNeeded) {
  settings.auth_token = "a long secret";
  EXPECT_EQ(get("/api/status").status, 401);
  EXPECT_EQ(get("/api/status", {{"Authorization", "Bearer a long secret"}}).status, 200);
  EXPECT_EQ(get("/api/status", {{"Authorization", "Bearer a long secreT"}}).status, 401);
  EXPECT_EQ(get("/api/status", {{"Authorization", "Bearer "}}).status, 401);
  EXPECT_EQ(get("/api/status?x=1&token=a%20long%20secret").status, 200);
  EXPECT_EQ(upgrade("/ws"), 401);
  EXPECT_EQ(upgrade("/ws?token=a%20long%20secret"), 101);
  EXPECT_EQ(get("/").status, 200);   // the page itself asks for the token
}

TEST_F(WebTest, ClientsAreBounded) {
  device.clients = Web::kClientsMax;
  EXPECT_EQ(upgrade("/ws"), 503);
  EXPECT_EQ(upgrade("/elsewhere"), 404);
}

}  // namespace
}  // namespace nightjar::app
