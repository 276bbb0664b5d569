#include "sim/media/media_people.h"

#include <fmt/format.h>

#include <algorithm>

namespace nightjar::sim::media {
namespace {

template <class List, class Is>
auto* find(List& list, Is is) {
  const auto found = std::find_if(list.begin(), list.end(), is);
  return found == list.end() ? nullptr : &*found;
}

/// FNV-1a.
std::uint64_t hash(std::string_view text) {
  std::uint64_t out = 14695981039346656037u;
  for (const char c : text) out = (out ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return out;
}

}   // namespace

std::string People::new_id(std::string_view what) { return fmt::format("{:016x}{:016x}", hash(what), ++ids_); }

std::string People::add_user(const std::string& name, bool administrator) {
  if (users_.size() >= kMost) return {};
  users_.push_back({new_id("user"), name, administrator, false});
  return users_.back().id;
}

void People::remove_user(const std::string& id) {
  std::erase_if(users_, [&](const auto& user) { return user.id == id; });
  std::erase_if(sessions_, [&](const auto& session) { return session.user_id == id; });
}

People::User* People::user(std::string_view id) {
  return find(users_, [id](const auto& user) { return user.id == id; });
}
People::User* People::user_named(std::string_view name) {
  return find(users_, [name](const auto& user) { return user.name == name; });
}
std::string People::user_name(std::string_view id) const {
  const auto* found = find(users_, [id](const auto& user) { return user.id == id; });
  return found == nullptr ? std::string{} : found->name;
}

std::string People::start_session(const std::string& user_id, const std::string& client, const std::string& device, const std::string& device_id,
                                  const std::string& version) {
  if (auto* known = session_of_device(device_id)) {
    known->user_id = user_id;
    return known->id;
  }
  if (sessions_.size() >= kMost) return {};
  sessions_.push_back({new_id("session"), user_id, client, device, device_id, version, {}, {}, false, 0, wall_clock_.now()});
  return sessions_.back().id;
}

void People::end_session(const std::string& id) {
  std::erase_if(sessions_, [&](const auto& session) { return session.id == id; });
}

People::Session* People::session(std::string_view id) {
  return find(sessions_, [id](const auto& session) { return session.id == id; });
}
People::Session* People::session_of_device(std::string_view device_id) {
  return find(sessions_, [device_id](const auto& session) { return session.device_id == device_id; });
}

void People::play(Session& session, const std::string& item) {
  session.item = item;
  session.item_id = item.empty() ? "" : fmt::format("{:016x}{:016x}", hash("item"), hash(item));
  session.paused = false;
  session.ticks = 0;
  session.active = wall_clock_.now();
}

bool People::go_on(hal::Duration by) {
  bool any = false;
  for (auto& session : sessions_) {
    if (session.item.empty() || session.paused) continue;
    session.ticks += by.count() / 100;
    session.active = wall_clock_.now();
    any = true;
  }
  return any;
}

}   // namespace nightjar::sim::media
