#pragma once
#include "drivers/linux/wifi.h"

namespace nightjar::os {

/// One attempt to join or to open an access point, from the call to its end.
struct NmWifi::Join {
  Answer answer;
  std::string ssid;
  std::string passphrase;   // forgotten as soon as it is in the message
  NmDevice device;
  std::vector<std::string> old_profiles;   // saved before, of the same SSID
  NmManager::Activation activation;
  bool made_profile = false;   // ours to remove when it comes to nothing
  bool asked = false;          // NetworkManager has been told to activate
  bool progressed = false;     // and has begun
  bool abandoned = false;
  std::optional<std::uint64_t> early_state;   // an end that was told before the reply
  std::uint64_t early_reason = 0;
  hal::Operation patience;
};

struct NmWifi::Scan {
  std::string device;
  std::function<void()> then;
  hal::Operation patience;
};

/// Is `ssid` one, and `passphrase` empty or one of WPA's?
inline bool wifi_words_valid(const std::string& ssid, const std::string& passphrase) {
  return !ssid.empty() && ssid.size() <= 32 && (passphrase.empty() || (passphrase.size() >= 8 && passphrase.size() <= 63));
}

}   // namespace nightjar::os
