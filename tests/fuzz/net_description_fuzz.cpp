// UPnP descriptions: whatever comes is survived, and what is read keeps the promises of its header.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "drivers/net/description.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nightjar::net;
  const auto read = parse_description({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  if (!parse_uuid("uuid:" + read->uuid)) std::abort();
  for (const auto* text : {&read->model, &read->serial, &read->nickname}) {
    const bool has_control = std::any_of(text->begin(), text->end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (text->size() > 200 || has_control) std::abort();
  }
  if (read->access && (read->access->port == 0 || !read->access->scheme.starts_with("http"))) std::abort();
  return 0;
}
