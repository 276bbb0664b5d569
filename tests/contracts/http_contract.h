#pragma once
// hal/http.h, the client's half: one kept connection, requests in order, one attempt each.
#include <gmock/gmock.h>

#include "tests/contracts/http_tools.h"

namespace nightjar::contracts {

namespace {

using hal::ErrorKind;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Over plain TCP and over TLS.
class HttpBothWays : public ::testing::TestWithParam<bool> {
 protected:
  HttpRig http{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Http, HttpBothWays, ::testing::Values(false, true),
                         [](const auto& param_info) { return std::string{param_info.param ? "tls" : "plain"}; });

TEST_P(HttpBothWays, AnExchangeCarriesMethodTargetFieldsBodyAndStatus) {
  http.serve();
  http.service.answer = [](const hal::HttpRequest& request, hal::HttpReply reply) {
    reply.answer({201, {{"X-Answer", "yes"}}, "<" + request.body + ">"});
  };
  const auto client = http.clients.client(http.origin());
  Asked asked{*client, {"PUT", "/a/b?c=d%20e", {{"X-Question", "why"}}, "body", {}}};
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  ASSERT_EQ(asked.status(), 201);
  EXPECT_EQ(asked.response().body, "<body>");
  EXPECT_EQ(asked.response().headers.find("x-answer"), "yes");
  ASSERT_EQ(http.service.requests.size(), 1u);
  const auto& request = http.service.requests[0];
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(request.target, "/a/b?c=d%20e");
  EXPECT_EQ(request.path(), "/a/b");
  EXPECT_EQ(request.query(), "c=d%20e");
  EXPECT_EQ(request.headers.find("X-Question"), "why");
  EXPECT_EQ(request.remote.address, http.rig->host());
}

TEST_P(HttpBothWays, TheConnectionIsKeptAndRequestsWaitTheirTurnInOrder) {
  http.serve();
  std::vector<hal::HttpReply> replies;
  http.service.answer = [&](const hal::HttpRequest&, hal::HttpReply reply) { replies.push_back(std::move(reply)); };
  const auto client = http.clients.client(http.origin());
  Asked first{*client, get("/1")};
  Asked second{*client, get("/2")};
  Asked third{*client, get("/3")};
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(http.run_until([&] { return replies.size() == i + 1; }));
    EXPECT_EQ(http.service.requests[i].target, "/" + std::to_string(i + 1));
    let_pass(*http.rig, 20ms);
    EXPECT_EQ(replies.size(), i + 1) << "the next was sent before this one was answered";
    replies[i].answer({200, {}, std::to_string(i)});
  }
  ASSERT_TRUE(http.run_until([&] { return third.answer.has_value(); }));
  EXPECT_EQ(first.response().body + second.response().body + third.response().body, "012");
  EXPECT_EQ(http.service.requests[0].remote, http.service.requests[2].remote);
}

TEST_P(HttpBothWays, ALargeBodyArrivesWhole) {
  http.serve({.body_max = 4u << 20});
  http.service.answer = [](const hal::HttpRequest& request, hal::HttpReply reply) { reply.answer({200, {}, request.body}); };
  const auto client = http.clients.client(http.origin());
  const auto body = pattern(3u << 20);
  Asked asked{*client, post("/", body)};
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  ASSERT_EQ(asked.status(), 200);
  EXPECT_TRUE(asked.response().body == body);
}

TEST_P(HttpBothWays, AGetOnAKeptConnectionThatWasClosedIsSentAgain) {
  http.serve({.idle_patience = 30ms});
  const auto client = http.clients.client(http.origin());
  Asked first{*client, get("/1")};
  ASSERT_TRUE(http.run_until([&] { return first.answer.has_value(); }));
  let_pass(*http.rig, 60ms);   // the server lets go of it
  Asked second{*client, get("/2")};
  ASSERT_TRUE(http.run_until([&] { return second.answer.has_value(); }));
  EXPECT_EQ(second.status(), 200);
  EXPECT_NE(http.service.requests[0].remote, http.service.requests[1].remote);
}

TEST_P(HttpBothWays, AnAnswerPastTheLimitIsTooLarge) {
  http.serve();
  http.service.answer = [](const hal::HttpRequest&, hal::HttpReply reply) { reply.answer({200, {}, std::string(1001, 'x')}); };
  const auto client = http.clients.client(http.origin(), {.body_max = 1000});
  Asked asked{*client, get("/")};
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  EXPECT_EQ(asked.error(), ErrorKind::too_large);
}

TEST_P(HttpBothWays, PatienceRunsToTheWholeAnswerAndTheNextRequestHasAnotherConnection) {
  http.serve();
  std::vector<hal::HttpReply> kept;
  http.service.answer = [&](const hal::HttpRequest& request, hal::HttpReply reply) {
    if (request.target == "/slow")
      kept.push_back(std::move(reply));
    else
      reply.answer({200, {}, {}});
  };
  const auto client = http.clients.client(http.origin());
  Asked slow{*client, get("/slow"), 50ms};
  Asked next{*client, get("/next")};
  ASSERT_TRUE(http.run_until([&] { return next.answer.has_value(); }));
  EXPECT_EQ(slow.error(), ErrorKind::timed_out);
  EXPECT_EQ(next.status(), 200);
  EXPECT_NE(http.service.requests[0].remote, http.service.requests[1].remote);
}

TEST_P(HttpBothWays, DroppingARequestInFlightClosesTheConnectionAndSilencesIt) {
  http.serve();
  std::vector<hal::HttpReply> kept;
  http.service.answer = [&](const hal::HttpRequest& request, hal::HttpReply reply) {
    if (request.target == "/dropped")
      kept.push_back(std::move(reply));
    else
      reply.answer({200, {}, {}});
  };
  const auto client = http.clients.client(http.origin());
  Asked dropped{*client, get("/dropped")};
  ASSERT_TRUE(http.run_until([&] { return kept.size() == 1; }));
  dropped.operation.drop();
  Asked next{*client, get("/next")};
  ASSERT_TRUE(http.run_until([&] { return next.answer.has_value(); }));
  EXPECT_EQ(next.status(), 200);
  EXPECT_FALSE(dropped.answer);
  EXPECT_NE(http.service.requests[0].remote, http.service.requests[1].remote);
}

TEST_P(HttpBothWays, TheClientMayBeDestroyedInItsAnswer) {
  http.serve();
  auto client = http.clients.client(http.origin());
  Asked asked{*client, get("/")};
  Asked never{*client, get("/never")};
  asked.then = [&] { client.reset(); };
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  let_pass(*http.rig, 20ms);
  EXPECT_FALSE(never.answer);
  EXPECT_EQ(http.service.requests.size(), 1u);
}

TEST_P(HttpBothWays, ARequestMayBeAskedInAnAnswer) {
  http.serve();
  const auto client = http.clients.client(http.origin());
  std::unique_ptr<Asked> second;
  Asked first{*client, get("/1")};
  first.then = [&] { second = std::make_unique<Asked>(*client, get("/2")); };
  ASSERT_TRUE(http.run_until([&] { return second && second->answer; }));
  EXPECT_EQ(second->response().body, "GET /2 ");
}

TEST(HttpClient, ADroppedRequestThatWaitedIsNeverSent) {
  HttpRig http;
  http.serve();
  const auto client = http.clients.client(http.origin());
  Asked first{*client, get("/1")};
  Asked second{*client, get("/2")};
  Asked third{*client, get("/3")};
  second.operation.drop();
  ASSERT_TRUE(http.run_until([&] { return third.answer.has_value(); }));
  EXPECT_FALSE(second.answer);
  ASSERT_EQ(http.service.requests.size(), 2u);
  EXPECT_EQ(http.service.requests[1].target, "/3");
}

TEST(HttpClient, PastSixtyFourWaitingRequestsTheAnswerIsBusy) {
  HttpRig http;
  http.serve();
  const auto client = http.clients.client(http.origin());
  std::vector<std::unique_ptr<Asked>> asked;
  for (int i = 0; i < 66; ++i) asked.push_back(std::make_unique<Asked>(*client, get("/")));   // one goes out, 64 wait
  ASSERT_TRUE(http.run_until([&] { return asked[64]->answer && asked[65]->answer; }));
  EXPECT_EQ(asked[64]->status(), 200);
  EXPECT_EQ(asked[65]->error(), ErrorKind::busy);
}

TEST(HttpClient, WhatCannotBeWrittenIsInvalid) {
  HttpRig http;
  http.serve();
  const auto client = http.clients.client(http.origin());
  Asked target{*client, get("/a b")};
  Asked field{*client, {"GET", "/", {{"X", "a\r\nY: b"}}, {}, {}}};
  ASSERT_TRUE(http.run_until([&] { return target.answer && field.answer; }));
  EXPECT_EQ(target.error(), ErrorKind::invalid);
  EXPECT_EQ(field.error(), ErrorKind::invalid);
  EXPECT_TRUE(http.service.requests.empty());
}

TEST(HttpClient, APostOnAKeptConnectionThatWasClosedIsNotSentAgain) {
  HttpRig http;
  RawServer server{*http.rig};
  server.on_bytes = [&](std::size_t number) {
    auto& connection = *server.connections[number];
    if (connection.heard.received.starts_with("GET")) {
      connection.heard.received.clear();
      server.send(number, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    } else {
      connection.stream.reset();   // without a byte of an answer
    }
  };
  const auto client = http.clients.client(server.origin());
  Asked kept{*client, get("/")};
  Asked refused{*client, post("/shutter", "{}")};
  ASSERT_TRUE(http.run_until([&] { return refused.answer.has_value(); }));
  EXPECT_EQ(kept.status(), 200);
  ASSERT_TRUE(refused.error());
  EXPECT_TRUE(refused.error() == ErrorKind::closed || refused.error() == ErrorKind::reset);
  EXPECT_EQ(server.connections.size(), 1u);
}

TEST(HttpClient, AFreshConnectionThatIsClosedWithoutAnAnswerIsNotTriedAgain) {
  HttpRig http;
  RawServer server{*http.rig};
  server.on_bytes = [&](std::size_t number) { server.connections[number]->stream.reset(); };
  const auto client = http.clients.client(server.origin());
  Asked asked{*client, get("/")};
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  EXPECT_TRUE(asked.error() == ErrorKind::closed || asked.error() == ErrorKind::reset);
  EXPECT_EQ(server.connections.size(), 1u);
}

TEST(HttpClient, OneRetryOnAKeptConnectionIsAllThereIs) {
  HttpRig http;
  RawServer server{*http.rig};
  int answered = 0;
  server.on_bytes = [&](std::size_t number) {
    server.connections[number]->heard.received.clear();
    if (answered++ == 0)
      server.send(number, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    else
      server.connections[number]->stream.reset();
  };
  const auto client = http.clients.client(server.origin());
  Asked kept{*client, get("/1")};
  Asked failed{*client, get("/2")};
  ASSERT_TRUE(http.run_until([&] { return failed.answer.has_value(); }));
  EXPECT_TRUE(failed.error());
  EXPECT_EQ(server.connections.size(), 2u);
}

struct Answer {
  const char* name;
  const char* bytes;
  int status;
  const char* body;
  bool ends;   // the server closes behind it
};
class HttpAnswers : public ::testing::TestWithParam<Answer> {};
INSTANTIATE_TEST_SUITE_P(
    Http, HttpAnswers,
    ::testing::Values(Answer{"sized", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", false},
                      Answer{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 200,
                             "hello", false},
                      Answer{"until_close", "HTTP/1.1 200 OK\r\n\r\nhello", 200, "hello", true},
                      Answer{"http_1_0", "HTTP/1.0 200 OK\r\n\r\nhello", 200, "hello", true},
                      Answer{"no_content", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", false},
                      Answer{"not_modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, "", false},
                      Answer{"interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false}),
    [](const auto& param_info) { return std::string{param_info.param.name}; });

TEST_P(HttpAnswers, AreRead) {
  HttpRig http;
  RawServer server{*http.rig};
  server.on_bytes = [&](std::size_t number) {
    server.send(number, GetParam().bytes);
    if (GetParam().ends) server.connections[number]->stream->finish();
  };
  const auto client = http.clients.client(server.origin());
  Asked asked{*client, get("/")};
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  ASSERT_EQ(asked.status(), GetParam().status) << (asked.answer->ok() ? "" : asked.answer->error().text());
  EXPECT_EQ(asked.response().body, GetParam().body);
}

TEST(HttpClient, TheAnswerToHeadHasNoBodyWhateverItsFieldsSay) {
  HttpRig http;
  RawServer server{*http.rig};
  server.always("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  const auto client = http.clients.client(server.origin());
  Asked head{*client, {"HEAD", "/", {}, {}, {}}};
  Asked again{*client, {"HEAD", "/", {}, {}, {}}};
  ASSERT_TRUE(http.run_until([&] { return again.answer.has_value(); }));
  EXPECT_EQ(head.status(), 200);
  EXPECT_EQ(again.status(), 200);
  EXPECT_EQ(server.connections.size(), 1u);
}

TEST(HttpClient, AnAnswerThatIsNoHttpIsAProtocolError) {
  HttpRig http;
  RawServer server{*http.rig};
  server.always("SSH-2.0-OpenSSH_9.2\r\n");
  const auto client = http.clients.client(server.origin());
  Asked asked{*client, get("/")};
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  EXPECT_EQ(asked.error(), ErrorKind::protocol);
}

TEST(HttpClient, AnAnswerThatIsCutOffIsReset) {
  HttpRig http;
  RawServer server{*http.rig};
  server.on_bytes = [&](std::size_t number) {
    server.send(number, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    server.connections[number]->stream->finish();
  };
  const auto client = http.clients.client(server.origin());
  Asked asked{*client, get("/")};
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  EXPECT_EQ(asked.error(), ErrorKind::reset);
}

TEST(HttpClient, AnAnswerWithConnectionCloseTakesANewConnectionNext) {
  HttpRig http;
  RawServer server{*http.rig};
  server.always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  const auto client = http.clients.client(server.origin());
  Asked first{*client, post("/", "")};
  Asked second{*client, post("/", "")};
  ASSERT_TRUE(http.run_until([&] { return second.answer.has_value(); }));
  EXPECT_EQ(second.status(), 200);
  EXPECT_EQ(server.connections.size(), 2u);
}

TEST(HttpClient, NobodyThereIsToldAsTheNetworkSaysIt) {
  HttpRig http;
  hal::HttpOrigin origin;
  origin.endpoint = http.rig->silent_endpoint();
  const auto silent = http.clients.client(origin, {.connect_patience = 50ms});
  http.serve();
  origin.endpoint = http.server->local();
  http.server.reset();
  const auto closed = http.clients.client(origin);
  Asked timed_out{*silent, get("/")};
  Asked refused{*closed, get("/")};
  ASSERT_TRUE(http.run_until([&] { return timed_out.answer && refused.answer; }));
  EXPECT_EQ(timed_out.error(), ErrorKind::timed_out);
  EXPECT_EQ(refused.error(), ErrorKind::refused);
}

TEST(HttpClient, ConnectPatienceCoversTheTlsHandshake) {
  HttpRig http;
  RawServer silent{*http.rig};
  auto origin = silent.origin();
  origin.tls = true;
  const auto client = http.clients.client(origin, {.connect_patience = 50ms});
  Asked asked{*client, get("/")};
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  EXPECT_EQ(asked.error(), ErrorKind::timed_out);
}

TEST(HttpClient, HostNamesTheOriginAndItsPort) {
  HttpRig http;
  RawServer server{*http.rig};
  server.always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  auto origin = server.origin();
  const auto by_address = http.clients.client(origin);
  origin.host = "camera.test";
  const auto by_name = http.clients.client(origin);
  Asked first{*by_address, get("/")};
  Asked second{*by_name, get("/")};
  ASSERT_TRUE(http.run_until([&] { return first.answer && second.answer; }));
  const auto port = ":" + std::to_string(origin.endpoint.port) + "\r\n";
  EXPECT_THAT(server.heads, ::testing::UnorderedElementsAre(HasSubstr("\r\nHost: " + origin.endpoint.address.text() + port),
                                                            HasSubstr("\r\nHost: camera.test" + port)));
}

// ---- certificates ---------------------------------------------------------------------------------------------------

TEST(HttpClient, TheCertificateIsReportedAndCanBePinned) {
  HttpRig http{true};
  http.serve();
  const auto& fingerprint = test_certificate(http.rig->random()).fingerprint;
  auto origin = http.origin();
  const auto any = http.clients.client(origin);
  EXPECT_EQ(any->certificate(), "");
  origin.pinned_certificate = fingerprint;
  const auto pinned = http.clients.client(origin);
  Asked first{*any, get("/")};
  Asked second{*pinned, get("/")};
  ASSERT_TRUE(http.run_until([&] { return first.answer && second.answer; }));
  EXPECT_EQ(first.status(), 200);
  EXPECT_EQ(second.status(), 200);
  EXPECT_EQ(any->certificate(), fingerprint);
}

TEST(HttpClient, AnotherCertificateThanThePinnedOneIsRefusedBeforeAByteIsSent) {
  HttpRig http{true};
  http.serve();
  auto origin = http.origin();
  origin.pinned_certificate = std::string(64, 'a');
  const auto client = http.clients.client(origin);
  Asked asked{*client, get("/")};
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  ASSERT_EQ(asked.error(), ErrorKind::tls);
  EXPECT_THAT(asked.answer->error().detail, StartsWith("certificate changed: expected " + origin.pinned_certificate + ", got "));
  let_pass(*http.rig, 20ms);
  EXPECT_TRUE(http.service.requests.empty());
}

TEST(HttpClient, PlainHttpBehindATlsOriginIsATlsError) {
  HttpRig http;
  http.serve();
  auto origin = http.origin();
  origin.tls = true;
  const auto client = http.clients.client(origin);
  Asked asked{*client, get("/")};
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  EXPECT_EQ(asked.error(), ErrorKind::tls);
}

}   // namespace

}   // namespace nightjar::contracts
