// The one port, asked directly: who may, what is where, and what a wrong request gets.
#include "app/web.h"

#include <gmock/gmock.h>

#include "app/page_files.h"
#include "app/report_routes.h"
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
  Files files;
  Settings settings;
  Web web{settings};
  hal::HttpHandler& handler = web;
  std::string heard;   // by the last handler

  WebTest() {
    const auto ok = [this](const WebCall& call, hal::HttpReply reply) {
      heard = call.request.method;
      for (const auto& value : call.values) heard += "|" + value;
      reply.answer(json_response(200, "{}"));
    };
    web.route("GET", "/health", ok, Access::open);
    web.route("GET", "/api/status", ok);
    web.route("GET", "/api/cameras/{uuid}", ok);
    web.route("PUT", "/api/cameras/{uuid}/name", ok);
    web.route("DELETE", "/api/cameras/{uuid}", ok);
    add_report_routes(web, files);
    web.door("/ws", {Access::token, [this](const hal::HttpRequest&) { return full ? std::optional{error_response(503, "TOO_MANY_CLIENTS", "")} : std::nullopt; }, {}});
  }
  bool full = false;

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

TEST_F(WebTest, ARouteTakesWhatStandsInItsBraces) {
  EXPECT_EQ(get("/api/cameras/a%2Fb%20c").status, 200);
  EXPECT_EQ(heard, "GET|a/b c");
  EXPECT_EQ(ask({"PUT", "/api/cameras/1/name?x=2", {}, {}, {}}).status, 200);
  EXPECT_EQ(heard, "PUT|1");
  EXPECT_EQ(ask({"HEAD", "/api/cameras/1", {}, {}, {}}).status, 200);
  EXPECT_EQ(get("/api/cameras/").status, 404);
  EXPECT_EQ(get("/api/cameras").status, 404);
  EXPECT_EQ(get("/api/cameras/1/2").status, 404);
  const auto refused = ask({"POST", "/api/cameras/1", {}, {}, {}});
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.headers.find("Allow"), "GET, HEAD, DELETE");
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
  full = true;
  EXPECT_EQ(upgrade("/ws"), 503);
  EXPECT_EQ(upgrade("/elsewhere"), 404);
}

}  // namespace
}  // namespace nightjar::app
