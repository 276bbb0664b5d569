#pragma once
// RFC 6455's rules as a table of frames, each whole and byte by byte.
#include <gmock/gmock.h>

#include <array>
#include <tuple>

#include "drivers/net/websocket_codec.h"
#include "tests/contracts/websocket_tools.h"

namespace nightjar::contracts {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// One frame as a client sends it; written from RFC 6455 section 5.2 apart from the driver's code.
std::string frame(unsigned first_byte, std::string_view payload, bool masked = true) {
  std::string out{static_cast<char>(first_byte)};
  const unsigned mask_bit = masked ? 0x80 : 0;
  if (payload.size() < 126) {
    out += static_cast<char>(mask_bit | payload.size());
  } else {
    out += static_cast<char>(mask_bit | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 0xff);
  }
  if (!masked) return out.append(payload);
  static constexpr std::array<unsigned char, 4> mask = {0x37, 0xfa, 0x21, 0x3d};   // the RFC's example
  for (const auto byte : mask) out += static_cast<char>(byte);
  for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask[i % 4]);
  return out;
}
std::string close_payload(unsigned code, std::string_view reason = {}) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}.append(reason);
}

/// What a client sends, what the server's owner hears, and the close frame that comes back ("" = none).
struct Frames {
  const char* name;
  std::string sent;
  std::vector<std::string> heard;
  std::string answered;
};

std::string closing(unsigned code) { return frame(0x88, close_payload(code), false); }

std::vector<Frames> frame_cases() {
  const std::string long_text(70000, 'x');
  std::string extended = "\x82\xff" + std::string{0, 0, 0, 0, 0, 1, 0x11, 0x70} + std::string(4, '\0') + long_text;
  return {
      {"text", frame(0x81, "hello"), {"text hello"}, ""},
      {"binary", frame(0x82, {"\0\xff", 2}), {std::string{"binary \0\xff", 9}}, ""},
      {"empty", frame(0x81, ""), {"text "}, ""},
      {"length_of_16_bits", frame(0x81, long_text.substr(0, 65535)), {"text " + long_text.substr(0, 65535)}, ""},
      {"length_of_64_bits", extended, {"binary " + long_text}, ""},
      {"fragments", frame(0x01, "he") + frame(0x00, "l") + frame(0x80, "lo"), {"text hello"}, ""},
      {"empty_fragments", frame(0x01, "") + frame(0x00, "") + frame(0x80, ""), {"text "}, ""},
      {"ping_between_fragments", frame(0x01, "he") + frame(0x89, "x") + frame(0x80, "llo"), {"text hello"}, frame(0x8a, "x", false)},
      {"ping", frame(0x89, "abc"), {}, frame(0x8a, "abc", false)},
      {"longest_ping", frame(0x89, std::string(125, 'p')), {}, frame(0x8a, std::string(125, 'p'), false)},
      {"unasked_pong", frame(0x8a, "abc"), {"pong abc"}, ""},
      {"two_in_one_write", frame(0x81, "a") + frame(0x81, "b"), {"text a", "text b"}, ""},
      {"utf8_across_fragments", frame(0x01, "\xe2\x82") + frame(0x80, "\xac"), {"text \xe2\x82\xac"}, ""},
      {"binary_need_not_be_utf8", frame(0x82, "\xff\xfe"), {"binary \xff\xfe"}, ""},
      // broken
      {"unmasked", frame(0x81, "hello", false), {"closed 1002 "}, closing(1002)},
      {"reserved_bit_1", frame(0xc1, "x"), {"closed 1002 "}, closing(1002)},
      {"reserved_bit_2", frame(0xa1, "x"), {"closed 1002 "}, closing(1002)},
      {"reserved_bit_3", frame(0x91, "x"), {"closed 1002 "}, closing(1002)},
      {"opcode_3", frame(0x83, "x"), {"closed 1002 "}, closing(1002)},
      {"opcode_7", frame(0x87, "x"), {"closed 1002 "}, closing(1002)},
      {"opcode_11", frame(0x8b, "x"), {"closed 1002 "}, closing(1002)},
      {"opcode_15", frame(0x8f, "x"), {"closed 1002 "}, closing(1002)},
      {"continuation_of_nothing", frame(0x80, "x"), {"closed 1002 "}, closing(1002)},
      {"text_within_fragments", frame(0x01, "a") + frame(0x81, "b"), {"closed 1002 "}, closing(1002)},
      {"fragmented_ping", frame(0x09, "x"), {"closed 1002 "}, closing(1002)},
      {"long_ping", frame(0x89, std::string(126, 'p')), {"closed 1002 "}, closing(1002)},
      {"long_close", frame(0x88, close_payload(1000, std::string(124, 'r'))), {"closed 1002 "}, closing(1002)},
      {"length_16_not_minimal", std::string{"\x81\xfe\0\x05", 4} + "\0\0\0\0hello", {"closed 1002 "}, closing(1002)},
      {"length_64_not_minimal", std::string{"\x81\xff\0\0\0\0\0\0\0\x05", 10} + "\0\0\0\0hello", {"closed 1002 "}, closing(1002)},
      {"length_64_negative", "\x82\xff" + std::string(8, '\xff') + std::string(4, '\0'), {"closed 1002 "}, closing(1002)},
      {"absurd_length",
       std::string{"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff", 10} + std::string(5, '\0'),
       {"closed 1009 "},
       closing(1009)},
      {"good_then_broken", frame(0x81, "a") + frame(0x83, "x") + frame(0x81, "never"), {"text a", "closed 1002 "}, closing(1002)},
      // UTF-8
      {"bad_utf8", frame(0x81, "\xce\xba\xed\xa0\x80"), {"closed 1007 "}, closing(1007)},
      {"bad_utf8_at_once", frame(0x01, "\xf8"), {"closed 1007 "}, closing(1007)},
      {"bad_utf8_overlong", frame(0x81, "\xc0\xaf"), {"closed 1007 "}, closing(1007)},
      {"bad_utf8_too_high", frame(0x81, "\xf4\x90\x80\x80"), {"closed 1007 "}, closing(1007)},
      {"utf8_cut_off", frame(0x81, "\xe2\x82"), {"closed 1007 "}, closing(1007)},
      {"bad_utf8_in_second_fragment", frame(0x01, "a") + frame(0x00, "\xff"), {"closed 1007 "}, closing(1007)},
      // close
      {"close", frame(0x88, close_payload(1000)), {"closed 1000 "}, closing(1000)},
      {"close_with_reason", frame(0x88, close_payload(3000, "bye")), {"closed 3000 bye"}, frame(0x88, close_payload(3000, "bye"), false)},
      {"close_without_code", frame(0x88, ""), {"closed 1005 "}, frame(0x88, "", false)},
      {"close_of_one_byte", frame(0x88, "x"), {"closed 1002 "}, closing(1002)},
      {"close_999", frame(0x88, close_payload(999)), {"closed 1002 "}, closing(1002)},
      {"close_1004", frame(0x88, close_payload(1004)), {"closed 1002 "}, closing(1002)},
      {"close_1005", frame(0x88, close_payload(1005)), {"closed 1002 "}, closing(1002)},
      {"close_1006", frame(0x88, close_payload(1006)), {"closed 1002 "}, closing(1002)},
      {"close_1016", frame(0x88, close_payload(1016)), {"closed 1002 "}, closing(1002)},
      {"close_2999", frame(0x88, close_payload(2999)), {"closed 1002 "}, closing(1002)},
      {"close_4999", frame(0x88, close_payload(4999)), {"closed 4999 "}, closing(4999)},
      {"close_with_bad_utf8", frame(0x88, close_payload(1000, "\xff")), {"closed 1007 "}, closing(1007)},
      {"message_after_close", frame(0x88, close_payload(1000)) + frame(0x81, "late"), {"closed 1000 "}, closing(1000)},
  };
}

class WebSocketFrames : public ::testing::TestWithParam<std::tuple<Frames, bool>> {};
INSTANTIATE_TEST_SUITE_P(WebSocket, WebSocketFrames, ::testing::Combine(::testing::ValuesIn(frame_cases()), ::testing::Bool()),
                         [](const auto& param_info) {
                           return std::string{std::get<0>(param_info.param).name} + (std::get<1>(param_info.param) ? "_byte_by_byte" : "");
                         });

TEST_P(WebSocketFrames, AreHandledAsTheRfcSays) {
  const auto& [expected, byte_by_byte] = GetParam();
  WebSocketRig ws;
  RawClient client{*ws.rig, ws.server->local()};
  if (byte_by_byte && expected.sent.size() < 1000) {
    client.send(kHandshake);
    for (const char byte : expected.sent) {
      client.send({&byte, 1});
      let_pass(*ws.rig, 1us);
    }
  } else {
    client.send(kHandshake + expected.sent);   // right behind the handshake
  }
  const bool ends = !expected.heard.empty() && expected.heard.back().starts_with("closed");
  const auto answered = [&] {
    const auto end = client.heard.received.find("\r\n\r\n");
    return end == std::string::npos ? std::string{} : client.heard.received.substr(end + 4);
  };
  if (ends) {
    ASSERT_TRUE(ws.run_until([&] { return client.closed(); }));
    client.stream.reset();
  }
  ASSERT_TRUE(ws.run_until([&] {
    return client.has("\r\n\r\n") && !ws.far.empty() && ws.far[0]->talk.heard.size() >= expected.heard.size() &&
           answered().size() >= expected.answered.size();
  }));
  EXPECT_THAT(client.heard.received, HasSubstr("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  EXPECT_TRUE(ws.far[0]->talk.heard == expected.heard) << ::testing::PrintToString(ws.far[0]->talk.heard).substr(0, 300);
  EXPECT_EQ(answered(), expected.answered);
}

TEST(WebSocket, AFloodOfSmallFragmentsIsBoundedByTheMessageLimit) {
  hal::HttpServerOptions options;
  options.websocket_message_max = 1000;
  WebSocketRig ws{false, options};
  RawClient client{*ws.rig, ws.server->local()};
  client.send(kHandshake);
  client.send(frame(0x02, "x"));
  for (int i = 0; i < 1000; ++i) client.send(frame(0x00, "x"));
  ASSERT_TRUE(ws.run_until([&] { return client.closed(); }));
  EXPECT_TRUE(client.has(closing(1009)));
}

TEST(WebSocket, AClientMasksItsFramesAndRefusesMaskedOnes) {
  WebSocketRig ws;
  RawServer server{*ws.rig};
  server.on_bytes = [&](std::size_t number) {
    const auto& head = server.received(number);
    const auto at = head.find("Sec-WebSocket-Key: ");
    if (!head.ends_with("\r\n\r\n") || at == std::string::npos) return;
    server.on_bytes = nullptr;
    server.send(number, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
                            net::websocket_accept(head.substr(at + 19, 24)) + "\r\n\r\n" + frame(0x81, "behind the handshake", false));
    server.connections[number]->heard.received.clear();
  };
  hal::WebSocketTarget target;
  target.origin = server.origin();
  const auto operation = ws.dialer.connect(target, kPatience, [&](auto result) {
    ws.near = std::move(result).value();
    ws.near->start(ws.near_talk);
  });
  ASSERT_TRUE(ws.run_until([&] { return !ws.near_talk.heard.empty(); }));
  ws.near->send_text("hello");
  ASSERT_TRUE(ws.run_until([&] { return server.received(0).size() == 11; }));
  const auto& bytes = server.received(0);
  EXPECT_EQ(bytes.substr(0, 2), "\x81\x85");
  std::string payload = bytes.substr(6);
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ bytes[2 + i % 4]);
  EXPECT_EQ(payload, "hello");
  server.connections[0]->heard.received.clear();
  server.send(0, frame(0x81, "masked"));
  ASSERT_TRUE(ws.run_until([&] { return server.received(0).size() == 8; }));
  server.connections[0]->stream->finish();
  ASSERT_TRUE(ws.run_until([&] { return ws.near_talk.closed(); }));
  EXPECT_THAT(ws.near_talk.heard, ElementsAre("text behind the handshake", "closed 1002 "));
}

}   // namespace

}   // namespace nightjar::contracts
