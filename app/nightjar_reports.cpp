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

void Nightjar::on_report_message(const std::shared_ptr<Client>& client, const ClientMessage& message) {
  const auto done = [this, weak = std::weak_ptr{client}](const char* operation, std::function<std::string()> text) {
    return [this, weak, operation, text = std::move(text)](const hal::Result<void>& result) {
      if (!result.ok()) return answer(weak, operation, result);
      if (const auto asker = weak.lock()) asker->send(text());
    };
  };
  if (const auto* asked = std::get_if<GetReports>(&message)) {
    if (!reports_.is_open()) return client->send(error_message(wall_now(), "REPORTS_NOT_READ", "The reports are still being read", "get_timelapse_reports"));
    client->send(timelapse_reports(wall_now(), reports_data(reports_.page(asked->offset, asked->limit), reports_.size(), *asked)));
  } else if (const auto* one = std::get_if<GetReport>(&message)) {
    reports_.read(one->id, [this, weak = std::weak_ptr{client}, id = one->id](const hal::Result<std::string>& text) {
      const auto* entry = reports_.find(id);
      if (!text.ok()) return answer(weak, "get_timelapse_report", text.error());
      const auto asker = weak.lock();
      if (!asker) return;
      if (text.value().size() <= kReportTold) return asker->send(timelapse_report(wall_now(), text.value()));
      if (entry != nullptr) return asker->send(timelapse_report(wall_now(), summary(*entry).text()));
      answer(weak, "get_timelapse_report", hal::Error{hal::ErrorKind::too_large, "The report is too long for this; read it over REST"});
    });
  } else if (const auto* renamed = std::get_if<RenameReport>(&message)) {
    reports_.rename(renamed->id, renamed->title, done("update_report_title", [this, id = renamed->id] {
                      const auto* entry = reports_.find(id);
                      return report_title_updated(wall_now(), entry == nullptr ? ReportEntry{} : *entry);
                    }));
  } else if (const auto* deleted = std::get_if<DeleteReport>(&message)) {
    reports_.remove(deleted->id, done("delete_timelapse_report", [this, id = deleted->id] {
                      return report_deleted(wall_now(), id.starts_with("report-") ? id : "report-" + id);
                    }));
  }
}

}  // namespace nightjar::app
