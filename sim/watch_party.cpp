#include "sim/watch_party.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/nightjar.h"

namespace nightjar::sim {

void check_party_is_well(Cast& cast, Findings& findings) {
  const auto shared = [](const auto& pi) -> app::SharedSession& { return pi->device->nightjar().shared_session(); };
  for (const auto& host : cast.pis) {
    if (!host->device->running() || !shared(host).host().session()) continue;
    const auto& session = *shared(host).host().session();
    std::size_t joined = 0;
    for (const auto& guest : cast.pis) {
      if (guest == host || !guest->device->running()) continue;
      const auto& member = shared(guest).member();
      const auto state = member.machine().state_name();
      if (member.code() != session.id || state == "idle") continue;
      if (state != "joined") findings.broken(kWell, fmt::format("{} wants to be in the session of {} and is {}", guest->device->name(), host->device->name(), state));
      ++joined;
    }
    const auto members = shared(host).host().members().size();
    if (members != joined + 1) findings.broken(kWell, fmt::format("{} has {} members, and {} guests say they are", host->device->name(), members, joined));
  }
}

}   // namespace nightjar::sim
