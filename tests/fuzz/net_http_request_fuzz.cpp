// Requests: whatever comes, and wherever it is split, the reader comes to the same end, and what it accepted is within its limits.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "drivers/net/http_codec.h"
#include "drivers/net/url.h"

namespace {

using namespace nightjar;

constexpr net::HttpLimits kLimits = {512, 256};

std::string read(std::string_view bytes, std::size_t piece_size) {
  std::string out;
  net::HttpRequestReader reader{kLimits};
  while (!bytes.empty() && reader.state() != net::HttpReader::State::failed) {
    auto piece = bytes.substr(0, piece_size);
    bytes.remove_prefix(piece.size());
    while (!piece.empty() && reader.state() != net::HttpReader::State::failed) {
      piece.remove_prefix(reader.read(piece));
      if (reader.state() != net::HttpReader::State::complete) continue;
      const bool keep = reader.keep_alive();
      const auto request = reader.take();
      if (request.body.size() > kLimits.body_max || !net::is_request_target(request.target)) std::abort();
      out.append(request.method).append(" ").append(request.target).append(keep ? " keep\n" : " close\n");
      for (const auto& [name, value] : request.headers.all()) {
        if (!net::is_field(name, value)) std::abort();
        out.append(name).append(":").append(value).append("\n");
      }
      out.append(request.body).append("\n");
      reader.restart();
    }
  }
  if (reader.state() == net::HttpReader::State::failed) out.append(std::to_string(reader.failure()));
  return out;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto whole = read(bytes, bytes.size() + 1);
  if (read(bytes, 1) != whole || read(bytes, 7) != whole) std::abort();
  return 0;
}
