// SSDP datagrams and URLs: whatever comes is survived, and what was read can be written and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "drivers/net/ssdp.h"
#include "drivers/net/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nightjar::net;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  if (const auto notify = parse_ssdp_notify(bytes)) {
    const auto again = parse_ssdp_notify(format_ssdp_notify(*notify));
    if (!again || again->usn != notify->usn || again->type != notify->type || again->kind != notify->kind) std::abort();
    parse_url(notify->location);
  }
  if (const auto response = parse_ssdp_response(bytes)) {
    const auto again = parse_ssdp_response(format_ssdp_response(*response));
    if (!again || again->usn != response->usn || again->location != response->location || again->max_age_s != response->max_age_s)
      std::abort();
  }
  if (const auto search = parse_msearch(bytes)) {
    const auto again = parse_msearch(format_msearch(*search));
    if (!again || again->type != search->type || again->wait_s != search->wait_s) std::abort();
  }
  if (const auto url = parse_url(bytes)) {
    if (!is_request_target(url->target) || url->port == 0 || url->host.empty()) std::abort();
    percent_decode(url->target);
  }
  return 0;
}
