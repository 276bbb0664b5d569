#include "sim/watch_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "app/session.h"
#include "fsm/sml/print.h"

namespace nightjar::sim {
namespace {

using nlohmann::json;

constexpr auto kJournal = "sessions/current.journal";
constexpr auto kReports = "reports/";
constexpr std::size_t kGoneMax = 1000;

constexpr auto kOnGrid = "no shot is off its grid";
constexpr auto kOnce = "a client never gets photo_taken twice for a shot";
constexpr auto kAccounted = "every due shot is saved, failed or counted as missed, exactly once, and the report says so";
constexpr auto kTold = "what a client was told of a shot is in the report";
constexpr auto kEnded = "a session that a client was told the end of has ended so";
constexpr auto kSurvives = "a report acknowledged to a client survives any power cut";
constexpr auto kVanished = "a session that a client was told of never vanishes";

std::size_t hash_of(std::string_view text) {   // FNV-1a: the same everywhere
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return static_cast<std::size_t>(hash);
}

std::uint32_t number_member(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  std::uint32_t out = 0;
  if (at != std::string_view::npos) std::from_chars(text.data() + at + key.size(), text.data() + text.size(), out);
  return out;
}

const std::string* file(const Storage& storage, const std::string& path) {
  const auto found = storage.files().find(path);
  return found == storage.files().end() ? nullptr : &found->second;
}

}   // namespace

// ---- what the machines do ---------------------------------------------------------------------------------------------

void WatchSession::stepped(const sml::Step& step) {
  if (step.machine->name != "intervalometer" || step.verdict != sml::Verdict::taken) return;
  const auto from = step.from_name(), to = step.to_name(), event = step.event_name();
  if (from == "validating" && to == "waiting") begin(step);
  if (from == "idle" && (event == "Recovered" || event == "Resumed" || event == "Suspended")) {
    if (!run_) run_.emplace();
    run_->interrupted = true;
    run_->origin.reset();
    run_->ended = to == "unsaved";
    if (to == "waiting" && run_->kept && told_ends_.contains(run_->id)) findings_.broken(kEnded, "after a power cut it runs again: " + run_->id);
  }
  if (!run_) return;
  if (to == "shooting") shot_due(step);
  if (from == "shooting" || from == "stopping") {
    if (event == "ShotSaved") ++run_->saved;
    else if (event != "Stop") ++run_->failed;
  }
  if (event == "Stop" && (from == "waiting" || from == "shooting")) run_->stopped = step.time;
  if (to == "unsaved") {
    learn();
    run_->ended = true;
  }
  if (to == "saving" || to == "discarding") run_->leaving = true;
  if (to == "unsaved") run_->leaving = false;
  if (event == "Stored") store(step);
}

void WatchSession::begin(const sml::Step& step) {
  settle_left();
  run_.emplace();
  run_->origin = step.time;
  ++counts_.sessions;
}

/// Its id and its wish, from the disk: the machines' steps do not tell them. A line that has rotted by then tells nothing.
void WatchSession::learn() {
  if (run_->interval.count() != 0) return;
  const auto* journal = file(device_.host().storage(), kJournal);
  if (journal == nullptr) return;
  const auto session = app::journal::read(std::string_view{*journal}.substr(0, journal->find('\n') + 1));
  if (!session) return;
  run_->id = session->id;
  run_->interval = session->request.interval;
  run_->shots = session->request.shots;
}

void WatchSession::shot_due(const sml::Step& step) {
  if (!run_->origin) {
    run_->origin = step.time;   // after a power cut the wall clock says where the grid was, and it may have been wrong
    run_->last_slot.reset();
  }
  const auto since = step.time - *run_->origin;
  if (since.count() != 0) learn();   // at its very start a session's journal is still on its way to the disk
  if (run_->interval.count() == 0) return;
  const auto slot = since / run_->interval;
  if (since % run_->interval != hal::Duration{0} || (run_->last_slot && slot <= *run_->last_slot))
    findings_.broken(kOnGrid, fmt::format("a shot was ordered {} after the first, the interval is {}", sml::to_string(since), sml::to_string(run_->interval)));
  run_->last_slot = slot;
}

void WatchSession::store(const sml::Step& step) {
  if (!find_report() && step.from_name() == "saving") findings_.broken(kSurvives, "the session was saved, and no new report is on the disk");
  forget_session();
}

/// Reads what is new below reports/; false when nothing is.
bool WatchSession::find_report() {
  const auto& files = device_.host().storage().files();
  bool found = false;
  for (auto at = files.lower_bound(kReports); at != files.end() && at->first.starts_with(kReports); ++at) {
    if (reports_.contains(at->first)) continue;
    found = true;
    check_report(at->first, at->second);
  }
  return found;
}

/// When the power went between the last write of a save or discard and its word, the session is gone without one.
void WatchSession::settle_left() {
  if (!run_ || !run_->leaving || !run_->interrupted) return;
  if (find_report() || file(device_.host().storage(), kJournal) == nullptr) forget_session();
}

void WatchSession::forget_session() {
  if (run_->id.empty()) {
    gone_.insert(told_sessions_.begin(), told_sessions_.end());
    told_sessions_.clear();
  } else {
    gone_.insert(run_->id);
    told_sessions_.erase(run_->id);
    told_shots_.erase(run_->id);
    told_ends_.erase(run_->id);
  }
  if (gone_.size() > kGoneMax) gone_.erase(gone_.begin());
  run_.reset();
}

// ---- what clients are told --------------------------------------------------------------------------------------------

void WatchSession::heard(const std::string& phone, const MessageName& name, std::string_view text) {
  if (name.event == "photo_taken") {
    const auto number = number_member(text, R"("shotNumber":)");
    if (number == 0) return;   // a single photo
    const std::string id{text_member(text, R"("sessionId":")")};
    auto& last = last_told_[{phone, id}];
    if (number <= last) findings_.broken(kOnce, fmt::format("{} heard of shot {} after shot {} of the same session", phone, number, last));
    last = number;
    if (gone_.contains(id)) return;
    auto& shots = told_shots_[id];
    if (shots.size() < number) shots.resize(number, Told::nothing);
    const auto told = text.find(R"("success":true)") != std::string_view::npos ? Told::saved : Told::failed;
    auto& before = shots[number - 1];
    if (before != Told::nothing && before != told) findings_.broken(kTold, fmt::format("shot {} was told as saved to one client and as failed to another", number));
    before = told;
  } else if (name.type == "timelapse_event" && name.event != "reportSaved" && name.event != "sessionDiscarded") {
    const std::string id{text_member(text, R"("sessionId":")")};
    if (gone_.contains(id)) return;
    told_sessions_.insert(id);
    if (name.event == "sessionCompleted" || name.event == "sessionStopped") told_ends_[id] = name.event;
    if (run_ && run_->id.empty() && name.event == "sessionStarted") run_->id = id;
  }
}

void WatchSession::not_kept() {
  if (run_) run_->kept = false;
  if (!device_.running()) told_sessions_.clear();
}

// ---- what is on the disk ----------------------------------------------------------------------------------------------

void WatchSession::check_report(const std::string& path, const std::string& text) {
  ++counts_.reports;
  reports_[path] = hash_of(text);
  const auto report = json::parse(text, nullptr, false);
  if (report.is_discarded()) return findings_.broken(kSurvives, path + " is no JSON");
  check_shots(report);
  check_told(report.value("sessionId", ""), report);
  check_end(report.value("sessionId", ""), report.value("status", ""));
}

void WatchSession::check_end(const std::string& id, const std::string& status) {
  const auto told = told_ends_.find(id);
  if (told == told_ends_.end() || !run_->kept) return;
  const auto* wanted = told->second == "sessionCompleted" ? "completed" : "stopped";
  if (status != wanted) findings_.broken(kEnded, fmt::format("a client heard {}, the report says {}", told->second, status));
}

void WatchSession::check_shots(const json& report) {
  std::uint32_t number = 0, saved = 0, failed = 0, missed = 0;
  for (const auto& shot : report.at("shots")) {
    const auto& outcome = shot.at("outcome").get_ref<const std::string&>();
    ++(outcome == "saved" ? saved : outcome == "failed" ? failed : missed);
    if (shot.at("shotNumber") != ++number && run_->kept)
      return findings_.broken(kAccounted, fmt::format("where shot {} should be, the report has shot {}", number, shot.at("shotNumber").dump()));
  }
  const auto& results = report.at("results");
  if (results.at("imagesSuccessful") != saved || results.at("imagesFailed") != failed || results.at("imagesMissed") != missed)
    return findings_.broken(kAccounted, fmt::format("the report's totals are {}, its shots are {} saved, {} failed, {} missed", results.dump().substr(0, 200), saved, failed, missed));
  counts_.saved += saved;
  counts_.failed += failed;
  counts_.missed += missed;
  if (run_->interrupted || !run_->kept) return;
  if (saved != run_->saved || failed != run_->failed)
    return findings_.broken(kAccounted, fmt::format("the report has {} saved and {} failed, it were {} and {}", saved, failed, run_->saved, run_->failed));
  check_length(report, saved + failed + missed);
}

/// As many slots as were due.
void WatchSession::check_length(const json& report, std::uint32_t slots) {
  if (run_->interval.count() == 0) return;
  if (!run_->stopped) {
    if (run_->shots != 0 && slots != run_->shots) findings_.broken(kAccounted, fmt::format("{} shots were wanted, the report has {}", run_->shots, slots));
    return;
  }
  const auto since = *run_->stopped - *run_->origin;
  auto due = static_cast<std::uint32_t>(since / run_->interval) + 1;
  if (run_->shots != 0) due = std::min(due, run_->shots);
  const bool at_the_moment = since % run_->interval == hal::Duration{0};   // stopped in the instant of a slot: either order is right
  if (slots == due || (at_the_moment && slots + 1 == due)) return;
  findings_.broken(kAccounted, fmt::format("stopped {} after its start, at an interval of {}: {} shots were due, the report has {} ({})", sml::to_string(since),
                                           sml::to_string(run_->interval), due, slots, report.value("title", "")));
}

void WatchSession::check_told(const std::string& id, const json& report) {
  const auto told = told_shots_.find(id);
  if (told == told_shots_.end() || (run_->interrupted && !run_->kept)) return;
  const auto& shots = report.at("shots");
  for (std::size_t i = 0; i < told->second.size(); ++i) {
    if (told->second[i] == Told::nothing) continue;
    const auto* wanted = told->second[i] == Told::saved ? "saved" : "failed";
    if (i >= shots.size() || shots[i].at("outcome") != wanted)
      return findings_.broken(kTold, fmt::format("a client was told that shot {} was {}, the report says {}", i + 1, wanted, i < shots.size() ? shots[i].dump() : "nothing"));
  }
}

void WatchSession::powered_off() {
  check_kept_reports();
  if (!run_) return;
  learn();
  if (!run_->kept) told_sessions_.clear();   // it is lost, and the device has said so
  run_->interrupted = true;
}

void WatchSession::look(bool ready) {
  if (ready) settle_left();
  if (!ready || told_sessions_.empty()) return;
  if (!run_) return findings_.broken(kVanished, *told_sessions_.begin() + " is neither running, nor waiting, nor a report, and nobody discarded it");
  if (!run_->kept) return;
  const auto* journal = file(device_.host().storage(), kJournal);
  for (const auto& id : told_sessions_)
    if (journal == nullptr || journal->find(id) > 200) findings_.broken(kVanished, id + " is not in the journal");
}

void WatchSession::check_kept_reports() const {
  for (const auto& [path, hash] : reports_) {
    const auto* text = file(device_.host().storage(), path);
    if (text == nullptr || hash_of(*text) != hash) findings_.broken(kSurvives, path + (text == nullptr ? " is gone" : " has changed"));
  }
}

}   // namespace nightjar::sim
