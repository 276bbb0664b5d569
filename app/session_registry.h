#pragma once
// The session this device hosts: who is in it, who was, and who may join. What a restart needs of it goes to the disk and comes back.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/messages/session_message.h"
#include "fsm/session_guest.h"

namespace nightjar::app {

struct HostedSession {
  std::string id;                                   // the code
  std::string name;
  int members_max = 8;                              // the host is one of them
};

class SessionRegistry {
 public:
  /// Guests that were here and may come back to their places; past it the one longest gone is forgotten.
  static constexpr std::size_t kPlacesMax = 128;

  void open(HostedSession session, MemberRecord host);
  void close();
  const std::optional<HostedSession>& session() const { return session_; }

  /// What stands against a JOIN. Who shows the secret of its place is no duplicate of itself.
  fsm::GuestJoins judge(const SayJoin& join) const;
  /// Takes in who was not refused; at its old place when it shows its secret. Gives the record and the place's secret.
  struct Admission {
    MemberRecord member;
    std::string place;
    bool returned = false;                          // it is a member already: its other connection is to make way
  };
  Admission admit(const SayJoin& join, std::string address, hal::WallTime now, const std::string& fresh_secret);
  void note(const std::string& id, hal::WallTime seen, std::optional<std::chrono::milliseconds> latency);
  void remove(const std::string& id, hal::WallTime now);

  /// The host first, then in the order they first joined.
  std::vector<MemberRecord> members() const;
  const MemberRecord* find(const std::string& id) const;
  std::size_t count() const { return members_.size(); }

  /// For the disk; holds secrets. The members come back as places, for they have to join again.
  std::string to_json() const;
  /// False when the text is none of ours.
  bool from_json(std::string_view text, MemberRecord host);

 private:
  struct Place {
    std::string secret;
    hal::WallTime joined_at{};
    hal::WallTime left_at{};
  };
  bool shows_place(const SayJoin& join) const;

  std::optional<HostedSession> session_;
  std::map<std::string, MemberRecord> members_;     // by id
  std::map<std::string, Place> places_;             // by id: of members and of those who were
};

}  // namespace nightjar::app
