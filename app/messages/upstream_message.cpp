#include "app/messages/upstream_message.h"

#include <nlohmann/json.hpp>

#include "app/messages/fields.h"

namespace nightjar::app {
namespace {

using nlohmann::json;

constexpr std::size_t kIdMax = 64;
constexpr int kMetricsDepthMax = 64;   // of metrics that others make

}  // namespace

std::optional<std::variant<UpstreamMetrics, UpstreamCommand>> parse_upstream_message(std::string_view text) {
  if (!is_shallow(text, kMetricsDepthMax)) return std::nullopt;
  const auto message = json::parse(text, nullptr, false);
  if (!message.is_object()) return std::nullopt;
  if (text_of(message, "type") != "command") return UpstreamMetrics{};
  const auto name = text_of(message, "command");
  if (!name) return std::nullopt;
  const auto data = message.find("data");
  const json request{{"type", *name}, {"data", data == message.end() ? json() : *data}};
  return UpstreamCommand{text_of(message, "id").value_or("").substr(0, kIdMax), name->substr(0, kIdMax), parse_client_message(request.dump())};
}

std::string command_result(const UpstreamCommand& command, const std::string& error) {
  Json out{{"type", "command_result"}, {"id", command.id}, {"command", command.name}, {"success", error.empty()}};
  if (!error.empty()) out.add("error", error);
  return out.text();
}

}  // namespace nightjar::app
