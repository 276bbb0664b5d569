#include "app/messages/metrics_message.h"

#include <cmath>

#include "app/iso_time.h"
#include "app/messages/json_text.h"

namespace nightjar::app {
namespace {

/// Of two numbers of bytes, to a tenth.
Json percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? Json() : Json(std::round(static_cast<double>(part) / static_cast<double>(whole) * 1000) / 10);
}

Json memory_json(const hal::LoadReading& load) {
  if (!load.memory_total || !load.memory_available) return nullptr;
  const auto used = *load.memory_total - std::min(*load.memory_available, *load.memory_total);
  return {{"totalBytes", *load.memory_total}, {"availableBytes", *load.memory_available}, {"usedPercent", percent(used, *load.memory_total)}};
}

Json disk_json(const std::optional<hal::Storage::Space>& disk) {
  if (!disk) return nullptr;
  return {{"totalBytes", disk->total}, {"freeBytes", disk->free}, {"usedPercent", percent(disk->total - std::min(disk->free, disk->total), disk->total)}};
}

Json network_metrics(const StatusView& view) {
  auto interfaces = Json::array();
  for (const auto& one : view.interfaces)
    if (!one.loopback) interfaces.push_back({{"name", one.name}, {"ip", one.address.text()}});
  Json wifi;
  if (view.wifi) wifi = {{"ssid", view.wifi->ssid}, {"signal", view.wifi->signal}};
  return {{"interfaces", interfaces}, {"wifi", wifi}, {"clients", view.clients}};
}

Json camera_metrics(const StatusView& view) {
  Json out{{"connected", view.camera_connected}, {"state", view.camera_state}};
  if (view.camera_info != nullptr && !view.camera_info->model.empty()) out.add("model", view.camera_info->model);
  if (view.camera_status != nullptr && !view.camera_status->battery.empty()) out.add("battery", view.camera_status->battery);
  return out;
}

Json session_metrics(const StatusView& view) {
  if (view.session == nullptr) return nullptr;
  return {{"id", view.session->id}, {"title", view.session->title}, {"state", view.session_state},
          {"shotsSuccessful", view.told.saved}, {"shotsFailed", view.told.failed}, {"shotsMissed", view.told.missed}};
}

}  // namespace

std::string metrics_message(const StatusView& view, const hal::LoadReading& load, const std::optional<hal::Storage::Space>& disk) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(view.uptime).count();
  const Json cpu = load.cpu ? Json{{"usedPercent", std::round(*load.cpu * 1000) / 10}} : Json();
  const Json temperature = view.power.temperature ? Json{{"celsius", *view.power.temperature}} : Json();
  const Json battery = view.power.battery ? Json{{"percent", *view.power.battery}, {"charging", view.power.charging}} : Json();
  const Json data{{"cpu", cpu}, {"memory", memory_json(load)}, {"disk", disk_json(disk)}, {"temperature", temperature}, {"battery", battery},
                  {"network", network_metrics(view)}, {"camera", camera_metrics(view)}, {"session", session_metrics(view)}, {"uptime", seconds}};
  return Json{{"type", "metrics"}, {"timestamp", iso_utc(view.at)}, {"data", data}}.text();
}

}  // namespace nightjar::app
