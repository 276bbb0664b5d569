#pragma once
// The reports on the disk: one file each, and an index of them, so that thousands are listed without reading them.
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/hosted.h"
#include "app/report.h"
#include "app/settings.h"
#include "fsm/report.h"
#include "hal/storage.h"

namespace nightjar::app {

class Reports final : private fsm::ReportPort {
 public:
  struct Parts {
    Runtime& runtime;
    hal::Storage& storage;
    const Settings& settings;
  };
  explicit Reports(const Parts& parts);

  /// Begins to read the index; it is read and mended beside all else. Wishes made meanwhile wait.
  void open() { machine_.dispatch(fsm::OpenReports{}); }
  bool is_open() const { return open_; }
  /// The program ends: what is wished from now on is refused.
  void close();

  using Answer = std::function<void(hal::Result<void>)>;
  /// Each is answered once, later, when it is durable or refused; errors carry the sentence for the client. `id` with or without "report-".
  /// At most kWishesMax wait; what comes after that is refused.
  void save(const ReportEntry& entry, std::string report, Answer answer);
  void rename(std::string_view id, std::string title, Answer answer);
  void remove(std::string_view id, Answer answer);
  /// The report's text; not_found when there is none.
  void read(std::string_view id, hal::Storage::Read done);

  std::size_t size() const { return entries_.size(); }
  /// Newest first.
  std::vector<const ReportEntry*> page(std::size_t offset, std::size_t limit) const;
  const ReportEntry* find(std::string_view id) const;
  const Hosted<fsm::Report>& machine() const { return machine_; }
  bool busy() const { return !wishes_.empty(); }

  // Each comes after what it tells is durable.
  std::function<void(const ReportEntry&)> on_renamed;
  std::function<void(const ReportEntry&)> on_deleted;

  static constexpr std::size_t kWishesMax = 64;
  static constexpr auto kIndex = "reports.index";

 private:
  enum class Kind : unsigned char { save, rename, remove };
  struct Wish {
    Kind kind = Kind::save;
    ReportEntry entry;     // as it will be; of one that goes: as it is
    std::string report;    // to be saved
    Answer answer;
  };

  void read_index() override;
  void check_report() override;
  void tidy_index() override;
  void announce() override;
  void change_report() override;
  void note_change() override;
  void report_open() override;
  void report_changed() override;
  void report_refused() override;
  void refuse_all() override;

  void take_lines();
  void take_line(std::string_view line);
  void index_taken();
  void wish(Wish wish);
  void append(std::string line);
  void put(ReportEntry entry);
  void drop(const std::string& session_id);
  std::string index_text() const;
  std::optional<hal::Error> refusal(const Wish& wish) const;
  void make_room();
  hal::Storage::Done step();
  void answer_first(const hal::Result<void>& result);

  /// Newest first; of two that began together the one with the lower UUID.
  struct Order {
    bool operator()(const std::pair<hal::WallTime, std::string>& a, const std::pair<hal::WallTime, std::string>& b) const {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    }
  };

  Parts parts_;
  std::map<std::pair<hal::WallTime, std::string>, ReportEntry, Order> entries_;
  std::map<std::string, hal::WallTime, std::less<>> began_;   // session id -> its key above
  std::deque<Wish> wishes_;                // the first one is being done
  std::string error_;                      // why the last step failed
  bool open_ = false;
  bool closed_ = false;
  // while it is opened
  std::string index_;                      // as read
  std::size_t taken_ = 0;                  // of it, in bytes
  std::size_t lines_ = 0;
  bool damaged_ = false;                   // a line other than a torn last one does not hold
  std::set<std::string> on_disk_;          // session ids
  std::set<std::string> doubts_;           // session ids
  bool untidy_ = false;                    // the file is not what index_text() says, or far longer; the next line needs a new one
  hal::Operation doing_;
  Hosted<fsm::Report> machine_;
};

}  // namespace nightjar::app
