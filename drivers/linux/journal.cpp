#define SD_JOURNAL_SUPPRESS_LOCATION   // the line in this file says nothing of who spoke
#include "drivers/linux/journal.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <systemd/sd-journal.h>

#include <cstring>
#include <vector>

namespace nightjar::os {
namespace {

constexpr std::size_t kFieldNameMax = 64;   // systemd.journal-fields(7)

Descriptor connected_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return {};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  Descriptor socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  return socket;
}

/// "NIGHTJAR_LAST_ERROR" of "lastError" or "last_error": a field's name is capitals, digits and underscores.
std::string field_name(std::string_view name) {
  std::string out = "NIGHTJAR_";
  for (const char c : name) {
    const bool capital = c >= 'A' && c <= 'Z';
    const bool digit = c >= '0' && c <= '9';
    if (capital && out.back() != '_') out += '_';
    out += capital || digit ? c : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : '_';
  }
  return out.substr(0, kFieldNameMax);
}

}   // namespace

Journal::Journal(const std::string& socket, Send send) : probe_(connected_to(socket)), send_(send ? send : &::sd_journal_sendv) {}

bool Journal::write(int priority, std::string_view component, std::string_view message, std::initializer_list<hal::LogField> fields) {
  pollfd room{probe_.get(), POLLOUT, 0};
  if (::poll(&room, 1, 0) != 1 || room.revents != POLLOUT) return false;
  std::vector<std::string> texts{"PRIORITY=" + std::to_string(priority), "SYSLOG_IDENTIFIER=nightjar",
                                 "NIGHTJAR_COMPONENT=" + std::string{component}, "MESSAGE=" + std::string{message}};
  for (const auto& field : fields) texts.push_back(field_name(field.name) + '=' + std::string{field.value});
  std::vector<iovec> parts;
  for (auto& text : texts) parts.push_back({text.data(), text.size()});
  return send_(parts.data(), static_cast<int>(parts.size())) == 0;
}

}   // namespace nightjar::os
