// WebSocket frames, as either end receives them: whatever comes, and wherever it is split, the same is heard; no message is over
// the limit, no text is other than UTF-8, and nothing follows an end. The first byte chooses the end.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "drivers/net/websocket_codec.h"

namespace {

using namespace nightjar;

constexpr std::size_t kMessageMax = 64;

/// RFC 3629 section 4, written apart from what is tested.
bool is_utf8(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned first = at(i);
    std::size_t size = first < 0x80                    ? 1
                       : first >= 0xc2 && first < 0xe0 ? 2
                       : first >= 0xe0 && first < 0xf0 ? 3
                       : first >= 0xf0 && first < 0xf5 ? 4
                                                       : 0;
    if (size == 0) return false;
    for (std::size_t k = 1; k < size; ++k)
      if ((at(i + k) & 0xc0) != 0x80) return false;
    if ((first == 0xe0 && at(i + 1) < 0xa0) || (first == 0xed && at(i + 1) >= 0xa0) || (first == 0xf0 && at(i + 1) < 0x90) ||
        (first == 0xf4 && at(i + 1) >= 0x90))
      return false;
    i += size;
  }
  return true;
}

struct Recorder final : net::WebSocketReceiver::Events {
  std::string heard;
  bool ended = false;

  void add(std::string_view what, std::string_view payload) {
    if (ended) std::abort();
    heard.append(what).append(std::to_string(payload.size())).append(":").append(payload).append("\n");
  }
  void on_message(hal::MessageKind kind, std::string_view payload) override {
    if (payload.size() > kMessageMax || (kind == hal::MessageKind::text && !is_utf8(payload))) std::abort();
    add(kind == hal::MessageKind::text ? "text" : "binary", payload);
  }
  void on_ping(std::string_view payload) override {
    if (payload.size() > 125) std::abort();
    add("ping", payload);
  }
  void on_pong(std::string_view payload) override {
    if (payload.size() > 125) std::abort();
    add("pong", payload);
  }
  void on_close(std::uint16_t code, std::string_view reason) override {
    if (reason.size() > 123 || !is_utf8(reason)) std::abort();
    add("close" + std::to_string(code), reason);
    ended = true;
  }
  void on_broken(std::uint16_t code) override {
    add("broken" + std::to_string(code), {});
    ended = true;
  }
};

std::string receive(std::string_view bytes, std::size_t piece_size, net::WebSocketRole role) {
  Recorder recorder;
  net::WebSocketReceiver receiver{role, kMessageMax};
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_size, bytes.size()))) receiver.receive(bytes.substr(0, piece_size), recorder);
  return recorder.heard;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto role = data[0] % 2 == 0 ? net::WebSocketRole::server : net::WebSocketRole::client;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto whole = receive(bytes, bytes.size() + 1, role);
  if (receive(bytes, 1, role) != whole || receive(bytes, 7, role) != whole) std::abort();
  return 0;
}
