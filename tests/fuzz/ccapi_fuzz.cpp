// Whatever a camera, or something that answers in its place, sends: the message parsers return, and what they return can be
// put on a request line.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "drivers/canon/ccapi_messages.h"
#include "drivers/canon/date_time.h"
#include "drivers/canon/ccapi_settings.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool sendable(std::string_view path) {
  if (path.empty() || path.front() != '/' || path.size() > nightjar::canon::kPathMax) return false;
  return path.find_first_of(" \r\n\t") == std::string_view::npos;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nightjar::canon;
  const std::string_view body{reinterpret_cast<const char*>(data), size};
  if (const auto capabilities = parse_capabilities(body)) {
    require(!capabilities->resources.empty() && capabilities->resources.size() <= kResourcesMax);
    for (const auto& resource : capabilities->resources) {
      require(sendable(resource.path) && resource.version <= kVersionMax && resource.path.ends_with(resource.name));
      const auto* found = capabilities->find(resource.name, Method::get);
      require(!resource.get || (found && found->version >= resource.version));
    }
  }
  if (const auto info = parse_device_information(body)) require(!info->model.empty());
  parse_battery(body);
  parse_temperature(body);
  if (const auto shots = parse_recordable(body)) require(*shots >= 0);
  if (const auto storage = parse_storage(body))
    for (const auto& card : *storage) require(sendable(card.path) && card.card.contents >= 0 && card.card.space >= 0);
  if (const auto path = parse_directory(body)) require(sendable(*path));
  if (const auto contents = parse_contents(body)) {
    require(contents->size() <= kContentsMax);
    for (const auto& path : *contents) require(sendable(path));
  }
  parse_contents_number(body);
  if (const auto time = parse_date_time(body)) require(parse_date_time(format_date_time(*time)) == time);
  for (const int status : {400, 401, 404, 409, 500, 502, 503}) require(error_of(status, body).detail.size() <= 200);
  if (const auto settings = parse_settings(body)) {
    require(settings->size() <= nightjar::hal::Camera::kSettingsMax);
    for (const auto& setting : *settings) {
      require(is_json(setting.value) && is_json(setting.ability) && setting.name.size() <= kSettingNameMax);
      require(parse_setting(setting.name, "{\"value\":" + setting.value + ",\"ability\":" + setting.ability + "}") == setting);
      require(!may_be(setting, setting.value) || is_json(setting_body(setting.value)));
      may_be(setting, body);
    }
  }
  parse_one_battery(body);
  if (const auto batteries = parse_batteries(body, "half")) require(batteries->size() <= kBatteriesMax);
  if (const auto news = parse_news(body)) {
    require(news->added.size() <= kAddedMax && news->settings.size() <= nightjar::hal::Camera::kSettingsMax);
    for (const auto& path : news->added) require(sendable(path));
  }
  if (const auto tv = parse_tv(body)) require(tv->count() > 0 && *tv <= std::chrono::hours{1});
  return 0;
}
