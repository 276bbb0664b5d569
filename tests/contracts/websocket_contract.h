#pragma once
// hal/websocket.h, both ends: messages, closing, breaking, handshakes.
#include <gmock/gmock.h>

#include "tests/contracts/websocket_tools.h"

namespace nightjar::contracts {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class WebSocketBothWays : public ::testing::TestWithParam<bool> {
 protected:
  WebSocketRig ws{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(WebSocket, WebSocketBothWays, ::testing::Values(false, true),
                         [](const auto& param_info) { return std::string{param_info.param ? "tls" : "plain"}; });

TEST_P(WebSocketBothWays, MessagesArriveWholeAndInOrderInBothDirections) {
  ws.dial();
  auto& far = *ws.far[0];
  std::vector<std::string> sent;
  for (const std::size_t size : {0u, 1u, 125u, 126u, 127u, 65535u, 65536u, 300000u}) {
    sent.push_back("binary " + pattern(size));
    ws.near->send(MessageKind::binary, shared(pattern(size)));
    far.socket->send(MessageKind::binary, shared(pattern(size)));
  }
  ws.near->send_text("grüße");
  far.socket->send_text("grüße");
  sent.push_back("text grüße");
  ASSERT_TRUE(ws.run_until([&] { return far.talk.heard.size() == sent.size() && ws.near_talk.heard.size() == sent.size(); }));
  EXPECT_TRUE(far.talk.heard == sent);
  EXPECT_TRUE(ws.near_talk.heard == sent);
}

TEST_P(WebSocketBothWays, TheHandshakeCarriesTargetFieldsAndTheRemote) {
  auto target = ws.target();
  target.target = "/ws?token=abc";
  target.headers = {{"X-Device", "pi"}};
  std::unique_ptr<hal::WebSocket> near;
  const auto operation = ws.dialer.connect(target, kPatience, [&](auto result) { near = std::move(result).value(); });
  ASSERT_TRUE(ws.run_until([&] { return near != nullptr; }));
  EXPECT_EQ(ws.upgraded[0].query(), "token=abc");
  EXPECT_EQ(ws.upgraded[0].headers.find("X-Device"), "pi");
  EXPECT_EQ(near->remote(), ws.server->local());
  EXPECT_EQ(ws.far[0]->socket->remote(), ws.upgraded[0].remote);
}

TEST_P(WebSocketBothWays, APingIsAnsweredByTheDriver) {
  ws.dial();
  ws.near->ping("are you there");
  ws.far[0]->socket->ping();
  ASSERT_TRUE(ws.run_until([&] { return !ws.near_talk.heard.empty() && !ws.far[0]->talk.heard.empty(); }));
  EXPECT_THAT(ws.near_talk.heard, ElementsAre("pong are you there"));
  EXPECT_THAT(ws.far[0]->talk.heard, ElementsAre("pong "));
}

TEST_P(WebSocketBothWays, TheClientCloses) {
  ws.dial();
  ws.near->send_text("last words");
  ws.near->close(close_code::normal, "done");
  ASSERT_TRUE(ws.run_until([&] { return ws.near_talk.closed() && ws.far[0]->talk.closed(); }));
  EXPECT_THAT(ws.far[0]->talk.heard, ElementsAre("text last words", "closed 1000 done"));
  EXPECT_THAT(ws.near_talk.heard, ElementsAre("closed 1000 done"));
}

TEST_P(WebSocketBothWays, TheServerCloses) {
  ws.dial();
  ws.far[0]->socket->send_text("last words");
  ws.far[0]->socket->close(4001, "replaced");
  ASSERT_TRUE(ws.run_until([&] { return ws.near_talk.closed() && ws.far[0]->talk.closed(); }));
  EXPECT_THAT(ws.near_talk.heard, ElementsAre("text last words", "closed 4001 replaced"));
  EXPECT_THAT(ws.far[0]->talk.heard, ElementsAre("closed 4001 replaced"));
}

TEST_P(WebSocketBothWays, BothCloseAtOnce) {
  ws.dial();
  ws.near->close(4001, "near");
  ws.far[0]->socket->close(4002, "far");
  ASSERT_TRUE(ws.run_until([&] { return ws.near_talk.closed() && ws.far[0]->talk.closed(); }));
  EXPECT_THAT(ws.near_talk.heard, ElementsAre("closed 4002 far"));
  EXPECT_THAT(ws.far[0]->talk.heard, ElementsAre("closed 4001 near"));
}

TEST_P(WebSocketBothWays, ADroppedSocketIs1006AtTheOtherEnd) {
  ws.dial();
  ws.near.reset();
  ASSERT_TRUE(ws.run_until([&] { return ws.far[0]->talk.closed(); }));
  EXPECT_THAT(ws.far[0]->talk.heard, ElementsAre("closed 1006 "));
  EXPECT_TRUE(ws.near_talk.heard.empty());
}

TEST_P(WebSocketBothWays, TheHandlerMayDestroyTheSocketInAnyCallback) {
  for (const std::string when : {"message", "pong", "closed"}) {
    ws.far.clear();
    ws.near_talk = {};
    ws.dial();
    auto& far = *ws.far[0];
    const auto destroy = [&] { far.socket.reset(); };
    if (when == "message") far.talk.then_message = destroy;
    if (when == "pong") far.talk.then_pong = destroy;
    if (when == "closed") far.talk.then_closed = destroy;
    if (when == "pong") far.socket->ping("x");
    if (when == "message") ws.near->send_text("1");
    if (when == "message") ws.near->send_text("2");
    if (when == "closed") ws.near->close(close_code::normal, {});
    ASSERT_TRUE(ws.run_until([&] { return ws.near_talk.closed() && !far.talk.heard.empty(); })) << when;
    EXPECT_EQ(far.talk.heard.size(), 1u) << when;
    EXPECT_EQ(far.socket, nullptr) << when;
  }
}

TEST_P(WebSocketBothWays, AMessagePastTheServersLimitIs1009) {
  ws.dial();
  ws.near->send(MessageKind::binary, shared(std::string((1u << 20) + 1, 'x')));
  ASSERT_TRUE(ws.run_until([&] { return ws.near_talk.closed() && ws.far[0]->talk.closed(); }));
  EXPECT_THAT(ws.far[0]->talk.heard, ElementsAre("closed 1009 "));
  EXPECT_THAT(ws.near_talk.heard, ElementsAre("closed 1009 "));
}

TEST_P(WebSocketBothWays, AMessagePastTheClientsLimitIs1009) {
  auto target = ws.target();
  target.message_max = 1000;
  const auto operation = ws.dialer.connect(target, kPatience, [&](auto result) {
    ws.near = std::move(result).value();
    ws.near->start(ws.near_talk);
  });
  ASSERT_TRUE(ws.run_until([&] { return ws.near && !ws.far.empty(); }));
  ws.far[0]->socket->send(MessageKind::binary, shared(std::string(1000, 'x')));
  ws.far[0]->socket->send(MessageKind::binary, shared(std::string(1001, 'x')));
  ASSERT_TRUE(ws.run_until([&] { return ws.near_talk.closed() && ws.far[0]->talk.closed(); }));
  EXPECT_THAT(ws.near_talk.heard, ElementsAre("binary " + std::string(1000, 'x'), "closed 1009 "));
  EXPECT_THAT(ws.far[0]->talk.heard, ElementsAre("closed 1009 "));
}

TEST_P(WebSocketBothWays, AServersSocketsOutliveIt) {
  ws.dial();
  ws.server.reset();
  ws.near->send_text("still there?");
  ASSERT_TRUE(ws.run_until([&] { return !ws.far[0]->talk.heard.empty(); }));
  ws.far[0]->socket->send_text("yes");
  ASSERT_TRUE(ws.run_until([&] { return !ws.near_talk.heard.empty(); }));
}

TEST_P(WebSocketBothWays, ASocketMaySendBeforeItIsStartedAndMissesNothing) {
  ws.at_open = [](WebSocketRig::Far& far) { far.socket->send_text("welcome"); };
  std::unique_ptr<hal::WebSocket> near;
  const auto operation = ws.dialer.connect(ws.target(), kPatience, [&](auto result) { near = std::move(result).value(); });
  ASSERT_TRUE(ws.run_until([&] { return near != nullptr; }));
  let_pass(*ws.rig, 20ms);
  near->start(ws.near_talk);
  ASSERT_TRUE(ws.run_until([&] { return !ws.near_talk.heard.empty(); }));
  EXPECT_THAT(ws.near_talk.heard, ElementsAre("text welcome"));
}

TEST_P(WebSocketBothWays, ASlowReaderShowsInUnsentAndDrains) {
  ws.dial();
  const auto payload = shared(pattern(1u << 20));
  for (int i = 0; i < 16; ++i) ws.far[0]->socket->send(MessageKind::binary, payload);
  EXPECT_GT(ws.far[0]->socket->unsent(), 0u);
  ASSERT_TRUE(ws.run_until([&] { return ws.near_talk.heard.size() == 16; }));
  ASSERT_TRUE(ws.run_until([&] { return ws.far[0]->talk.drained > 0; }));
  EXPECT_EQ(ws.far[0]->socket->unsent(), 0u);
}

TEST_P(WebSocketBothWays, WhatIsEncodedOnceIsRightForEveryAcceptedSocket) {
  ws.dial();
  Talk second_talk;
  std::unique_ptr<hal::WebSocket> second;
  const auto operation = ws.dialer.connect(ws.target(), kPatience, [&](auto result) {
    second = std::move(result).value();
    second->start(second_talk);
  });
  ASSERT_TRUE(ws.run_until([&] { return second && ws.far.size() == 2; }));
  const auto sizes = {0u, 125u, 126u, 65535u, 65536u};
  std::string head, rest;
  for (const std::size_t size : sizes) ws.far[0]->socket->encode(MessageKind::binary, pattern(size), head);
  ws.far[0]->socket->encode(MessageKind::text, "grüße", rest);
  const auto body = std::make_shared<const std::string>(rest);
  for (const auto& end : ws.far) end->socket->send_encoded(head, body);
  ws.near->encode(MessageKind::text, "back", head = {});   // masked: the client's own frame
  ws.near->send_encoded(head);
  ASSERT_TRUE(ws.run_until([&] { return ws.near_talk.heard.size() == 6 && second_talk.heard.size() == 6 && !ws.far[0]->talk.heard.empty(); }));
  std::vector<std::string> expected;
  for (const std::size_t size : sizes) expected.push_back("binary " + pattern(size));
  expected.push_back("text grüße");
  EXPECT_TRUE(ws.near_talk.heard == expected);
  EXPECT_TRUE(second_talk.heard == expected);
  EXPECT_THAT(ws.far[0]->talk.heard, ElementsAre("text back"));
  ws.far[0]->socket->close(close_code::normal, {});
  ws.far[0]->socket->send_encoded({}, body);
  ASSERT_TRUE(ws.run_until([&] { return ws.near_talk.closed(); }));
  EXPECT_EQ(ws.near_talk.heard.size(), 7u) << "nothing follows a close";
}

TEST(WebSocket, OnePayloadIsSharedByAllItIsSentTo) {
  WebSocketRig ws;
  std::vector<std::unique_ptr<RawClient>> readers;
  for (std::size_t i = 0; i < 3; ++i) {
    auto& reader = *readers.emplace_back(std::make_unique<RawClient>(*ws.rig, ws.server->local()));
    reader.send(kHandshake);
    ASSERT_TRUE(ws.run_until([&] { return ws.far.size() == i + 1; }));
    reader.stream->pause(true);
  }
  const auto payload = shared(pattern(32u << 20));   // more than the kernels' buffers take
  for (const auto& end : ws.far) end->socket->send(MessageKind::binary, payload);
  EXPECT_GE(payload.use_count(), 4);   // ours, and at least one each
}

TEST(WebSocket, APeerThatDoesNotAnswerACloseIsDroppedAfterFiveSeconds) {
  WebSocketRig ws;
  RawClient client{*ws.rig, ws.server->local()};
  client.send(kHandshake);
  ASSERT_TRUE(ws.run_until([&] { return !ws.far.empty(); }));
  const auto begun = ws.rig->loop().now();
  ws.far[0]->socket->close(close_code::going_away, "");
  ASSERT_TRUE(ws.run_until([&] { return ws.far[0]->talk.closed(); }));
  EXPECT_GE(ws.rig->loop().now() - begun, 5s);
  EXPECT_THAT(ws.far[0]->talk.heard, ElementsAre("closed 1006 "));
}

// ---- handshake ------------------------------------------------------------------------------------------------------

TEST(WebSocket, ARefusalIsDeniedFor401And403AndProtocolElse) {
  WebSocketRig ws;
  for (const auto& [status, kind] :
       {std::pair{401, ErrorKind::denied}, std::pair{403, ErrorKind::denied}, std::pair{404, ErrorKind::protocol},
        std::pair{503, ErrorKind::protocol}, std::pair{200, ErrorKind::protocol}}) {
    ws.service.upgrade = [status = status](const hal::HttpRequest&) { return hal::HttpResponse{status, {}, "no"}; };
    const auto error = ws.fail_to_dial(ws.target());
    EXPECT_EQ(error.kind, kind);
    EXPECT_THAT(error.detail, HasSubstr(std::to_string(status)));
  }
  EXPECT_TRUE(ws.far.empty());
}

TEST(WebSocket, AServerThatTakesNoneAnswers404) {
  WebSocketRig ws;
  ws.service.upgrade = nullptr;
  EXPECT_THAT(ws.fail_to_dial(ws.target()).detail, HasSubstr("404"));
}

TEST(WebSocket, ASecretInTheTargetIsNotInTheError) {
  WebSocketRig ws;
  ws.service.upgrade = [](const hal::HttpRequest&) { return hal::HttpResponse{403, {}, {}}; };
  auto target = ws.target();
  target.target = "/ws?token=secret";
  EXPECT_EQ(ws.fail_to_dial(target).text().find("secret"), std::string::npos);
}

TEST(WebSocket, PatienceCoversTheHandshakeAndTheNetworkSaysTheRest) {
  WebSocketRig ws;
  RawServer mute{*ws.rig};
  hal::WebSocketTarget target;
  target.origin = mute.origin();
  EXPECT_EQ(ws.fail_to_dial(target, 50ms).kind, ErrorKind::timed_out);
  target.origin.tls = true;
  EXPECT_EQ(ws.fail_to_dial(target, 50ms).kind, ErrorKind::timed_out);
  target.origin.tls = false;
  mute.listener.reset();
  EXPECT_EQ(ws.fail_to_dial(target).kind, ErrorKind::refused);
}

TEST(WebSocket, ADroppedAttemptIsSilentAndClosesItsConnection) {
  WebSocketRig ws;
  RawServer mute{*ws.rig};
  hal::WebSocketTarget target;
  target.origin = mute.origin();
  auto operation = ws.dialer.connect(target, kPatience, [](auto) { FAIL() << "answered though dropped"; });
  ASSERT_TRUE(ws.run_until([&] { return mute.connections.size() == 1 && !mute.received(0).empty(); }));
  operation.drop();
  ASSERT_TRUE(ws.run_until([&] { return !mute.connections[0]->heard.closed.empty(); }));
}

TEST(WebSocket, AnAnswerForAnotherHandshakeIsRefused) {
  WebSocketRig ws;
  for (const std::string answer :
       {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", "garbage\r\n\r\n"}) {
    RawServer other{*ws.rig};
    other.always(answer);
    hal::WebSocketTarget target;
    target.origin = other.origin();
    EXPECT_EQ(ws.fail_to_dial(target).kind, ErrorKind::protocol) << answer;
  }
}

struct BadHandshake {
  const char* name;
  const char* request;
  const char* answer;
};
class WebSocketHandshakes : public ::testing::TestWithParam<BadHandshake> {};
INSTANTIATE_TEST_SUITE_P(
    WebSocket, WebSocketHandshakes,
    ::testing::Values(BadHandshake{"old_version",
                                   "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
                                   "8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                                   "426"},
                      BadHandshake{"no_version",
                                   "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: "
                                   "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                                   "426"},
                      BadHandshake{
                          "no_key",
                          "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
                          "400"},
                      BadHandshake{"short_key",
                                   "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
                                   "13\r\nSec-WebSocket-Key: dGhl\r\n\r\n",
                                   "400"},
                      BadHandshake{"post",
                                   "POST /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
                                   "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 0\r\n\r\n",
                                   "405"}),
    [](const auto& param_info) { return std::string{param_info.param.name}; });

TEST_P(WebSocketHandshakes, AreRefused) {
  WebSocketRig ws;
  RawClient client{*ws.rig, ws.server->local()};
  client.send(GetParam().request);
  ASSERT_TRUE(ws.run_until([&] { return client.has("\r\n\r\n"); }));
  EXPECT_THAT(client.heard.received, StartsWith(std::string{"HTTP/1.1 "} + GetParam().answer));
  const bool names_version = std::string_view{GetParam().answer} == "426";
  EXPECT_EQ(client.has("\r\nSec-WebSocket-Version: 13\r\n"), names_version);
  EXPECT_TRUE(ws.far.empty());
}

TEST(WebSocket, AnUpgradeToSomethingElseIsAnOrdinaryRequest) {
  WebSocketRig ws;
  RawClient client{*ws.rig, ws.server->local()};
  client.send("GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n");
  client.send("GET /y HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(ws.run_until([&] { return client.has("GET /x ") && client.has("GET /y "); }));
}

}   // namespace

}   // namespace nightjar::contracts
