#pragma once
// Watches what a device's phones are told of its media server and its metrics server, against what those servers know.
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "sim/cast.h"
#include "sim/findings.h"

namespace nightjar::sim {

class WatchLinks {
 public:
  WatchLinks(Findings& findings, const Cast::Pi& pi) : findings_(findings), pi_(pi) {}

  void heard(const std::string& phone, const MessageName& name, std::string_view text);
  /// When everything has had its time to recover. `uplink`: the state of the connection's machine.
  void check_all_is_well(std::string_view uplink) const;

 private:
  void follow(const std::string& phone, std::string_view text);

  Findings& findings_;
  const Cast::Pi& pi_;
  std::string shown_;                                    // the last "mediaServer" of a status
  using Known = std::map<std::string, bool>;             // by id: it is there, or it has gone
  std::map<std::string, Known> known_;                   // by phone and kind, since it connected
};

}   // namespace nightjar::sim
