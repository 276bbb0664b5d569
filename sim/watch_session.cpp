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
constexpr auto kMended = "what the disk did not take is on it soon after it works again";
constexpr auto kVanished = "a session that a client was told of never vanishes";

bool is_plan(const app::SessionChange& change) { return change.what == app::SessionChange::What::replanned; }

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
  if (step.machine->name != "intervalometer" || (step.verdict != sml::Verdict::taken && step.verdict != sml::Verdict::internal)) return;
  const auto from = step.from_name(), to = step.to_name(), event = step.event_name();
  if (from == "validating" && to == "waiting") begin(step);
  if (from == "idle" && (event == "Recovered" || event == "Resumed" || event == "Suspended")) {
    if (!run_) run_.emplace();
    run_->interrupted = true;
    run_->course.reset();
    run_->halted = to == "paused";
    run_->blind = false;
    run_->ended = to == "unsaved";
    if (!run_->ended && run_->kept && told_ends_.contains(run_->id)) findings_.broken(kEnded, "after a power cut it runs again: " + run_->id);
  }
  if (!run_) return;
  follow(step);
  if (from != "unsaved" && to == "unsaved") {
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
  run_->course.emplace(step.time, 0);
  ++counts_.sessions;
}

/// What a step means for the session's course. Words out of place change nothing: they are answered with a sentence.
void WatchSession::follow(const sml::Step& step) {
  using What = SessionCourse::What;
  const auto from = step.from_name(), to = step.to_name(), event = step.event_name();
  const bool shooting = from == "shooting" || from == "stopping";
  if (from == "waiting" && to == "shooting") {
    if (!run_->course && !run_->blind) run_->course.emplace(step.time, 0);   // after a power cut the wall clock says where the grid was, and it may have been wrong
    follow(What::shot_ordered, step.time);
  }
  if (shooting && step.verdict == sml::Verdict::taken && event != "Stop") {
    ++(event == "ShotSaved" ? run_->saved : run_->failed);
    follow(What::shot_ended, step.time);
  }
  const bool running = from == "waiting" || from == "shooting";
  if (running && (event == "Stop" || (event == "Pause" && !run_->halted))) {
    run_->halted = true;
    follow(event == "Stop" ? What::stopped : What::paused, step.time);
  }
  if (event == "GoOn" && run_->halted && (from == "paused" || from == "shooting")) {
    run_->halted = false;
    follow(What::went_on, step.time);
  }
  if (event == "Replan" && (running || from == "paused")) follow(What::replanned, step.time);
}

void WatchSession::follow(SessionCourse::What what, sml::Time at) {
  if (!run_->course) {
    run_->blind |= what == SessionCourse::What::replanned;   // the journal may not have it yet when the first shot is due
    return;
  }
  run_->course->add(what, at);
  learn();
}

/// Its id and its plans, from the disk: the machines' steps do not tell them. A line that has rotted by then tells nothing.
void WatchSession::learn() {
  check_course();
  if (!run_->id.empty() && (!run_->course || run_->course->knows_all())) return;
  const auto* journal = file(device_.host().storage(), kJournal);
  if (journal == nullptr) return;
  const auto begin = app::journal::read(std::string_view{*journal}.substr(0, journal->find('\n') + 1));
  if (!begin) return;
  run_->id = begin->id;
  if (!run_->course) return;
  if (run_->course->plans_known() == 0 && !run_->interrupted) {
    run_->course->know(begin->request);
    check_course();
    if (run_->course->knows_all()) return;
  }
  if (const auto session = app::journal::read(*journal)) learn_plans(*session);
  check_course();
}

void WatchSession::learn_plans(const app::Session& session) {
  if (run_->interrupted && run_->course->plans_known() == 0 && session.request.late == fsm::Late::burst) {
    run_->blind = true;   // what it catches up with was due when only the wall clock knows
    return run_->course.reset();
  }
  auto& course = *run_->course;
  if (course.plans_known() == 0) {   // after a power cut: as it is now; nobody counts what was missed before
    auto plan = session.request;
    plan.shots = 0;
    course.know(plan);
    run_->plans_before = std::count_if(session.changes.begin(), session.changes.end(), is_plan);
  }
  auto known = run_->plans_before + static_cast<std::ptrdiff_t>(course.plans_known()) - 1;
  for (const auto& change : session.changes)
    if (is_plan(change) && known-- <= 0) course.know(*change.plan);
}

void WatchSession::check_course() {
  if (!run_->course) return;
  if (const auto wrong = run_->course->check()) findings_.broken(kOnGrid, *wrong);
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
    const bool lost = run_ && run_->id == id && !run_->kept;   // a power cut took what the disk had not, and it was said so
    if (number <= last && !lost) findings_.broken(kOnce, fmt::format("{} heard of shot {} after shot {} of the same session", phone, number, last));
    last = number;
    if (gone_.contains(id)) return;
    auto& shots = told_shots_[id];
    if (shots.size() < number) shots.resize(number, Told::nothing);
    const auto told = text.find(R"("success":true)") != std::string_view::npos ? Told::saved : Told::failed;
    auto& before = shots[number - 1];
    if (before != Told::nothing && before != told && !lost) findings_.broken(kTold, fmt::format("shot {} was told as saved to one client and as failed to another", number));
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

void WatchSession::kept_again() {
  if (run_ && !run_->holed) run_->kept = true;
}

void WatchSession::rotted() {
  not_kept();
  if (run_) run_->holed = true;
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
  check_length(saved + failed + missed);
}

/// As many slots as were due.
void WatchSession::check_length(std::uint32_t slots) {
  const auto& course = run_->course;
  if (!course || !course->knows_all() || slots == course->slots()) return;
  findings_.broken(kAccounted, fmt::format("{} slots were due (of {} wanted), the report has {}", course->slots(), course->wanted(), slots));
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
  run_->holed |= !run_->kept;
}

void WatchSession::look(bool ready, bool disk_works) {
  if (run_ && disk_works && !run_->kept && !run_->holed) findings_.broken(kMended, "the disk works again, and not all of the session is on it");
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
