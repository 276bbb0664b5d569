// Responses: whatever comes, and wherever it is split, the reader comes to the same end. The first byte chooses GET or HEAD.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "drivers/net/digest.h"
#include "drivers/net/http_codec.h"

namespace {

using namespace nightjar;

constexpr net::HttpLimits kLimits = {512, 256};

std::string read(std::string_view bytes, std::size_t piece_size, std::string_view method) {
  std::string out;
  net::HttpResponseReader reader{kLimits};
  reader.restart(method);
  const auto take = [&] {
    const bool keep = reader.keep_alive();
    const auto response = reader.take();
    if (response.body.size() > kLimits.body_max || response.status < 100) std::abort();
    net::parse_digest_challenge(response.headers);
    out.append(std::to_string(response.status)).append(keep ? " keep\n" : " close\n");
    for (const auto& [name, value] : response.headers.all()) out.append(name).append(":").append(value).append("\n");
    out.append(response.body).append("\n");
    reader.restart(method);
  };
  while (!bytes.empty() && reader.state() != net::HttpReader::State::failed) {
    auto piece = bytes.substr(0, piece_size);
    bytes.remove_prefix(piece.size());
    while (!piece.empty() && reader.state() != net::HttpReader::State::failed) {
      piece.remove_prefix(reader.read(piece));
      if (reader.state() == net::HttpReader::State::complete) take();
    }
  }
  reader.end();
  if (reader.state() == net::HttpReader::State::complete) take();
  if (reader.state() == net::HttpReader::State::failed) out.append(reader.error().text());
  return out;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view method = data[0] % 2 == 0 ? "GET" : "HEAD";
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto whole = read(bytes, bytes.size() + 1, method);
  if (read(bytes, 1, method) != whole || read(bytes, 7, method) != whole) std::abort();
  return 0;
}
