#include "app/camera_finder.h"

#include <algorithm>
#include <utility>

namespace nightjar::app {
namespace {

using namespace sml::literals;

/// A camera reached by its address alone, whose UUID nobody has told yet, goes by its serial number.
constexpr std::string_view kManual = "manual-";

bool is_manual(const std::string& uuid) { return uuid.starts_with(kManual); }

hal::Error not_it(std::string why) { return {hal::ErrorKind::protocol, std::move(why)}; }
hal::Error no_such_camera() { return {hal::ErrorKind::not_found, "There is no such camera"}; }

}  // namespace

CameraFinder::CameraFinder(const Lent& lent)
    : runtime_(lent.runtime),
      discovery_(lent.discovery),
      network_(lent.network),
      cameras_(lent.cameras),
      wall_clock_(lent.wall_clock),
      known_cameras_(lent.known_cameras),
      settings_(lent.settings),
      registry_(lent.storage, lent.runtime.log),
      rounds_(lent.runtime, *this) {
  rounds_.start();
}

CameraFinder::~CameraFinder() {
  if (discovery_ != nullptr) discovery_->close();
}

void CameraFinder::start(std::function<void()> done) {
  registry_.load([this, done = std::move(done)] {
    for (const auto& [uuid, camera] : registry_.cameras()) follow(uuid);
    if (const auto* camera = primary(); camera != nullptr && !camera->places.empty()) aim(*camera);
    look();
    done();
  });
}

void CameraFinder::stop() { rounds_.dispatch(fsm::StopLooking{}); }

void CameraFinder::look() {
  if (discovery_ != nullptr) rounds_.dispatch(fsm::LookForCameras{});
  if (auto* follower = follower_of(registry_.primary())) follower->tell(fsm::LookAgain{});
}

bool CameraFinder::looking() const { return !rounds_.is("idle"_s); }
const RegisteredCamera* CameraFinder::primary() const { return registry_.find(registry_.primary()); }

const Hosted<fsm::CameraAddress>* CameraFinder::primary_machine() const {
  const auto found = followers_.find(registry_.primary());
  return found == followers_.end() ? nullptr : &found->second->machine();
}

void CameraFinder::changed() {
  if (on_changed) on_changed();
}

// ---- the rounds -------------------------------------------------------------------------------------------------------

void CameraFinder::listen() {
  interfaces_ = network_.interfaces();
  discovery_->listen(*this);
  changed();
}
void CameraFinder::search() { discovery_->search(); }

void CameraFinder::look_at_networks() {
  if (!looking() || network_.interfaces() == interfaces_) return;
  rounds_.dispatch(fsm::NetworksChanged{});
  if (auto* follower = follower_of(registry_.primary())) follower->tell(fsm::LookAgain{});
}

void CameraFinder::stop_listening() {
  discovery_->close();
  changed();
}

// ---- what is heard ----------------------------------------------------------------------------------------------------

void CameraFinder::on_seen(const hal::Sighting& sighting) {
  auto* follower = follower_of(sighting.uuid);
  if (follower == nullptr && !may_meet_stranger()) return;
  if (follower == nullptr) follower = &follow(sighting.uuid);
  if (auto* camera = registry_.find(sighting.uuid); camera != nullptr && camera->online && follower->place().address == sighting.address)
    camera->last_seen = wall_clock_.now();
  follower->tell(fsm::Seen{sighting.address, sighting.location});
}

void CameraFinder::on_goodbye(const std::string& uuid, const hal::IpAddress& from) {
  auto* follower = follower_of(uuid);
  if (follower != nullptr && follower->place().address == from) follower->tell(fsm::Doubted{});
}

bool CameraFinder::may_meet_stranger() {
  const auto now = runtime_.loop.now();
  auto& oldest = strangers_[next_stranger_];
  if (oldest && now - *oldest < kStrangersWithin) return false;
  oldest = now;
  next_stranger_ = (next_stranger_ + 1) % kStrangersMax;
  return true;
}

CameraFollower& CameraFinder::follow(const std::string& uuid) {
  auto& follower = followers_[uuid];
  if (!follower) follower = std::make_unique<CameraFollower>(uuid, static_cast<CameraFollower::Owner&>(*this), discovery_, cameras_, runtime_);
  return *follower;
}

CameraFollower* CameraFinder::follower_of(const std::string& uuid) {
  const auto found = followers_.find(uuid);
  return found == followers_.end() ? nullptr : found->second.get();
}

/// Later: it may be the one that calls.
void CameraFinder::unfollow(const std::string& uuid) {
  runtime_.queue.post([this, uuid, alive = std::weak_ptr{alive_}] {
    if (!alive.expired() && registry_.find(uuid) == nullptr) followers_.erase(uuid);
  });
}

// ---- who is believed --------------------------------------------------------------------------------------------------

hal::HttpOrigin CameraFinder::origin_of(const RegisteredCamera& camera, const CameraPlace& place) const {
  return {place.tls, place.endpoint, {}, settings_.camera_credentials, known_cameras_.certificate(camera.serial)};
}

/// At the port where it answered there, or where it answered last.
hal::HttpOrigin CameraFinder::origin_at(const CameraFollower& follower, const hal::IpAddress& address) {
  const auto* camera = registry_.find(follower.uuid());
  if (camera == nullptr) return {false, {address, 0}, {}, settings_.camera_credentials, {}};
  auto place = camera->places.empty() ? CameraPlace{{address, 443}, true} : camera->places.front();
  for (const auto& each : camera->places)
    if (each.endpoint.address == address) {
      place = each;
      break;
    }
  place.endpoint.address = address;
  return origin_of(*camera, place);
}

hal::Result<void> CameraFinder::accept(CameraFollower& follower, const hal::CameraDescription& description) {
  if (description.uuid != follower.uuid()) return not_it("another camera is described there");
  auto* camera = registry_.find(description.uuid);
  const auto* namesake = registry_.find_serial(description.serial);
  if (namesake != nullptr && namesake != camera) {
    if (!is_manual(namesake->uuid)) return not_it("its serial number is another camera's");
    return {};   // the one reached by address: it gets its UUID once it is recognised
  }
  if (camera != nullptr && camera->answered && !description.serial.empty() && description.serial != camera->serial) return not_it("it describes another serial number");
  if (camera == nullptr) {
    std::string gone;
    camera = registry_.add(description.uuid, gone);
    if (!gone.empty()) unfollow(gone);
    if (camera == nullptr) return hal::Error{hal::ErrorKind::no_space, "the registry of cameras is full"};
    camera->last_seen = wall_clock_.now();
    changed();
  }
  registry_.note_description(*camera, description);
  return {};
}

hal::Result<void> CameraFinder::recognise(CameraFollower& follower, const hal::HttpOrigin& origin, const hal::CameraInfo& info) {
  const auto* camera = registry_.find(follower.uuid());
  const auto* namesake = registry_.find_serial(info.serial);
  if (camera != nullptr && !camera->serial.empty() && info.serial != camera->serial) return not_it("another camera answers there");
  if (namesake != nullptr && namesake != camera && !is_manual(namesake->uuid)) return not_it("its serial number is another camera's");
  const auto* known = camera != nullptr ? camera : namesake;
  if (known == nullptr) return not_it("nobody has described it");
  const bool spoke_tls = known->answered && !known->places.empty() && known->places.front().tls;
  if (spoke_tls && !origin.tls) return hal::Error{hal::ErrorKind::tls, "it used to speak TLS"};
  if (!known_cameras_.is_trusted(info)) return hal::Error{hal::ErrorKind::tls, "its certificate is not the one it showed before"};
  return {};
}

// ---- where it is ------------------------------------------------------------------------------------------------------

std::vector<hal::IpAddress> CameraFinder::possible_addresses(const RegisteredCamera& camera) const {
  std::vector<hal::IpAddress> out;
  const auto add = [&](const hal::IpAddress& address) {
    if (std::find(out.begin(), out.end(), address) == out.end()) out.push_back(address);
  };
  // Where the link is, it tries again by itself.
  for (const auto& place : camera.places)
    if (camera.uuid != registry_.primary() || place.endpoint != aimed_) add(place.endpoint.address);
  if (!camera.mac.empty())
    for (const auto& neighbour : network_.neighbours())
      if (hal::Headers::same_name(neighbour.mac, camera.mac) && (!aimed_ || neighbour.address != aimed_->address)) add(neighbour.address);
  return out;
}

void CameraFinder::seek(CameraFollower& follower) {
  if (discovery_ != nullptr) rounds_.dispatch(fsm::LookForCameras{});
  if (const auto* camera = registry_.find(follower.uuid()))
    for (const auto& address : possible_addresses(*camera)) follower.tell(fsm::Seen{address, {}});
}

void CameraFinder::on_found(CameraFollower& follower, const fsm::Recognised& found) {
  auto* camera = registry_.find(follower.uuid());
  if (auto* namesake = registry_.find_serial(found.info.serial); namesake != nullptr && namesake != camera) {
    const auto manual = namesake->uuid;
    camera = registry_.rekey(manual, follower.uuid());
    unfollow(manual);
    if (is_primary(follower) && on_primary_changed) on_primary_changed(follower.uuid());
  }
  if (camera == nullptr) return;   // it was forgotten meanwhile
  const auto was = camera->places.empty() ? std::nullopt : std::optional{camera->places.front().endpoint};
  const auto is = found.origin.endpoint;
  const bool is_news = !camera->met || (!camera->online && !is_primary(follower));
  registry_.note_answer(*camera, {is, found.origin.tls}, found.info, wall_clock_.now());
  known_cameras_.trust(found.info);
  runtime_.log.write(hal::LogLevel::info, "camera_address", "found", {{"camera", camera->model}, {"uuid", camera->uuid}, {"address", is.text()}});
  if (is_news && on_discovered) on_discovered(*camera);
  if (was && was->address != is.address && on_moved) on_moved(*camera, was->address, is.address);
  if (registry_.primary().empty()) make_primary(camera->uuid);
  if (is_primary(follower)) {
    if (aimed_ != is) aim(*camera);
    else if (on_seen_again) on_seen_again();
  }
  doubt_others_at(is, camera->uuid);
  changed();
}

void CameraFinder::doubt_others_at(const hal::Endpoint& place, const std::string& uuid) {
  for (const auto& [other, follower] : followers_)
    if (other != uuid && follower->place() == place) follower->tell(fsm::Doubted{});
}

void CameraFinder::on_unreachable(CameraFollower& follower) {
  auto* camera = registry_.find(follower.uuid());
  if (camera == nullptr) return unfollow(follower.uuid());
  ++camera->attempts;
  camera->last_error = follower.last_error().text();
  camera->online = false;
  if (!is_primary(follower)) went_offline(*camera);
  changed();
}

void CameraFinder::on_left(CameraFollower& follower) {
  if (auto* camera = registry_.find(follower.uuid())) camera->online = false;
  if (is_primary(follower) && on_primary_left) on_primary_left();
  changed();
}

void CameraFinder::on_missing(CameraFollower& follower) {
  auto* camera = registry_.find(follower.uuid());
  if (camera == nullptr) return;
  camera->online = false;
  runtime_.log.write(hal::LogLevel::warning, "camera_address", "is nowhere", {{"camera", camera->model}, {"uuid", camera->uuid}});
  if (!is_primary(follower)) went_offline(*camera);
  else if (on_primary_missing) on_primary_missing(*camera);
  changed();
}

/// Told once, until it answers again.
void CameraFinder::went_offline(RegisteredCamera& camera) {
  if (!std::exchange(camera.offline_told, true) && on_offline) on_offline(camera);
}

// ---- the link to the primary camera -----------------------------------------------------------------------------------

void CameraFinder::link_ready(const hal::HttpOrigin& origin, const hal::CameraInfo& info) {
  aimed_ = origin.endpoint;
  if (const auto* camera = registry_.find_serial(info.serial)) return adopt(camera->uuid, origin, info);
  const auto by_serial = std::string{kManual} + (info.serial.empty() ? origin.endpoint.address.text() : info.serial);
  if (discovery_ == nullptr) return adopt(by_serial, origin, info);
  introducing_ = discovery_->describe(origin.endpoint.address, {}, fsm::kVerifyMax, [this, origin, info, by_serial](const hal::Result<hal::CameraDescription>& described) {
    const auto* known = registry_.find_serial(info.serial);   // announced meanwhile
    const bool is_it = described.ok() && described.value().serial == info.serial && registry_.find(described.value().uuid) == nullptr;
    adopt(known != nullptr ? known->uuid : is_it ? described.value().uuid : by_serial, origin, info);
  });
}

void CameraFinder::adopt(const std::string& uuid, const hal::HttpOrigin& origin, const hal::CameraInfo& info) {
  std::string gone;
  auto* camera = registry_.add(uuid, gone);
  if (!gone.empty()) unfollow(gone);
  if (camera == nullptr) return;
  const auto was = camera->places.empty() ? std::nullopt : std::optional{camera->places.front().endpoint.address};
  registry_.note_answer(*camera, {origin.endpoint, origin.tls}, info, wall_clock_.now());
  follow(uuid).tell(fsm::LinkReady{origin.endpoint});
  if (was && *was != origin.endpoint.address && on_moved) on_moved(*camera, *was, origin.endpoint.address);
  make_primary(uuid);
  doubt_others_at(origin.endpoint, uuid);
  changed();
}

void CameraFinder::link_lost() {
  introducing_.drop();
  if (auto* follower = follower_of(registry_.primary())) follower->tell(fsm::LinkLost{});
}

void CameraFinder::make_primary(const std::string& uuid) {
  if (registry_.primary() == uuid) return;
  registry_.set_primary(uuid);
  if (on_primary_changed) on_primary_changed(uuid);
}

void CameraFinder::aim(const RegisteredCamera& camera) {
  const auto& place = camera.places.front();
  aimed_ = place.endpoint;
  if (on_aimed) on_aimed(origin_of(camera, place), camera.serial);
}

// ---- what a person asks -----------------------------------------------------------------------------------------------

hal::Result<void> CameraFinder::set_primary(const std::string& uuid) {
  const auto* camera = registry_.find(uuid);
  if (camera == nullptr) return no_such_camera();
  if (camera->places.empty()) return hal::Error{hal::ErrorKind::unreachable, "This camera has never answered"};
  if (registry_.primary() == uuid) return {};
  make_primary(uuid);
  aim(*camera);
  changed();
  return {};
}

hal::Result<void> CameraFinder::forget(const std::string& uuid) {
  const auto* camera = registry_.find(uuid);
  if (camera == nullptr) return no_such_camera();
  const bool was_primary = registry_.primary() == uuid;
  known_cameras_.forget(camera->serial);
  registry_.forget(uuid);
  unfollow(uuid);
  if (was_primary) {
    aimed_.reset();
    introducing_.drop();
    if (on_primary_changed) on_primary_changed({});
  }
  changed();
  return {};
}

hal::Result<void> CameraFinder::rename(const std::string& uuid, std::string name) {
  auto* camera = registry_.find(uuid);
  if (camera == nullptr) return no_such_camera();
  registry_.set_name(*camera, std::move(name));
  changed();
  return {};
}

}  // namespace nightjar::app
