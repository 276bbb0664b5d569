// What a guest, a host, a page, the network and the disk may say of a session: any bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "app/messages/session_message.h"
#include "app/messages/sharing_request.h"
#include "app/session_registry.h"
#include "drivers/net/session_beacon_codec.h"

using namespace nightjar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const hal::WallTime at{};
  switch (data[0] % 5) {
    case 0:
      if (const auto said = app::parse_guest_message(text); said && std::holds_alternative<app::SayJoin>(*said))
        if (!app::parse_guest_message(app::join_message(at, std::get<app::SayJoin>(*said)))) std::abort();   // what is read can be said
      break;
    case 1:
      if (const auto said = app::parse_host_message(text); said && std::holds_alternative<app::SayMemberList>(*said))
        if (!app::parse_host_message(app::member_list_message(at, std::get<app::SayMemberList>(*said).members))) std::abort();
      break;
    case 2:
      for (const auto* type : {"host_session", "join_session", "kick_member", "fire", "share_intervalometer"}) (void)app::parse_sharing_request(type, text);
      break;
    case 3:
      if (const auto beacon = net::parse_beacon(text); beacon && !net::parse_beacon(net::format_beacon(*beacon))) std::abort();
      break;
    default: {
      app::SessionRegistry registry;
      app::SessionRegistry again;
      if (registry.from_json(text, {}) && !again.from_json(registry.to_json(), {})) std::abort();
    }
  }
  return 0;
}
