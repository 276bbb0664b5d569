#pragma once
// The rig over the real drivers: this machine's loopback, a folder of its own below the temporary one.
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <vector>

#include "drivers/linux/clocks.h"
#include "drivers/linux/log.h"
#include "drivers/linux/loop.h"
#include "drivers/linux/loop_descriptor.h"
#include "drivers/linux/network.h"
#include "drivers/linux/network_address.h"
#include "drivers/linux/random.h"
#include "drivers/linux/storage.h"
#include "tests/contracts/rig.h"

namespace nightjar::contracts {

class RealRig final : public Rig {
 public:
  RealRig() : network_(loop_, log_), wall_clock_(loop_, &may_not_set), folder_(make_folder()) { open_storage(); }
  ~RealRig() override {
    storage_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  hal::Loop& loop() override { return loop_; }
  hal::Network& network() override { return network_; }
  hal::Storage& storage() override { return *storage_; }
  hal::WallClock& wall_clock() override { return wall_clock_; }
  hal::Random& random() override { return random_; }

  bool run_until(const std::function<bool()>& done) override {
    const auto end = loop_.now() + kHangs;
    while (!done()) {
      if (loop_.now() >= end) return false;
      loop_.turn(end - loop_.now());
    }
    return true;
  }

  hal::Storage& restart_storage() override {
    storage_.reset();
    open_storage();
    return *storage_;
  }

  hal::IpAddress host() override { return hal::IpAddress::loopback(); }

  /// A listening port whose queue is full: the kernel leaves further attempts unanswered.
  hal::Endpoint silent_endpoint() override {
    os::Descriptor listening{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const os::SocketAddress any_port{hal::Endpoint{host(), 0}};
    if (::bind(listening.get(), any_port.data(), any_port.size()) != 0 || ::listen(listening.get(), 0) != 0)
      throw std::runtime_error{"no port for a silent endpoint"};
    const auto endpoint = os::local_endpoint(listening.get());
    sockets_.push_back(std::move(listening));
    const os::SocketAddress address{endpoint};
    for (int i = 0; i < 4; ++i) {   // the queue takes one or two
      os::Descriptor waiting{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
      if (::connect(waiting.get(), address.data(), address.size()) != 0 && errno != EINPROGRESS)
        throw std::runtime_error{"cannot fill the queue of a silent endpoint"};
      sockets_.push_back(std::move(waiting));
    }
    return endpoint;
  }

  /// TCP has no route to a multicast group, on any machine.
  hal::Endpoint unreachable_endpoint() override { return {hal::IpAddress::v4(224, 0, 0, 1), 80}; }
  /// An old way to write 127.0.0.1 that only the system's resolver reads: it needs neither a hosts file nor a name server.
  std::string known_host() override { return "127.1"; }
  /// A label of 64 bytes is one more than DNS has room for: unknown without asking a name server.
  std::string unknown_host() override { return std::string(64, 'x') + ".invalid"; }

 private:
  static constexpr auto kHangs = std::chrono::seconds{30};

  /// The machine's own clock is left alone.
  static int may_not_set(clockid_t, const timespec*) {
    errno = EPERM;
    return -1;
  }

  static std::string make_folder() {
    auto name = (std::filesystem::temp_directory_path() / "nightjar-contracts-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error{"no temporary folder"};
    return name;
  }

  void open_storage() {
    auto opened = os::PosixStorage::open(loop_, folder_);
    if (!opened.ok()) throw std::runtime_error{opened.error().text()};
    storage_ = std::move(opened).value();
  }

  os::ConsoleLog log_{hal::LogLevel::error};
  os::AsioLoop loop_;
  os::AsioNetwork network_;
  os::SystemWallClock wall_clock_;
  os::KernelRandom random_;
  std::string folder_;
  std::unique_ptr<os::PosixStorage> storage_;
  std::vector<os::Descriptor> sockets_;   // of silent endpoints
};

std::unique_ptr<Rig> make_rig() { return std::make_unique<RealRig>(); }

}   // namespace nightjar::contracts
