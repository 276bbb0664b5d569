#include "app/reports.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/checked_line.h"

namespace nightjar::app {
namespace {

constexpr auto kReportsLog = "report";
constexpr std::string_view kHead = "session-";
constexpr std::string_view kTail = ".json";
constexpr std::size_t kIndexMax = 64u << 20;      // 10 000 reports are about 7 MB
constexpr std::size_t kLinesATurn = 200;          // an index of thousands holds up no shot while it is read
constexpr std::size_t kSpareLinesMax = 100;       // past twice as many lines as reports and these, the index is written anew

std::string path_of(std::string_view session_id) { return fmt::format("reports/{}{}{}", kHead, session_id, kTail); }

std::string_view without_prefix(std::string_view id) { return id.starts_with("report-") ? id.substr(7) : id; }

// The index: one checked line a record.
std::string entry_line(const ReportEntry& entry) { return checked_line(summary(entry).text()); }
std::string change_line(std::string_view session_id) { return checked_line(Json{{"change", session_id}}.text()); }
std::string gone_line(std::string_view session_id) { return checked_line(Json{{"gone", session_id}}.text()); }

hal::Error refused(const char* sentence, hal::ErrorKind kind = hal::ErrorKind::invalid) { return {kind, sentence}; }

}  // namespace

Reports::Reports(const Parts& parts) : parts_(parts), machine_(parts.runtime, *this) { machine_.start(); }

// ---- what it holds ------------------------------------------------------------------------------------------------------

std::vector<const ReportEntry*> Reports::page(std::size_t offset, std::size_t limit) const {
  std::vector<const ReportEntry*> out;
  if (offset >= entries_.size()) return out;
  for (auto at = std::next(entries_.begin(), static_cast<std::ptrdiff_t>(offset)); at != entries_.end() && out.size() < limit; ++at) out.push_back(&at->second);
  return out;
}

const ReportEntry* Reports::find(std::string_view id) const {
  const auto began = began_.find(without_prefix(id));
  return began == began_.end() ? nullptr : &entries_.at({began->second, began->first});
}

void Reports::put(ReportEntry entry) {
  drop(entry.session_id);
  began_[entry.session_id] = entry.started;
  entries_[{entry.started, entry.session_id}] = std::move(entry);
}

void Reports::drop(const std::string& session_id) {
  const auto began = began_.find(session_id);
  if (began == began_.end()) return;
  entries_.erase({began->second, session_id});
  began_.erase(began);
}

// ---- opening it -----------------------------------------------------------------------------------------------------------

void Reports::read_index() {
  entries_.clear();
  began_.clear();
  doubts_.clear();
  on_disk_.clear();
  taken_ = lines_ = 0;
  damaged_ = untidy_ = false;
  doing_ = parts_.storage.list("reports", [this](const hal::Result<std::vector<hal::Storage::Entry>>& files) {
    if (!files.ok()) return machine_.dispatch(fsm::IndexUnread{});
    for (const auto& file : files.value()) {
      const std::string_view name = file.name;
      if (name.starts_with(kHead) && name.ends_with(kTail) && name.size() > kHead.size() + kTail.size())
        on_disk_.emplace(name.substr(kHead.size(), name.size() - kHead.size() - kTail.size()));
    }
    doing_ = parts_.storage.read(kIndex, kIndexMax, [this](const hal::Result<std::string>& text) {
      if (!text.ok() && text.error().kind == hal::ErrorKind::io) return machine_.dispatch(fsm::IndexUnread{});
      damaged_ = !text.ok();
      index_ = text.ok() ? text.value() : std::string{};
      take_lines();
    });
  });
}

void Reports::take_lines() {
  for (std::size_t i = 0; i < kLinesATurn; ++i) {
    const auto end = index_.find('\n', taken_);
    if (end == std::string::npos) return index_taken();
    take_line(std::string_view{index_}.substr(taken_, end - taken_));
    taken_ = end + 1;
    ++lines_;
  }
  doing_ = parts_.runtime.loop.at(parts_.runtime.loop.now(), [this] { take_lines(); });
}

void Reports::take_line(std::string_view line) {
  const auto text = checked_text(line);
  if (!text) {
    damaged_ = true;
    return;
  }
  if (auto entry = entry_of(*text)) {
    doubts_.erase(entry->session_id);
    return put(std::move(*entry));
  }
  const auto record = nlohmann::json::parse(*text, nullptr, false);
  const auto member = [&record](const char* key) {
    const auto found = record.find(key);
    return found != record.end() && found->is_string() ? found->get<std::string>() : std::string{};
  };
  const auto gone = member("gone");
  const auto change = member("change");
  if (!gone.empty()) {
    doubts_.erase(gone);
    drop(gone);
  }
  if (!change.empty()) doubts_.insert(change);
}

/// In doubt: what a change was announced for and not noted, what the index does not know, and where it is damaged all.
void Reports::index_taken() {
  untidy_ = damaged_ || taken_ != index_.size() || lines_ > 2 * entries_.size() + kSpareLinesMax;
  index_ = {};
  if (damaged_) {
    if (!on_disk_.empty()) parts_.runtime.log.write(hal::LogLevel::warning, kReportsLog, "the index is lost or damaged; the reports are read for it", {{"reports", std::to_string(on_disk_.size())}});
    doubts_ = on_disk_;
  }
  for (const auto& id : on_disk_)
    if (!began_.contains(id)) doubts_.insert(id);
  std::vector<std::string> absent;
  for (const auto& [id, began] : began_)
    if (!on_disk_.contains(id)) absent.push_back(id);
  for (const auto& id : absent) drop(id);
  std::erase_if(doubts_, [this](const auto& id) { return !on_disk_.contains(id); });
  untidy_ |= !absent.empty() || !doubts_.empty();
  machine_.dispatch(fsm::IndexRead{static_cast<std::uint32_t>(doubts_.size())});
}

void Reports::check_report() {
  doing_ = parts_.storage.read(path_of(*doubts_.begin()), kReportMax, [this](const hal::Result<std::string>& text) {
    if (!text.ok() && text.error().kind == hal::ErrorKind::io) return machine_.dispatch(fsm::StepFailed{});
    const auto id = *doubts_.begin();
    doubts_.erase(id);
    auto entry = text.ok() ? entry_of(text.value()) : std::nullopt;
    if (entry && entry->session_id == id) {
      put(std::move(*entry));
    } else {
      drop(id);
      parts_.runtime.log.write(hal::LogLevel::warning, kReportsLog, "a file among the reports is none", {{"file", path_of(id)}});
    }
    machine_.dispatch(fsm::StepDone{});
  });
}

std::string Reports::index_text() const {
  std::string out;
  for (const auto& [key, entry] : entries_) out += entry_line(entry);
  return out;
}

void Reports::tidy_index() {
  if (!untidy_) return machine_.dispatch(fsm::StepDone{});
  append({});
}

void Reports::report_open() { open_ = true; }

void Reports::close() {
  closed_ = true;
  machine_.dispatch(fsm::CloseReports{});
}

// ---- changing it ----------------------------------------------------------------------------------------------------------

void Reports::save(const ReportEntry& entry, std::string report, Answer answer) { wish({Kind::save, entry, std::move(report), std::move(answer)}); }

void Reports::rename(std::string_view id, std::string title, Answer answer) {
  Wish wanted{Kind::rename, {}, {}, std::move(answer)};
  wanted.entry.session_id = without_prefix(id);
  wanted.entry.title = std::move(title);
  wish(std::move(wanted));
}

void Reports::remove(std::string_view id, Answer answer) {
  Wish wanted{Kind::remove, {}, {}, std::move(answer)};
  wanted.entry.session_id = without_prefix(id);
  wish(std::move(wanted));
}

void Reports::read(std::string_view id, hal::Storage::Read done) {
  parts_.storage.read(path_of(without_prefix(id)), kReportMax, [done = std::move(done)](const hal::Result<std::string>& text) {
    const bool absent = !text.ok() && (text.error().kind == hal::ErrorKind::not_found || text.error().kind == hal::ErrorKind::invalid);
    if (absent) return done(refused("Report not found", hal::ErrorKind::not_found));
    done(text);
  }).detach();   // what is called owns all it touches
}

void Reports::wish(Wish wish) {
  if (closed_ || wishes_.size() >= kWishesMax)
    return parts_.runtime.queue.post([answer = std::move(wish.answer)] { answer(refused("Too many changes of reports wait already", hal::ErrorKind::busy)); });
  wishes_.push_back(std::move(wish));
  machine_.dispatch(fsm::ReportAsked{});
}

/// Why the wish cannot be, before anything of it is done.
std::optional<hal::Error> Reports::refusal(const Wish& wish) const {
  if (wish.kind != Kind::save && find(wish.entry.session_id) == nullptr) return refused("Report not found", hal::ErrorKind::not_found);
  const bool full = entries_.size() >= parts_.settings.reports_max && !parts_.settings.reports_make_room;
  if (wish.kind == Kind::save && full && find(wish.entry.session_id) == nullptr)
    return refused("there are too many reports; delete some first", hal::ErrorKind::too_large);
  return std::nullopt;
}

hal::Storage::Done Reports::step() {
  return [this](const hal::Result<void>& done) {
    if (done.ok()) return machine_.dispatch(fsm::StepDone{});
    error_ = done.error().text();
    machine_.dispatch(fsm::StepFailed{});
  };
}

/// A line that may be torn hides those behind it: then, and where there is too much in it, all is written anew.
void Reports::append(std::string line) {
  if (untidy_) {
    doing_ = parts_.storage.replace(kIndex, index_text() + line, [this, done = step()](const hal::Result<void>& written) {
      untidy_ = !written.ok();
      done(written);
    });
    return;
  }
  doing_ = parts_.storage.append(kIndex, std::move(line), [this, done = step()](const hal::Result<void>& written) {
    untidy_ = !written.ok();
    done(written);
  });
}

void Reports::announce() {
  auto& wish = wishes_.front();
  if (const auto why = refusal(wish)) {
    error_.clear();
    answer_first(*why);
    wishes_.front().answer = nullptr;
    return machine_.dispatch(fsm::StepFailed{});
  }
  // What goes needs no word: whether a file is there is seen. So a report can be deleted where the disk is full.
  if (wish.kind == Kind::remove) {
    wish.entry = *find(wish.entry.session_id);
    return machine_.dispatch(fsm::StepDone{});
  }
  if (wish.kind == Kind::rename) {
    auto entry = *find(wish.entry.session_id);
    entry.title = wish.entry.title;
    wish.entry = std::move(entry);
  }
  append(change_line(wish.entry.session_id));
}

void Reports::change_report() {
  auto& wish = wishes_.front();
  const auto path = path_of(wish.entry.session_id);
  switch (wish.kind) {
    case Kind::save: doing_ = parts_.storage.replace(path, std::move(wish.report), step()); return;
    case Kind::remove:
      doing_ = parts_.storage.remove(path, [done = step()](const hal::Result<void>& removed) {
        done(!removed.ok() && removed.error().kind == hal::ErrorKind::not_found ? hal::Result<void>{} : removed);
      });
      return;
    case Kind::rename:
      doing_ = parts_.storage.read(path, kReportMax, [this, path](const hal::Result<std::string>& text) {
        auto renamed = text.ok() ? with_title(text.value(), wishes_.front().entry.title) : std::nullopt;
        if (!renamed) return step()(text.ok() ? refused("the file is no report of ours") : text.error());
        doing_ = parts_.storage.replace(path, std::move(*renamed), step());
      });
  }
}

void Reports::note_change() {
  const auto& wish = wishes_.front();
  if (wish.kind == Kind::remove) drop(wish.entry.session_id);
  else put(wish.entry);
  append(wish.kind == Kind::remove ? gone_line(wish.entry.session_id) : entry_line(wish.entry));
}

void Reports::report_changed() {
  const auto kind = wishes_.front().kind;
  const auto entry = wishes_.front().entry;
  answer_first({});
  wishes_.pop_front();
  if (kind == Kind::rename && on_renamed) on_renamed(entry);
  if (kind == Kind::remove && on_deleted) on_deleted(entry);
  if (kind == Kind::save) make_room();
}

/// The oldest go, one by one, where that is set.
void Reports::make_room() {
  if (!parts_.settings.reports_make_room || entries_.size() <= parts_.settings.reports_max) return;
  remove(std::prev(entries_.end())->second.session_id, [this](const hal::Result<void>& removed) {
    if (removed.ok()) make_room();
  });
}

void Reports::report_refused() {
  answer_first(hal::Error{hal::ErrorKind::io, error_});
  wishes_.pop_front();
}

void Reports::refuse_all() {
  for (auto& wish : std::exchange(wishes_, {})) wish.answer(refused("The device's storage cannot be read", hal::ErrorKind::io));
}

void Reports::answer_first(const hal::Result<void>& result) {
  if (auto answer = std::exchange(wishes_.front().answer, nullptr)) answer(result);
}

}  // namespace nightjar::app
