// What clients ask of the reports.
#include "app/nightjar.h"

namespace nightjar::app {
namespace {

constexpr std::size_t kReportTold = 512u << 10;   // bytes, over /ws, where 1 MiB may wait for a client; a longer one is read by REST

}  // namespace

void Nightjar::wire_reports() {
  reports_.on_renamed = [this](const ReportEntry& report) { broadcast(report_updated_event(wall_now(), report)); };
  reports_.on_deleted = [this](const ReportEntry& report) { broadcast(report_deleted_event(wall_now(), report.id())); };
}

void Nightjar::on_reports_asked(const std::shared_ptr<Client>& client, const GetReports& asked) {
  if (!reports_.is_open()) return client->send(error_message(wall_now(), "REPORTS_NOT_READ", "The reports are still being read", "get_timelapse_reports"));
  client->send(timelapse_reports(wall_now(), reports_data(reports_.page(asked.offset, asked.limit), reports_.size(), asked)));
}

void Nightjar::on_report_asked(const std::shared_ptr<Client>& client, const std::string& id) {
  reports_.read(id, [this, weak = std::weak_ptr{client}, id](const hal::Result<std::string>& text) {
    if (!text.ok()) return answer(weak, "get_timelapse_report", text.error());
    const auto asker = weak.lock();
    if (!asker) return;
    const auto* entry = reports_.find(id);
    if (text.value().size() <= kReportTold) return asker->send(timelapse_report(wall_now(), text.value()));
    if (entry != nullptr) return asker->send(timelapse_report(wall_now(), summary(*entry).text()));
    answer(weak, "get_timelapse_report", hal::Error{hal::ErrorKind::too_large, "The report is too long for this; read it over REST"});
  });
}

/// Of a report that was renamed or deleted.
Nightjar::Answer Nightjar::report_answer(const std::shared_ptr<Client>& client, const char* operation, const std::string& id) {
  return [this, weak = std::weak_ptr{client}, operation, id](const hal::Result<void>& done) {
    const auto asker = weak.lock();
    if (!done.ok() || !asker) return answer(weak, operation, done);
    const auto* entry = reports_.find(id);
    asker->send(entry != nullptr ? report_title_updated(wall_now(), *entry) : report_deleted(wall_now(), id.starts_with("report-") ? id : "report-" + id));
  };
}

}  // namespace nightjar::app
