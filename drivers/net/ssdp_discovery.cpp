#include "drivers/net/ssdp_discovery.h"

#include <algorithm>
#include <set>
#include <utility>

#include "drivers/net/description.h"
#include "drivers/net/ssdp.h"

namespace nightjar::net {

namespace {

// Where bodies serve their description, and CCAPI when the description does not say (ccapi.md, section 2).
constexpr std::uint16_t kDescriptionPort = 49152;
constexpr auto kDescriptionPath = "/upnp/CameraDevDesc.xml";
constexpr std::uint16_t kAccessPort = 8080;

hal::Error no_camera(const hal::IpAddress& address) {
  return {hal::ErrorKind::protocol, address.text() + " describes no camera that speaks CCAPI"};
}

hal::Result<hal::CameraDescription> read(const hal::IpAddress& address, const hal::Result<hal::HttpResponse>& response) {
  if (!response.ok()) return response.error();
  if (response.value().status != 200) return no_camera(address);
  const auto found = parse_description(response.value().body);
  if (!found) return no_camera(address);
  hal::CameraDescription out{found->uuid, found->model, found->serial, found->nickname, {}};
  out.origin.tls = found->access && found->access->tls();
  out.origin.endpoint = {address, found->access ? found->access->port : kAccessPort};
  return out;
}

}   // namespace

bool SsdpDiscovery::listen(Handler& handler) {
  handler_ = &handler;
  std::set<hal::IpAddress> there;
  for (const auto& interface : network_.interfaces())
    if (!interface.address.is_v6() && there.size() < kInterfacesMax) there.insert(interface.address);
  auto changed = std::erase_if(ears_, [&](const auto& ear) { return !there.contains(ear.first); }) != 0;
  for (const auto& address : there) {
    auto& ear = ears_[address];
    const bool was_whole = ear.announcements && ear.answers;
    if (!was_whole) open(ear, address);
    changed = changed || (!was_whole && ear.announcements && ear.answers);
  }
  return changed;
}

/// What cannot be had now (no multicast here, the interface just went) is had at a later listen().
void SsdpDiscovery::open(Ear& ear, const hal::IpAddress& interface) {
  hal::DatagramOptions options;
  options.interface = interface;
  options.multicast_ttl = 2;             // UPnP Device Architecture 1.1, section 1.1.1
  options.multicast_loopback = true;     // the camera may be a program on this host
  auto answers = network_.open_datagram(options, [this](const hal::Datagram& datagram) { heard_answer(datagram); });
  options.bind.port = ssdp_group().port;
  options.share_port = true;
  options.join = ssdp_group().address;
  auto announcements = network_.open_datagram(options, [this](const hal::Datagram& datagram) { heard_announcement(datagram); });
  if (answers.ok()) ear.answers = std::move(answers).value();
  if (announcements.ok()) ear.announcements = std::move(announcements).value();
}

void SsdpDiscovery::search() {
  const auto text = format_msearch({std::string{kCcapiService}, 1});
  for (const auto& [interface, ear] : ears_)
    if (ear.answers) (void)ear.answers->send_to(ssdp_group(), text);   // best effort, as multicast is; whoever asks asks again
}

void SsdpDiscovery::heard_announcement(const hal::Datagram& datagram) {
  const auto notify = parse_ssdp_notify(datagram.bytes);
  if (!notify || !is_ccapi(notify->type, notify->usn)) {
    ++dropped_;
    return;
  }
  if (notify->kind != SsdpNotify::Kind::byebye) return tell_seen(notify->usn, notify->location, datagram.from.address);
  if (const auto uuid = parse_uuid(notify->uuid())) handler_->on_goodbye(*uuid, datagram.from.address);
}

void SsdpDiscovery::heard_answer(const hal::Datagram& datagram) {
  const auto response = parse_ssdp_response(datagram.bytes);
  if (response && is_ccapi(response->type, response->usn))
    tell_seen(response->usn, response->location, datagram.from.address);
  else
    ++dropped_;
}

void SsdpDiscovery::tell_seen(std::string_view usn, const std::string& location, const hal::IpAddress& from) {
  const auto uuid = parse_uuid(usn.substr(0, usn.find("::")));
  const auto url = parse_url(location);
  if (uuid && url && url->scheme == "http" && url->address == from)
    handler_->on_seen({*uuid, location, from});
  else
    ++dropped_;
}

hal::Operation SsdpDiscovery::describe(const hal::IpAddress& address, const std::string& location, hal::Duration patience, Described done) {
  const hal::Completion<hal::Result<hal::CameraDescription>> completion{std::move(done)};
  hal::Endpoint endpoint{address, kDescriptionPort};
  std::string target = kDescriptionPath;
  if (!location.empty()) {
    const auto url = parse_url(location);
    if (!url || url->address != address || url->scheme != "http") {
      loop_.post([completion, address] { completion(no_camera(address)); });
      return completion.operation();
    }
    endpoint.port = url->port;
    target = url->target;
  }
  struct Asking {
    std::unique_ptr<hal::HttpClient> client;
    hal::Operation request;
  };
  const auto asking = std::make_shared<Asking>();
  hal::HttpClientOptions options;
  options.connect_patience = patience;
  options.body_max = kDescriptionMax;
  asking->client = clients_.client({false, endpoint, {}, {}, {}}, options);
  // The connection goes when the answer has come or is not wanted any more: later, for it is the one that calls.
  const auto end = [&loop = loop_, asking] { loop.post([asking] { asking->client.reset(); }); };
  completion.on_dropped([asking, end] {
    asking->request.drop();
    end();
  });
  hal::HttpRequest request;
  request.target = target;
  asking->request = asking->client->request(std::move(request), patience, [completion, address, end](const hal::Result<hal::HttpResponse>& response) {
    end();
    completion(read(address, response));
  });
  return completion.operation();
}

}   // namespace nightjar::net
