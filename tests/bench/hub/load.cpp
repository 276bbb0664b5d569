// Very many WebSocket clients of a hub that echoes to the sender and sends to all others, on one core and with no code of ours.
//
//   hub_load PORT PATH SERVER_PID CLIENTS SIZE SECONDS SENDERS...
//
// Connects, prints "connected" and waits for a line, so that whoever runs it can look at the server. Then one message at a time, each when
// the one before has reached everybody: the echo of a hub at rest. Then for every number of SENDERS so many clients send at once, each
// the next when its own has come back, for SECONDS. Prints one JSON object. A frame that is not as expected ends it with status 1.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "hub_load: %s\n", what.c_str());
  std::exit(1);
}

/// Processor seconds of all the server's threads.
double cpu_of(const std::string& pid) {
  double out = 0;
  for (const auto& thread : std::filesystem::directory_iterator{"/proc/" + pid + "/task"}) {
    std::uint64_t nanoseconds = 0;
    std::ifstream{thread.path() / "schedstat"} >> nanoseconds;
    out += static_cast<double>(nanoseconds) / 1e9;
  }
  return out;
}

struct Client {
  int socket = -1;
  std::array<unsigned char, 14> head{};   // of the frame under way, and the first four bytes of its payload: who sent it
  std::size_t have = 0;
  std::uint64_t left = 0;                 // of its payload
  Clock::time_point sent_at{};
};

class Load {
 public:
  Load(std::uint16_t port, std::string path, std::size_t clients, std::size_t size) : size_(size), clients_(clients), frame_(masked_frame(size)) {
    epoll_ = ::epoll_create1(0);
    for (std::size_t i = 0; i < clients; ++i) connect(clients_[i], i, port, path);
  }

  struct Result {
    double seconds = 0;
    std::uint64_t deliveries = 0;
    double cpu = 0;
    std::vector<double> echoes_us;
  };

  /// One message at a time, by client after client.
  Result at_rest(int messages) {
    Result out;
    for (int i = 0; i < messages; ++i) {
      const auto sender = static_cast<std::size_t>(i) % clients_.size();
      deliveries_ = 0;
      send(sender);
      while (deliveries_ < clients_.size()) turn([&](std::size_t client) {
        if (client == sender) out.echoes_us.push_back(since(clients_[client].sent_at));
      });
    }
    return out;
  }

  Result busy(std::size_t senders, std::chrono::duration<double> how_long, const std::string& pid) {
    Result out;
    senders = std::min(senders, clients_.size());
    for (std::size_t i = 0; i < senders; ++i) send(i);
    bool measuring = false;
    const auto echoed = [&](std::size_t client) {
      if (measuring) out.echoes_us.push_back(since(clients_[client].sent_at));
      send(client);
    };
    run(how_long / 4, echoed);   // until all is warm
    deliveries_ = 0;
    out.cpu = -cpu_of(pid);
    const auto begun = Clock::now();
    measuring = true;
    run(how_long, echoed);
    out.seconds = since(begun) / 1e6;
    out.cpu += cpu_of(pid);
    out.deliveries = deliveries_;
    auto quiet_since = Clock::now();   // what is still under way; pings go on for ever
    for (auto before = deliveries_; since(quiet_since) < 200'000; before = deliveries_) {
      turn([](std::size_t) {}, 20);
      if (deliveries_ != before) quiet_since = Clock::now();
    }
    return out;
  }

 private:
  static double since(Clock::time_point then) { return std::chrono::duration<double, std::micro>(Clock::now() - then).count(); }

  static std::string masked_frame(std::size_t size) {
    std::string out{'\x81'};
    if (size < 126) {
      out += static_cast<char>(0x80 | size);
    } else {
      out += '\xfe';
      out += static_cast<char>(size >> 8);
      out += static_cast<char>(size & 0xff);
    }
    return out + std::string(4, '\0') + std::string(size, 'x');   // a mask of zeros is a mask
  }

  void connect(Client& client, std::size_t index, std::uint16_t port, const std::string& path) {
    client.socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(client.socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("cannot connect client " + std::to_string(index));
    const int on = 1;
    ::setsockopt(client.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    write_all(client.socket, request);
    std::string answer;
    while (!answer.ends_with("\r\n\r\n")) {   // nothing follows: nobody sends yet
      char byte = 0;
      if (::recv(client.socket, &byte, 1, 0) != 1) fail("the handshake broke off");
      answer += byte;
    }
    if (answer.find(" 101 ") == std::string::npos) fail("refused: " + answer);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, client.socket, &event);
  }

  static void write_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) fail("a write failed");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void send(std::size_t index) {
    for (std::size_t i = 0; i < 4; ++i) frame_[frame_.size() - size_ + i] = static_cast<char>('0' + (index >> (6 * i) & 0x3f));   // ASCII
    clients_[index].sent_at = Clock::now();
    write_all(clients_[index].socket, frame_);
  }

  template <class Echoed>
  void run(std::chrono::duration<double> how_long, Echoed&& echoed) {
    const auto begun = Clock::now();
    while (since(begun) < how_long.count() * 1e6) turn(echoed);
  }

  /// Waits once and reads what is ready; `echoed` hears of clients whose own message has come back. How many were ready.
  template <class Echoed>
  int turn(Echoed&& echoed, int patience_ms = 1000) {
    std::array<epoll_event, 512> events;
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), patience_ms);
    for (int i = 0; i < count; ++i) {
      const auto index = static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
      const auto size = ::recv(clients_[index].socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
      if (size == 0) fail("a connection was closed");
      if (size > 0) take(index, {buffer_.data(), static_cast<std::size_t>(size)}, echoed);
    }
    return count;
  }

  template <class Echoed>
  void take(std::size_t index, std::string_view bytes, Echoed& echoed) {
    auto& client = clients_[index];
    while (!bytes.empty()) {
      if (client.left > 0) {
        const auto skipped = std::min<std::uint64_t>(client.left, bytes.size());
        client.left -= skipped;
        bytes.remove_prefix(skipped);
        continue;
      }
      client.head[client.have++] = static_cast<unsigned char>(bytes.front());
      bytes.remove_prefix(1);
      if (client.have < 2) continue;
      if (client.head[0] == 0x89 && client.head[1] == 0) {   // a ping
        client.have = 0;
        write_all(client.socket, {"\x8a\x80\0\0\0\0", 6});
        continue;
      }
      const std::size_t head = size_ < 126 ? 2 : 4;
      if (client.have < head + 4) continue;
      const auto length = size_ < 126 ? client.head[1] : static_cast<std::size_t>(client.head[2] << 8 | client.head[3]);
      if (client.head[0] != 0x81 || length != size_) fail("a frame that nobody sent");
      std::size_t sender = 0;
      for (std::size_t i = 0; i < 4; ++i) sender |= static_cast<std::size_t>(client.head[head + i] - '0') << (6 * i);
      client.have = 0;
      client.left = size_ - 4;
      ++deliveries_;
      if (sender == index) echoed(index);
    }
  }

  std::size_t size_;
  std::vector<Client> clients_;
  std::string frame_;
  int epoll_ = -1;
  std::uint64_t deliveries_ = 0;
  std::vector<char> buffer_ = std::vector<char>(256u << 10);
};

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * share);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 8) fail("usage: hub_load PORT PATH SERVER_PID CLIENTS SIZE SECONDS SENDERS...");
  const std::string pid = argv[3];
  Load load{static_cast<std::uint16_t>(std::atoi(argv[1])), argv[2], static_cast<std::size_t>(std::atoi(argv[4])), static_cast<std::size_t>(std::atoi(argv[5]))};
  std::puts("connected");
  std::fflush(stdout);
  if (std::getchar() == EOF) return 1;
  constexpr int kAtRest = 300;
  auto rest = load.at_rest(kAtRest);
  std::printf("{\"rest\": {\"p50_us\": %.1f, \"p99_us\": %.1f}, \"busy\": [", percentile(rest.echoes_us, 0.5), percentile(rest.echoes_us, 0.99));
  for (int i = 7; i < argc; ++i) {
    auto busy = load.busy(static_cast<std::size_t>(std::atoi(argv[i])), std::chrono::duration<double>{std::atof(argv[6])}, pid);
    const auto deliveries = static_cast<double>(busy.deliveries);
    std::printf("%s{\"senders\": %s, \"deliveries_per_s\": %.0f, \"cpu_us\": %.4f, \"p50_us\": %.1f, \"p99_us\": %.1f}", i == 7 ? "" : ", ", argv[i],
                deliveries / busy.seconds, busy.cpu / deliveries * 1e6, percentile(busy.echoes_us, 0.5), percentile(busy.echoes_us, 0.99));
  }
  std::puts("]}");
}
