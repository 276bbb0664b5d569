#include "drivers/linux/network.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <utility>

#include "drivers/linux/loop_worker.h"
#include "drivers/linux/network_address.h"
#include "drivers/linux/network_datagram.h"
#include "drivers/linux/network_listener.h"
#include "drivers/linux/network_stream.h"

namespace nightjar::os {
namespace {

constexpr std::size_t kLookUpsMax = 64;
constexpr std::size_t kAddressesMax = 32;                   // of one name; more are left out
constexpr auto kLookUpPatience = std::chrono::seconds{1};   // at the end of the program; the resolver's own can be minutes
constexpr std::size_t kArpTableMax = 1u << 20;

/// Blocks. Any thread.
hal::Result<std::vector<hal::IpAddress>> look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;   // each address once
  addrinfo* all = nullptr;
  if (const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &all); failed != 0)
    return hal::Error{hal::ErrorKind::unreachable, host + ": " + ::gai_strerror(failed)};
  std::vector<hal::IpAddress> out;
  for (const addrinfo* one = all; one && out.size() < kAddressesMax; one = one->ai_next) {
    const auto address = to_ip_address(*one->ai_addr);
    if (!address.is_any() && std::find(out.begin(), out.end(), address) == out.end()) out.push_back(address);
  }
  ::freeaddrinfo(all);
  if (out.empty()) return hal::Error{hal::ErrorKind::unreachable, host + ": has no address"};
  return out;
}

int prefix_length(const sockaddr* netmask) {
  if (!netmask) return 0;
  int bits = 0;
  if (netmask->sa_family == AF_INET) {
    bits = std::popcount(reinterpret_cast<const sockaddr_in*>(netmask)->sin_addr.s_addr);
  } else if (netmask->sa_family == AF_INET6) {
    for (const auto byte : reinterpret_cast<const sockaddr_in6*>(netmask)->sin6_addr.s6_addr) bits += std::popcount(byte);
  }
  return bits;
}

}   // namespace

struct AsioNetwork::State {
  /// One look-up: asked on the loop, answered on it, worked on in between.
  struct LookUp {
    std::string host;
    std::atomic<bool> wanted = true;
    std::optional<hal::Result<std::vector<hal::IpAddress>>> answer;
  };

  State(AsioLoop& owner, hal::Log& writer)
      : loop(owner), log(writer), shared(std::make_shared<NetworkShared>(owner)), resolver(owner, "look-up") {
    resolver.set_patience(kLookUpPatience);
  }

  AsioLoop& loop;
  hal::Log& log;
  std::shared_ptr<NetworkShared> shared;
  std::shared_ptr<std::size_t> looking_up = std::make_shared<std::size_t>(0);
  Worker resolver;
};

AsioNetwork::AsioNetwork(AsioLoop& loop, hal::Log& log) : state_(std::make_unique<State>(loop, log)) {}
AsioNetwork::~AsioNetwork() = default;

hal::Operation AsioNetwork::connect(const hal::Endpoint& to, hal::Duration patience, Connected done) {
  return start_connect(state_->shared, to, patience, std::move(done));
}

hal::Result<std::unique_ptr<hal::Listener>> AsioNetwork::listen(const hal::Endpoint& at, Accepted accepted) {
  return make_listener(state_->shared, state_->log, at, std::move(accepted));
}

hal::Result<std::unique_ptr<hal::DatagramSocket>> AsioNetwork::open_datagram(const hal::DatagramOptions& options, Received received) {
  return make_datagram_socket(state_->shared, options, std::move(received));
}

hal::Operation AsioNetwork::resolve(const std::string& host, Resolved done) {
  const hal::Completion<hal::Result<std::vector<hal::IpAddress>>> completion{std::move(done)};
  const auto answer_now = [&](hal::Result<std::vector<hal::IpAddress>> answer) {
    state_->loop.post([completion, answer = std::move(answer)] { completion(answer); });
    return completion.operation();
  };
  if (const auto address = hal::IpAddress::parse(host)) return answer_now(std::vector{*address});
  if (host.empty() || host.find('\0') != std::string::npos) return answer_now(hal::Error{hal::ErrorKind::unreachable, "no host name"});
  if (*state_->looking_up >= kLookUpsMax) return answer_now(hal::Error{hal::ErrorKind::busy, host + ": too many look-ups"});

  const auto job = std::make_shared<State::LookUp>();
  job->host = host;
  completion.on_dropped([job] { job->wanted = false; });
  ++*state_->looking_up;
  state_->resolver.run(
      [job] {
        if (job->wanted) job->answer = look_up(job->host);
      },
      [job, completion, count = state_->looking_up] {
        --*count;
        if (job->answer) completion(*job->answer);
      });
  return completion.operation();
}

std::vector<hal::Interface> AsioNetwork::interfaces() const {
  std::vector<hal::Interface> out;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return out;
  for (const ifaddrs* one = all; one; one = one->ifa_next) {
    if (!one->ifa_addr || (one->ifa_flags & IFF_UP) == 0) continue;
    if (one->ifa_addr->sa_family != AF_INET && one->ifa_addr->sa_family != AF_INET6) continue;
    out.push_back({one->ifa_name, to_ip_address(*one->ifa_addr), prefix_length(one->ifa_netmask), (one->ifa_flags & IFF_LOOPBACK) != 0});
  }
  ::freeifaddrs(all);
  return out;
}

std::vector<hal::Neighbour> AsioNetwork::neighbours() const {
  std::ifstream file{"/proc/net/arp"};
  std::string table;
  for (std::string line; table.size() < kArpTableMax && std::getline(file, line);) table += line + '\n';
  return parse_arp_table(table);
}

// IP address       HW type     Flags       HW address            Mask     Device
// 192.168.4.2      0x1         0x2         74:38:b7:e2:73:5f     *        wlan0
std::vector<hal::Neighbour> parse_arp_table(std::string_view table) {
  constexpr std::string_view kComplete = "0x2";    // ATF_COM
  constexpr std::string_view kPermanent = "0x6";   // ATF_COM | ATF_PERM
  std::vector<hal::Neighbour> out;
  std::istringstream lines{std::string{table}};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields{line};
    const std::vector<std::string> words{std::istream_iterator<std::string>{fields}, {}};
    if (words.size() != 6 || (words[2] != kComplete && words[2] != kPermanent)) continue;
    if (const auto address = hal::IpAddress::parse(words[0])) out.push_back({*address, words[3], words[5]});
  }
  return out;
}

}   // namespace nightjar::os
