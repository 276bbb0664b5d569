#include "app/rest.h"
#include "app/rest_timelapse.h"

namespace nightjar::app {
namespace {

/// offset and limit, in the query.
std::variant<ClientMessage, BadRequest> asked_page(const hal::HttpRequest& request) {
  auto data = Json::object();
  for (const auto* name : {"offset", "limit"}) {
    const auto value = query_value(request, name);
    if (!value) continue;
    const bool digits = !value->empty() && value->size() <= 9 && value->find_first_not_of("0123456789") == std::string::npos;
    data.add(name, digits ? Json(std::stol(*value)) : Json(*value));
  }
  return parse_client_data("get_timelapse_reports", data.text());
}

void list_reports(Reports& reports, const hal::HttpRequest& request, hal::HttpReply reply) {
  if (!reports.is_open()) {
    auto later = error_response(503, "REPORTS_NOT_READ", "The reports are still being read");
    later.headers.add("Retry-After", "5");
    return reply.answer(std::move(later));
  }
  const auto parsed = asked_page(request);
  if (const auto* bad = std::get_if<BadRequest>(&parsed)) return reply.answer(error_response(*bad));
  const auto& asked = std::get<GetReports>(std::get<ClientMessage>(parsed));
  reply.answer(json_response(200, reports_data(reports.page(asked.offset, asked.limit), reports.size(), asked).text()));
}

void give_csv(const std::string& id, const hal::Result<std::string>& text, hal::HttpReply& reply) {
  if (!text.ok()) return reply.answer(error_response(text.error()));
  auto csv = report_csv(text.value());
  if (!csv) return reply.answer(error_response(500, "STORAGE", "The report is damaged"));
  reply.answer({200,
                {{"Content-Type", "text/csv; charset=utf-8; header=present"},
                 {"Content-Disposition", "attachment; filename=\"" + id + ".csv\""},
                 {"Cache-Control", "no-store"},
                 {"X-Content-Type-Options", "nosniff"}},
                std::move(*csv)});
}

}  // namespace

void add_report_routes(Web& web, Reports& reports) {
  web.route("GET", "/api/timelapse/reports", [&reports](const WebCall& call, hal::HttpReply reply) { list_reports(reports, call.request, std::move(reply)); });
  web.route("GET", "/api/timelapse/reports/{id}", [&reports](const WebCall& call, hal::HttpReply reply) {
    auto shared = std::make_shared<hal::HttpReply>(std::move(reply));
    reports.read(call.values[0], [shared](const hal::Result<std::string>& text) {
      shared->answer(text.ok() ? json_response(200, text.value()) : error_response(text.error()));
    });
  });
  web.route("GET", "/api/timelapse/reports/{id}/csv", [&reports](const WebCall& call, hal::HttpReply reply) {
    auto shared = std::make_shared<hal::HttpReply>(std::move(reply));
    const auto* entry = reports.find(call.values[0]);
    const auto id = entry == nullptr ? std::string{"report"} : entry->id();   // what a client wrote never comes back in a header
    reports.read(call.values[0], [shared, id](const hal::Result<std::string>& text) { give_csv(id, text, *shared); });
  });
  web.route("PUT", "/api/timelapse/reports/{id}/title", [&reports](const WebCall& call, hal::HttpReply reply) {
    const auto act = [&](const RenameReport& rename, hal::HttpReply to) {
      reports.rename(rename.id, rename.title, answering(std::move(to), [&reports, id = rename.id] {
                       const auto* entry = reports.find(id);
                       return Json{{"success", true}, {"report", entry == nullptr ? Json() : summary(*entry)}};
                     }));
    };
    with_message<RenameReport>("update_report_title", call, std::move(reply), act, "id");
  });
  web.route("DELETE", "/api/timelapse/reports/{id}", [&reports](const WebCall& call, hal::HttpReply reply) {
    const auto act = [&](const DeleteReport& gone, hal::HttpReply to) {
      reports.remove(gone.id, answering(std::move(to), [id = gone.id] { return Json{{"success", true}, {"message", "Report deleted"}, {"reportId", id}}; }));
    };
    with_message<DeleteReport>("delete_timelapse_report", call, std::move(reply), act, "id");
  });
}

}  // namespace nightjar::app
