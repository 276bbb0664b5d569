#include "sim/camera/announcer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace nightjar::sim::camera {
namespace {

constexpr auto kGroup = hal::IpAddress::v4(239, 255, 255, 250);
constexpr std::uint16_t kPort = 1900;
constexpr auto kServer = "Camera OS/1.0 UPnP/1.0 Canon Device Discovery/1.0";
constexpr auto kRootDevice = "upnp:rootdevice";
constexpr auto kDevice = "urn:schemas-canon-com:device:ICPO-CameraControlAPIService:1";
constexpr auto kService = "urn:schemas-canon-com:service:ICPO-CameraControlAPIService:1";
constexpr std::array kTypes{kRootDevice, kDevice, kService};
constexpr auto kDescriptionPath = "/upnp/CameraDevDesc.xml";
constexpr auto kServicePath = "/upnp/CameraSvcDesc.xml";

/// The value of a header of an M-SEARCH; names compare without case.
std::optional<std::string_view> header(std::string_view datagram, std::string_view name) {
  while (!datagram.empty()) {
    const auto end = datagram.find("\r\n");
    const auto line = datagram.substr(0, end);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && colon == name.size() && hal::Headers::same_name(line.substr(0, colon), name)) {
      auto value = line.substr(colon + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      while (value.ends_with(' ')) value.remove_suffix(1);
      return value;
    }
    datagram = end == std::string_view::npos ? std::string_view{} : datagram.substr(end + 2);
  }
  return std::nullopt;
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

}   // namespace

hal::Result<void> Announcer::start(Facts facts) {
  facts_ = std::move(facts);
  if (options_.description_port == 0) return {};
  auto server = servers_.serve({options_.listen, options_.description_port}, {.connections_max = 8}, *this);
  if (!server.ok()) return server.error();
  server_ = std::move(server).value();
  if (options_.ssdp) open_ssdp();
  return {};
}

void Announcer::open_ssdp() {
  hal::DatagramOptions options;
  options.bind.port = kPort;
  options.share_port = true;
  options.join = kGroup;
  options.interface = facts_.address;
  options.multicast_ttl = 2;
  options.multicast_loopback = true;   // the one who looks may be on the same machine
  auto socket = network_.open_datagram(options, [this](const hal::Datagram& datagram) { heard(datagram); });
  if (!socket.ok()) return;
  socket_ = std::move(socket).value();
  if (facts_.moved) notify("ssdp:byebye");
  notify("ssdp:alive");
  notify_again();
}

void Announcer::stop(bool says_goodbye) {
  if (says_goodbye && socket_) notify("ssdp:byebye");
  server_.reset();
  socket_.reset();
  notify_timer_.drop();
  answers_.clear();
}

std::string Announcer::description_url() const {
  return server_ ? "http://" + hal::Endpoint{facts_.address, server_->local().port}.text() + kDescriptionPath : std::string{};
}

std::string Announcer::usn(const std::string& type) const { return "uuid:" + options_.uuid + "::" + type; }

void Announcer::notify(const char* what) {
  for (const std::string type : kTypes) {
    std::string text = "NOTIFY * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nCache-Control: max-age=1800\r\nLocation: " + description_url() +
                       "\r\nNT: " + type + "\r\nNTS: " + what + "\r\nServer: " + kServer + "\r\nUSN: " + usn(type) + "\r\n\r\n";
    (void)socket_->send_to({kGroup, kPort}, text);   // best effort, as multicast is
  }
}

void Announcer::notify_again() {
  notify_timer_ = loop_.at(loop_.now() + options_.notify_every, [this] {
    notify("ssdp:alive");
    notify_again();
  });
}

void Announcer::heard(const hal::Datagram& datagram) {
  if (!datagram.bytes.starts_with("M-SEARCH * HTTP/1.1\r\n")) return;
  const auto target = header(datagram.bytes, "ST");
  const auto must = header(datagram.bytes, "MAN");
  if (!target || must != "\"ssdp:discover\"") return;
  int seconds = 1;
  if (const auto spread = header(datagram.bytes, "MX")) std::from_chars(spread->data(), spread->data() + spread->size(), seconds);
  seconds = std::clamp(seconds, 1, 5);
  for (const std::string type : kTypes) {
    if (*target != "ssdp:all" && *target != type) continue;
    if (answers_.size() == kAnswersMax) answers_.pop_front();
    const auto delay =
        std::chrono::nanoseconds{static_cast<std::int64_t>(random_.next() % static_cast<std::uint64_t>(seconds * 1'000'000'000LL))};
    answers_.push_back(loop_.at(loop_.now() + delay, [this, to = datagram.from, type] {
      const auto text = "HTTP/1.1 200 OK\r\nCache-Control: max-age=1800\r\nEXT:\r\nLocation: " + description_url() +
                        "\r\nServer: " + kServer + "\r\nST: " + type + "\r\nUSN: " + usn(type) + "\r\n\r\n";
      (void)socket_->send_to(to, text);
    }));
  }
}

void Announcer::on_request(const hal::HttpRequest& request, hal::HttpReply reply) {
  const hal::Headers xml{{"Content-Type", "text/xml; charset=utf-8"}};
  if (request.method != "GET") return reply.answer({405, {}, {}});
  if (request.path() == kDescriptionPath) return reply.answer({200, xml, description()});
  if (request.path() == kServicePath)
    return reply.answer({200, xml,
                         "<?xml version=\"1.0\"?><scpd xmlns=\"urn:schemas-upnp-org:service-1-0\"><specVersion><major>1</major>"
                         "<minor>0</minor></specVersion><serviceStateTable/></scpd>"});
  reply.answer({404, {}, {}});
}

std::string Announcer::description() const {
  const auto element = [](const char* name, std::string_view value) {
    return "<" + std::string{name} + ">" + escape(value) + "</" + name + ">\n";
  };
  const auto base = "http://" + hal::Endpoint{facts_.address, server_->local().port}.text() + "/upnp/";
  return "<?xml version=\"1.0\"?>\n<root "
         "xmlns=\"urn:schemas-upnp-org:device-1-0\">\n<specVersion><major>1</major><minor>0</minor></specVersion>\n" +
         element("URLBase", base) + "<device>\n" + element("deviceType", kDevice) + element("friendlyName", options_.nickname) +
         element("manufacturer", "Canon") + element("manufacturerURL", "http://www.canon.com/") +
         element("modelDescription", "Canon Digital Camera") + element("modelName", options_.model) +
         element("serialNumber", options_.serial) + element("UDN", "uuid:" + options_.uuid) + "<serviceList>\n<service>\n" +
         element("serviceType", kService) + element("serviceId", "urn:schemas-canon-com:serviceId:ICPO-CameraControlAPIService-1") +
         element("SCPDURL", "CameraSvcDesc.xml") + element("controlURL", "control/CanonCamera/") + element("eventSubURL", "") +
         "<ns:X_targetId xmlns:ns=\"urn:schemas-canon-com:schema-upnp\">uuid:" + options_.uuid + "</ns:X_targetId>\n" +
         "<ns:X_onService xmlns:ns=\"urn:schemas-canon-com:schema-upnp\">" + (facts_.held() ? "1" : "0") + "</ns:X_onService>\n" +
         "<ns:X_accessURL xmlns:ns=\"urn:schemas-canon-com:schema-upnp\">" + escape(facts_.access_url) + "</ns:X_accessURL>\n" +
         "<ns:X_deviceUsbId xmlns:ns=\"urn:schemas-canon-com:schema-upnp\">3323</ns:X_deviceUsbId>\n" +
         "<ns:X_deviceNickname xmlns:ns=\"urn:schemas-canon-com:schema-upnp\">" + escape(options_.nickname) + "</ns:X_deviceNickname>\n" +
         "</service>\n</serviceList>\n<presentationURL>/</presentationURL>\n</device>\n</root>\n";
}

}   // namespace nightjar::sim::camera
