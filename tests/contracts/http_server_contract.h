#pragma once
// hal/http.h, the server's half: every limit and patience, keep-alive and pipelines, replies now, later, in pieces, never.
#include <gmock/gmock.h>

#include "tests/contracts/http_tools.h"

namespace nightjar::contracts {

namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

// ---- what is refused ------------------------------------------------------------------------------------------------

struct Refusal {
  const char* name;
  std::string bytes;
  const char* status;
};
class HttpRefusals : public ::testing::TestWithParam<Refusal> {};
INSTANTIATE_TEST_SUITE_P(
    HttpServer, HttpRefusals,
    ::testing::Values(
        Refusal{"no_http", "hello\r\n\r\n", "400"}, Refusal{"tls", std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11}, "400"},
        Refusal{"http_2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"}, Refusal{"no_host", "GET / HTTP/1.1\r\n\r\n", "400"},
        Refusal{"two_hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
        Refusal{"target_without_slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        Refusal{"broken_escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        Refusal{"encoded_nul", "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        Refusal{"connect", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
        Refusal{"length_and_chunks", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "400"},
        Refusal{"chunks_and_length", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
                "400"},
        Refusal{"two_lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "400"},
        Refusal{"two_equal_lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "400"},
        Refusal{"list_of_lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc", "400"},
        Refusal{"signed_length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", "400"},
        Refusal{"other_encoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "400"},
        Refusal{"obscured_encoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "400"},
        Refusal{"chunks_in_1_0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
        Refusal{"space_before_colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"},
        Refusal{"obscured_name", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400"},
        Refusal{"bad_chunk_size", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "400"},
        Refusal{"expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nContent-Length: 3\r\n\r\nabc", "417"},
        Refusal{"long_head", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2000, 'x') + "\r\n\r\n", "431"},
        Refusal{"endless_head", "GET /" + std::string(2000, 'x'), "431"},
        Refusal{"long_body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", "413"},
        Refusal{"absurd_body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", "413"},
        Refusal{"long_chunks", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'x'), "413"}),
    [](const auto& param_info) { return std::string{param_info.param.name}; });

TEST_P(HttpRefusals, AreAnsweredAndTheConnectionEnds) {
  HttpRig http;
  http.serve({.head_max = 1000, .body_max = 1000});
  RawClient client{*http.rig, http.server->local()};
  client.send(GetParam().bytes);
  ASSERT_TRUE(http.run_until([&] { return client.closed(); }));
  EXPECT_THAT(client.heard.received, StartsWith(std::string{"HTTP/1.1 "} + GetParam().status + " "));
  EXPECT_THAT(client.heard.received, HasSubstr("Connection: close"));
  EXPECT_EQ(client.heard.closed[0].kind, hal::ErrorKind::closed);
  EXPECT_TRUE(http.service.requests.empty());
}

TEST(HttpServer, ARefusalIsReadableEvenWhenTheClientGoesOnSending) {
  HttpRig http;
  http.serve({.body_max = 1000});
  RawClient client{*http.rig, http.server->local()};
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n");
  client.send(std::string(500000, 'x'));
  ASSERT_TRUE(http.run_until([&] { return client.closed(); }));
  EXPECT_THAT(client.heard.received, StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(client.heard.closed[0].kind, hal::ErrorKind::closed);
}

// ---- patience -------------------------------------------------------------------------------------------------------

TEST(HttpServer, ARequestThatTricklesInIsAnswered408) {
  for (const auto* begin : {"G", "GET / HTTP/1.1\r\nHost: a\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"}) {
    HttpRig http;
    http.serve({.request_patience = 60ms});
    RawClient client{*http.rig, http.server->local()};
    client.send(begin);
    hal::Operation timer;
    const std::function<void()> trickle = [&] {   // a byte now and then does not prolong it
      if (client.closed()) return;
      client.send("a");
      timer = http.rig->loop().at(http.rig->loop().now() + 10ms, trickle);
    };
    if (std::string_view{begin}.ends_with("abc")) timer = http.rig->loop().at(http.rig->loop().now() + 30ms, trickle);
    ASSERT_TRUE(http.run_until([&] { return client.has("\r\n\r\n"); }));
    EXPECT_THAT(client.heard.received, StartsWith("HTTP/1.1 408 "));
    EXPECT_TRUE(http.service.requests.empty());
  }
}

TEST(HttpServer, AnIdleConnectionIsClosedInSilence) {
  HttpRig http;
  http.serve({.idle_patience = 50ms});
  RawClient never{*http.rig, http.server->local()};
  RawClient once{*http.rig, http.server->local()};
  once.send(kGet);
  ASSERT_TRUE(http.run_until([&] { return never.closed() && once.closed(); }));
  EXPECT_EQ(never.heard.received, "");
  EXPECT_EQ(occurrences(once.heard.received, "HTTP/1.1"), 1u);
  EXPECT_THAT(once.heard.received, StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServer, AHandlerThatThinksLongerThanAnyPatienceIsWaitedFor) {
  HttpRig http;
  http.serve({.request_patience = 20ms, .idle_patience = 20ms});
  std::vector<hal::HttpReply> replies;
  http.service.answer = [&](const hal::HttpRequest&, hal::HttpReply reply) { replies.push_back(std::move(reply)); };
  RawClient client{*http.rig, http.server->local()};
  client.send(kGet);
  ASSERT_TRUE(http.run_until([&] { return replies.size() == 1; }));
  let_pass(*http.rig, 100ms);
  replies[0].answer({200, {}, "late"});
  ASSERT_TRUE(http.run_until([&] { return client.has("late"); }));
}

TEST(HttpServer, PastItsConnectionsTheNextIsAnswered503) {
  for (const bool tls : {false, true}) {
    HttpRig http{tls};
    http.serve({.connections_max = 2});
    const auto first = http.clients.client(http.origin());
    const auto second = http.clients.client(http.origin());
    const auto third = http.clients.client(http.origin());
    Asked one{*first, get("/")};
    Asked two{*second, get("/")};
    ASSERT_TRUE(http.run_until([&] { return one.answer && two.answer; }));
    Asked three{*third, get("/")};
    ASSERT_TRUE(http.run_until([&] { return three.answer.has_value(); }));
    EXPECT_EQ(three.status(), 503);
    EXPECT_EQ(http.service.requests.size(), 2u);
  }
}

TEST(HttpServer, AConnectionThatEndedMakesRoom) {
  HttpRig http;
  http.serve({.connections_max = 1});
  for (int i = 0; i < 3; ++i) {
    RawClient client{*http.rig, http.server->local()};
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    ASSERT_TRUE(http.run_until([&] { return client.closed(); }));
    EXPECT_THAT(client.heard.received, StartsWith("HTTP/1.1 200 "));
    client.stream.reset();
    let_pass(*http.rig, 20ms);
  }
}

TEST(HttpServer, ATlsHandshakeThatNeverComesIsGivenUp) {
  HttpRig http{true};
  http.serve({.request_patience = 50ms});
  RawClient client{*http.rig, http.server->local()};
  ASSERT_TRUE(http.run_until([&] { return client.closed(); }));
}

// ---- keep-alive and order -------------------------------------------------------------------------------------------

TEST(HttpServer, PipelinedRequestsAreHandledOneAtATimeAndAnsweredInOrder) {
  HttpRig http;
  http.serve();
  std::vector<hal::HttpReply> replies;
  http.service.answer = [&](const hal::HttpRequest&, hal::HttpReply reply) { replies.push_back(std::move(reply)); };
  RawClient client{*http.rig, http.server->local()};
  client.send(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(http.run_until([&] { return replies.size() == i + 1; }));
    let_pass(*http.rig, 10ms);
    ASSERT_EQ(replies.size(), i + 1);
    replies[i].answer({200, {}, "answer " + http.service.requests[i].target});
  }
  ASSERT_TRUE(http.run_until([&] { return client.has("answer /3"); }));
  EXPECT_LT(client.heard.received.find("answer /1"), client.heard.received.find("answer /2"));
  EXPECT_EQ(http.service.requests[1].body, "abc");
}

TEST(HttpServer, AThousandPipelinedRequestsAreAllAnswered) {
  HttpRig http;
  http.serve();
  RawClient client{*http.rig, http.server->local()};
  for (int i = 0; i < 1000; ++i) client.send(kGet);
  ASSERT_TRUE(http.run_until([&] { return occurrences(client.heard.received, "HTTP/1.1 200 OK") == 1000; }));
}

TEST(HttpServer, AClientThatDoesNotReadIsHeldBack) {
  HttpRig http;
  http.serve();
  int handled = 0;
  http.service.answer = [&](const hal::HttpRequest&, hal::HttpReply reply) {
    ++handled;
    reply.answer({200, {}, std::string(1u << 20, 'x')});
  };
  RawClient client{*http.rig, http.server->local()};
  client.stream->pause(true);
  for (int i = 0; i < 100; ++i) client.send(kGet);
  ASSERT_TRUE(http.run_until([&] { return handled > 0; }));
  let_pass(*http.rig, 200ms);
  EXPECT_LT(handled, 50);   // what the kernels' buffers take, and not all
  client.stream->pause(false);
  ASSERT_TRUE(http.run_until([&] { return handled == 100; }));
}

TEST(HttpServer, ConnectionCloseAndHttp10EndItKeepAliveKeepsIt) {
  HttpRig http;
  http.serve();
  RawClient close{*http.rig, http.server->local()};
  RawClient old{*http.rig, http.server->local()};
  RawClient kept{*http.rig, http.server->local()};
  close.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  old.send("GET / HTTP/1.0\r\n\r\n");
  kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(http.run_until([&] { return close.closed() && old.closed() && kept.has("GET / "); }));
  EXPECT_THAT(close.heard.received, HasSubstr("Connection: close"));
  EXPECT_THAT(kept.heard.received, HasSubstr("Connection: keep-alive"));
  kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(http.run_until([&] { return occurrences(kept.heard.received, "HTTP/1.1 200") == 2; }));
}

TEST(HttpServer, AHandlerMayAskForTheEndOfTheConnection) {
  HttpRig http;
  http.serve();
  http.service.answer = [](const hal::HttpRequest&, hal::HttpReply reply) { reply.answer({200, {{"Connection", "close"}}, "bye"}); };
  RawClient client{*http.rig, http.server->local()};
  client.send(kGet);
  ASSERT_TRUE(http.run_until([&] { return client.closed(); }));
  EXPECT_THAT(client.heard.received, EndsWith("bye"));
}

TEST(HttpServer, HeadIsAnsweredWithoutTheBodyButWithItsLength) {
  HttpRig http;
  http.serve();
  RawClient client{*http.rig, http.server->local()};
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  client.send(kGet);
  ASSERT_TRUE(http.run_until([&] { return client.has("GET / "); }));
  EXPECT_THAT(client.heard.received, HasSubstr("Content-Length: 7\r\n"));   // "HEAD / "
  EXPECT_FALSE(client.has("HEAD / "));
}

TEST(HttpServer, AStatusWithoutABodyHasNone) {
  HttpRig http;
  http.serve();
  http.service.answer = [](const hal::HttpRequest&, hal::HttpReply reply) { reply.answer({204, {}, "unwanted"}); };
  RawClient client{*http.rig, http.server->local()};
  client.send(kGet);
  ASSERT_TRUE(http.run_until([&] { return client.has("\r\n\r\n"); }));
  let_pass(*http.rig, 10ms);
  EXPECT_THAT(client.heard.received, EndsWith("\r\n\r\n"));
  EXPECT_FALSE(client.has("Content-Length"));
}

TEST(HttpServer, AClientThatExpects100IsToldToGoOn) {
  HttpRig http;
  http.serve();
  RawClient client{*http.rig, http.server->local()};
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_TRUE(http.run_until([&] { return client.has("HTTP/1.1 100 Continue\r\n\r\n"); }));
  EXPECT_TRUE(http.service.requests.empty());
  client.send("abc");
  ASSERT_TRUE(http.run_until([&] { return client.has("POST / abc"); }));
}

TEST(HttpServer, AnAbsoluteTargetIsReducedToItsPath) {
  HttpRig http;
  http.serve();
  RawClient client{*http.rig, http.server->local()};
  client.send("GET http://a.test/x?y=1 HTTP/1.1\r\nHost: a.test\r\n\r\n");
  ASSERT_TRUE(http.run_until([&] { return client.has("GET /x?y=1 "); }));
}

TEST(HttpServer, AChunkedRequestSplitAtEveryByteIsRead) {
  HttpRig http;
  http.serve();
  RawClient client{*http.rig, http.server->local()};
  for (const char byte : std::string_view{
           "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: z\r\n\r\n"})
    client.send({&byte, 1});
  ASSERT_TRUE(http.run_until([&] { return client.has("POST /c abcde"); }));
  EXPECT_FALSE(http.service.requests[0].headers.find("Trailer"));
}

// ---- replies --------------------------------------------------------------------------------------------------------

TEST(HttpServer, AReplyDroppedUnansweredIs500) {
  HttpRig http;
  http.serve();
  http.service.answer = [](const hal::HttpRequest& request, hal::HttpReply reply) {
    if (request.target == "/taken") reply.take().reset();
  };
  RawClient client{*http.rig, http.server->local()};
  client.send(kGet);
  client.send("GET /taken HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(http.run_until([&] { return occurrences(client.heard.received, "HTTP/1.1 500 ") == 2; }));
}

TEST(HttpServer, AnsweringAClientThatHasGoneIsHarmless) {
  HttpRig http;
  http.serve();
  std::vector<hal::HttpReply> replies;
  http.service.answer = [&](const hal::HttpRequest&, hal::HttpReply reply) { replies.push_back(std::move(reply)); };
  {
    RawClient client{*http.rig, http.server->local()};
    client.send(kGet);
    ASSERT_TRUE(http.run_until([&] { return replies.size() == 1; }));
  }
  let_pass(*http.rig, 20ms);
  replies[0].answer({200, {}, "nobody"});
  std::vector<hal::HttpReply> after;
  after.swap(replies);
  RawClient next{*http.rig, http.server->local()};
  next.send(kGet);
  ASSERT_TRUE(http.run_until([&] { return replies.size() == 1; }));
  http.server.reset();
  replies[0].answer({200, {}, "no server"});
}

TEST(HttpServer, AReplyMayBeStreamed) {
  HttpRig http;
  http.serve();
  std::shared_ptr<hal::HttpReply::Sink> sink;
  http.service.answer = [&](const hal::HttpRequest&, hal::HttpReply reply) { sink = reply.take(); };
  const auto client = http.clients.client(http.origin());
  Asked asked{*client, get("/")};
  ASSERT_TRUE(http.run_until([&] { return sink != nullptr; }));
  EXPECT_TRUE(sink->begin({200, {{"Content-Type", "application/octet-stream"}}, {}}));
  EXPECT_TRUE(sink->chunk("one "));
  EXPECT_TRUE(sink->chunk(""));
  EXPECT_TRUE(sink->chunk("two"));
  let_pass(*http.rig, 10ms);
  EXPECT_FALSE(asked.answer);
  sink->end();
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  EXPECT_EQ(asked.response().body, "one two");
  EXPECT_FALSE(sink->chunk("after the end"));
  Asked again{*client, get("/")};   // on the same connection
  ASSERT_TRUE(http.run_until([&] { return http.service.requests.size() == 2; }));
  EXPECT_EQ(http.service.requests[0].remote, http.service.requests[1].remote);
}

TEST(HttpServer, AStreamedReplyToHttp10EndsWithTheConnection) {
  HttpRig http;
  http.serve();
  http.service.answer = [&](const hal::HttpRequest&, hal::HttpReply reply) {
    const auto sink = reply.take();
    sink->begin({200, {}, {}});
    sink->chunk("all");
    sink->end();
  };
  RawClient client{*http.rig, http.server->local()};
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(http.run_until([&] { return client.closed(); }));
  EXPECT_THAT(client.heard.received, EndsWith("\r\n\r\nall"));
}

TEST(HttpServer, AStreamLearnsThatItsClientHasGone) {
  HttpRig http;
  http.serve();
  std::shared_ptr<hal::HttpReply::Sink> sink;
  http.service.answer = [&](const hal::HttpRequest&, hal::HttpReply reply) { sink = reply.take(); };
  {
    RawClient client{*http.rig, http.server->local()};
    client.send(kGet);
    ASSERT_TRUE(http.run_until([&] { return sink != nullptr; }));
    EXPECT_TRUE(sink->begin({200, {}, {}}));
  }
  ASSERT_TRUE(http.run_until([&] { return !sink->chunk("x"); }) || (let_pass(*http.rig, 50ms), !sink->chunk("x")));
}

TEST(HttpServer, AStreamNobodyTakesOffIsBrokenOff) {
  HttpRig http;
  http.serve();
  std::shared_ptr<hal::HttpReply::Sink> sink;
  http.service.answer = [&](const hal::HttpRequest&, hal::HttpReply reply) { sink = reply.take(); };
  RawClient client{*http.rig, http.server->local()};
  client.send(kGet);
  ASSERT_TRUE(http.run_until([&] { return sink != nullptr; }));
  client.stream->pause(true);
  ASSERT_TRUE(sink->begin({200, {}, {}}));
  int chunks = 0;
  while (chunks < 1000 && sink->chunk(std::string(1u << 20, 'x'))) ++chunks;
  EXPECT_LT(chunks, 32);
}

TEST(HttpServer, AnAbortBreaksTheConnectionWithoutAnAnswer) {
  HttpRig http;
  http.serve();
  http.service.answer = [](const hal::HttpRequest&, hal::HttpReply reply) { reply.take()->abort(); };
  RawClient client{*http.rig, http.server->local()};
  client.send(kGet);
  ASSERT_TRUE(http.run_until([&] { return client.closed(); }));
  EXPECT_EQ(client.heard.received, "");
}

TEST(HttpServer, AStreamLetGoOfBeforeItsEndIsBrokenOff) {
  HttpRig http;
  http.serve();
  http.service.answer = [](const hal::HttpRequest&, hal::HttpReply reply) {
    const auto sink = reply.take();
    sink->begin({200, {}, {}});
    sink->chunk("half");
  };
  RawClient client{*http.rig, http.server->local()};
  client.send(kGet);
  ASSERT_TRUE(http.run_until([&] { return client.closed(); }));
  EXPECT_THAT(client.heard.received, Not(HasSubstr("0\r\n\r\n")));
}

// ---- begin and end --------------------------------------------------------------------------------------------------

TEST(HttpServer, APortInUseAndAnUnusableCertificateAreTold) {
  HttpRig http;
  http.serve();
  const auto taken = http.servers.serve(http.server->local(), {}, http.service);
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().kind, hal::ErrorKind::in_use);
  const auto good = net::make_self_signed("good.test", http.rig->random());
  const auto other = net::make_self_signed("other.test", http.rig->random());
  for (const auto& [certificate, key] : {std::pair{std::string{"none"}, good.key_pem}, std::pair{good.cert_pem, std::string{"none"}},
                                         std::pair{good.cert_pem, other.key_pem}}) {
    hal::HttpServerOptions options;
    options.certificate_pem = certificate;
    options.key_pem = key;
    const auto served = http.servers.serve({http.rig->host(), 0}, options, http.service);
    ASSERT_FALSE(served.ok());
    EXPECT_EQ(served.error().kind, hal::ErrorKind::invalid);
  }
}

TEST(HttpServer, ItsEndClosesThePortAndItsConnections) {
  HttpRig http;
  http.serve();
  RawClient client{*http.rig, http.server->local()};
  client.send(kGet);
  ASSERT_TRUE(http.run_until([&] { return client.has("GET / "); }));
  const auto at = http.server->local();
  http.server.reset();
  ASSERT_TRUE(http.run_until([&] { return client.closed(); }));
  http.serve({}, at.port);
  EXPECT_EQ(http.server->local(), at);
}

TEST(HttpServer, ItMayBeDestroyedWhileItHandsARequestOver) {
  HttpRig http;
  http.serve();
  http.service.answer = [&](const hal::HttpRequest&, hal::HttpReply) { http.server.reset(); };
  RawClient client{*http.rig, http.server->local()};
  client.send(kGet);
  client.send(kGet);
  ASSERT_TRUE(http.run_until([&] { return client.closed(); }));
  EXPECT_EQ(http.service.requests.size(), 1u);
}

}   // namespace

}   // namespace nightjar::contracts
