#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "drivers/linux/loop_descriptor.h"
#include "hal/log.h"

struct iovec;

namespace nightjar::os {

/// Entries with fields for systemd's journal: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, NIGHTJAR_COMPONENT, and each field of ours by its name,
/// "address" as NIGHTJAR_ADDRESS, so that `journalctl NIGHTJAR_COMPONENT=camera_link` finds what one machine said.
class Journal {
 public:
  using Send = int (*)(const iovec* fields, int count);

  /// `socket` is where the journal listens; `send` hands an entry to it, sd_journal_sendv when null. Tests have their own.
  explicit Journal(const std::string& socket = "/run/systemd/journal/socket", Send send = nullptr);

  /// Is there a journal that listens?
  explicit operator bool() const { return static_cast<bool>(probe_); }
  /// False when it was not taken: sd_journal_sendv would wait for a journal that does not read, so it is asked only while there is room.
  bool write(int priority, std::string_view component, std::string_view message, std::initializer_list<hal::LogField> fields);

 private:
  Descriptor probe_;   // connected to the journal, to see its room; nothing is sent on it
  Send send_;
};

}   // namespace nightjar::os
