#include "app/camera_registry.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace nightjar::app {
namespace {

using nlohmann::ordered_json;

constexpr auto kRegistryFile = "camera-registry.json";
constexpr std::size_t kRegistryFileMax = 1u << 20;   // 32 cameras with 8 places are below 64 KiB

ordered_json to_json(const RegisteredCamera& camera) {
  auto places = ordered_json::array();
  for (const auto& place : camera.places)
    places.push_back({{"ip", place.endpoint.address.text()}, {"port", place.endpoint.port}, {"https", place.tls}});
  return {{"uuid", camera.uuid},
          {"name", camera.name},
          {"nickname", camera.nickname},
          {"model", camera.model},
          {"serial", camera.serial},
          {"mac", camera.mac},
          {"lastSeen", camera.last_seen ? ordered_json(camera.last_seen->time_since_epoch().count()) : ordered_json(nullptr)},
          {"places", places}};
}

std::string text(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<CameraPlace> place_of(const ordered_json& object) {
  if (!object.is_object()) return std::nullopt;
  const auto address = hal::IpAddress::parse(text(object, "ip"));
  const auto port = object.find("port");
  const auto https = object.find("https");
  if (!address || port == object.end() || !port->is_number_unsigned() || *port == 0 || *port > 65'535) return std::nullopt;
  return CameraPlace{{*address, port->get<std::uint16_t>()}, https == object.end() || !https->is_boolean() || https->get<bool>()};
}

std::optional<RegisteredCamera> camera_of(const ordered_json& object) {
  if (!object.is_object()) return std::nullopt;
  RegisteredCamera out;
  out.uuid = text(object, "uuid");
  if (out.uuid.empty()) return std::nullopt;
  out.name = text(object, "name");
  out.nickname = text(object, "nickname");
  out.model = text(object, "model");
  out.serial = text(object, "serial");
  out.mac = text(object, "mac");
  out.answered = true;
  if (const auto seen = object.find("lastSeen"); seen != object.end() && seen->is_number_integer())
    out.last_seen = hal::WallTime{std::chrono::milliseconds{seen->get<std::int64_t>()}};
  if (const auto places = object.find("places"); places != object.end() && places->is_array())
    for (const auto& each : *places)
      if (const auto place = place_of(each); place && out.places.size() < CameraRegistry::kPlacesMax) out.places.push_back(*place);
  return out;
}

/// Replaces what is new; true when something was. A camera that does not say keeps what it said before.
bool take(std::string& into, const std::string& told) {
  if (told.empty() || into == told) return false;
  into = told;
  return true;
}

}  // namespace

void CameraRegistry::load(std::function<void()> done) {
  reading_ = storage_.read(kRegistryFile, kRegistryFileMax, [this, done = std::move(done)](const hal::Result<std::string>& text) {
    if (text.ok()) read(text.value());
    else if (text.error().kind != hal::ErrorKind::not_found) log_.write(hal::LogLevel::error, "camera_registry", "cannot be read", {{"error", text.error().text()}});
    done();
  });
}

void CameraRegistry::read(std::string_view file) {
  const auto saved = ordered_json::parse(file, nullptr, false);
  const auto list = saved.is_object() ? saved.find("cameras") : saved.end();
  if (!saved.is_object() || list == saved.end() || !list->is_array())
    return log_.write(hal::LogLevel::error, "camera_registry", "is damaged; cameras are discovered anew");
  for (const auto& each : *list)
    if (auto camera = camera_of(each); camera && cameras_.size() < kCamerasMax) cameras_.emplace(camera->uuid, std::move(*camera));
  if (const auto uuid = text(saved, "primary"); cameras_.contains(uuid)) primary_ = uuid;
}

void CameraRegistry::save() {
  ordered_json out{{"primary", primary_.empty() ? ordered_json(nullptr) : ordered_json(primary_)}, {"cameras", ordered_json::array()}};
  for (const auto& [uuid, camera] : cameras_)
    if (camera.answered) out["cameras"].push_back(to_json(camera));
  auto bytes = out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  writing_ = storage_.replace(kRegistryFile, std::move(bytes), [this](const hal::Result<void>& written) {
    if (!written.ok()) log_.write(hal::LogLevel::error, "camera_registry", "is not stored", {{"error", written.error().text()}});
  });
}

RegisteredCamera* CameraRegistry::find(const std::string& uuid) {
  const auto found = cameras_.find(uuid);
  return found == cameras_.end() ? nullptr : &found->second;
}

const RegisteredCamera* CameraRegistry::find(const std::string& uuid) const {
  const auto found = cameras_.find(uuid);
  return found == cameras_.end() ? nullptr : &found->second;
}

RegisteredCamera* CameraRegistry::find_serial(std::string_view serial) {
  if (serial.empty()) return nullptr;
  const auto found = std::find_if(cameras_.begin(), cameras_.end(), [&](const auto& each) { return each.second.serial == serial; });
  return found == cameras_.end() ? nullptr : &found->second;
}

RegisteredCamera* CameraRegistry::add(const std::string& uuid, std::string& gone) {
  if (auto* known = find(uuid)) return known;
  if (cameras_.size() >= kCamerasMax) {
    // Between two that never answered: the one longest unseen, and one never seen before any other.
    auto least = cameras_.end();
    for (auto at = cameras_.begin(); at != cameras_.end(); ++at)
      if (!at->second.answered && (least == cameras_.end() || at->second.last_seen < least->second.last_seen)) least = at;
    if (least == cameras_.end()) {
      log_.write(hal::LogLevel::warning, "camera_registry", "is full; forget a camera to make room", {{"uuid", uuid}});
      return nullptr;
    }
    gone = least->first;
    cameras_.erase(least);
  }
  auto& camera = cameras_[uuid];
  camera.uuid = uuid;
  return &camera;
}

void CameraRegistry::note_description(RegisteredCamera& camera, const hal::CameraDescription& description) {
  bool changed = take(camera.nickname, description.nickname);
  if (camera.model.empty()) changed |= take(camera.model, description.model);
  if (camera.serial.empty()) changed |= take(camera.serial, description.serial);
  if (changed && camera.answered) save();
}

void CameraRegistry::note_answer(RegisteredCamera& camera, const CameraPlace& place, const hal::CameraInfo& info, hal::WallTime at) {
  bool changed = !std::exchange(camera.answered, true);
  changed |= take(camera.model, info.model);
  changed |= take(camera.serial, info.serial);
  changed |= take(camera.mac, info.mac);
  if (camera.places.empty() || camera.places.front() != place) {
    std::erase_if(camera.places, [&](const CameraPlace& old) { return old.endpoint == place.endpoint; });
    camera.places.insert(camera.places.begin(), place);
    if (camera.places.size() > kPlacesMax) camera.places.pop_back();
    changed = true;
  }
  camera.met = true;
  camera.online = true;
  camera.offline_told = false;
  camera.attempts = 0;
  camera.last_error.clear();
  camera.last_seen = at;
  if (changed) save();
}

RegisteredCamera* CameraRegistry::rekey(const std::string& from, const std::string& to) {
  auto node = cameras_.extract(from);
  if (node.empty()) return nullptr;
  cameras_.erase(to);
  node.key() = to;
  node.mapped().uuid = to;
  if (primary_ == from) primary_ = to;
  auto& camera = cameras_.insert(std::move(node)).position->second;
  save();
  return &camera;
}

void CameraRegistry::forget(const std::string& uuid) {
  if (cameras_.erase(uuid) == 0) return;
  if (primary_ == uuid) primary_.clear();
  save();
}

void CameraRegistry::set_primary(const std::string& uuid) {
  primary_ = uuid;
  save();
}

void CameraRegistry::set_name(RegisteredCamera& camera, std::string name) {
  camera.name = std::move(name);
  save();
}

}  // namespace nightjar::app
