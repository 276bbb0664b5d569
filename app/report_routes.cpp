#include "app/report_routes.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace nightjar::app {
namespace {

constexpr std::size_t kReportMax = 16u << 20;   // 100 000 shots are about 10 MB

void list_reports(hal::Storage& storage, hal::HttpReply reply) {
  auto shared = std::make_shared<hal::HttpReply>(std::move(reply));
  auto operation = storage.list("reports", [shared](const hal::Result<std::vector<hal::Storage::Entry>>& entries) {
    if (!entries.ok()) return shared->answer(error_response(500, "STORAGE", entries.error().text()));
    auto list = nlohmann::ordered_json::array();
    for (const auto& entry : entries.value()) {
      constexpr std::string_view kHead = "session-";
      constexpr std::string_view kTail = ".json";
      const std::string_view name = entry.name;
      if (!name.starts_with(kHead) || !name.ends_with(kTail) || name.size() <= kHead.size() + kTail.size()) continue;
      const auto id = name.substr(kHead.size(), name.size() - kHead.size() - kTail.size());
      list.push_back({{"id", fmt::format("report-{}", id)}, {"sessionId", id}, {"bytes", entry.size}});
    }
    shared->answer(json_response(200, nlohmann::ordered_json{{"reports", list}}.dump()));
  });
  operation.detach();   // the answer owns all it touches
}

void read_report(hal::Storage& storage, std::string_view id, hal::HttpReply reply) {
  const auto session = id.starts_with("report-") ? id.substr(7) : id;
  auto shared = std::make_shared<hal::HttpReply>(std::move(reply));
  auto operation = storage.read(fmt::format("reports/session-{}.json", session), kReportMax, [shared](const hal::Result<std::string>& text) {
    if (text.ok()) return shared->answer(json_response(200, text.value()));
    const bool absent = text.error().kind == hal::ErrorKind::not_found || text.error().kind == hal::ErrorKind::invalid;
    shared->answer(absent ? error_response(404, "NOT_FOUND", "Report not found") : error_response(500, "STORAGE", text.error().text()));
  });
  operation.detach();
}

}  // namespace

void add_report_routes(Web& web, hal::Storage& storage) {
  web.route("GET", "/api/timelapse/reports", [&storage](const WebCall&, hal::HttpReply reply) { list_reports(storage, std::move(reply)); });
  web.route("GET", "/api/timelapse/reports/{id}", [&storage](const WebCall& call, hal::HttpReply reply) { read_report(storage, call.values[0], std::move(reply)); });
}

}  // namespace nightjar::app
