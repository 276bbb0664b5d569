#pragma once
// The intervalometer's owner: keeps the session, its journal and its report, and orders the shots.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/hosted.h"
#include "app/journal_file.h"
#include "app/reports.h"
#include "app/session.h"
#include "app/settings.h"
#include "fsm/intervalometer.h"
#include "hal/random.h"
#include "hal/storage.h"

namespace nightjar::app {

class Timelapse final : private fsm::IntervalometerPort {
 public:
  struct Parts {
    Runtime& runtime;
    hal::Storage& storage;
    Reports& reports;
    hal::WallClock& wall_clock;
    hal::Random& random;
    const Settings& settings;
  };
  explicit Timelapse(const Parts& parts);

  /// Looks for a session that a power cut or a stop of the program left; done when it is known.
  void recover(std::function<void()> done);

  using Answer = std::function<void(hal::Result<void>)>;
  /// Each is answered once, when it is done or refused. Errors carry the sentence for the client in their detail.
  void start(fsm::SessionRequest request, std::optional<std::chrono::minutes> stop_at, Answer answer);
  void stop(Answer answer);
  /// `why` is told to clients and is in the report.
  void pause(std::string why, Answer answer);
  void go_on(Answer answer);
  void change_plan(PlanChange change, Answer answer);
  void save(const std::string& session_id, std::optional<std::string> title, Answer answer);
  void discard(const std::string& session_id, Answer answer);
  /// The camera's answer to a shot ordered by on_shot_due.
  void shot_done(std::uint32_t slot, const hal::Result<hal::Shot>& shot);
  /// Somebody has told what time it is, and the clock is right: a session that waits for that goes on.
  void clock_known();
  /// It was set: a power cut before the next shot must not find the old time. Whoever sets it all the time does not fill the disk with it.
  void clock_was_set();

  /// The session that runs or waits to be saved; nothing else.
  const std::optional<Session>& session() const { return session_; }
  /// The one that waits for a decision; null when none does.
  const Session* unsaved_session() const { return unsaved() ? &*session_ : nullptr; }
  /// What of it is on the disk, and so may be told.
  const Tally& told() const { return told_; }
  bool running() const;          // or paused, or stopping
  bool paused() const;
  bool stopping() const;
  bool unsaved() const;
  /// It will go on when it is known what time it is.
  bool suspended() const;
  /// Something is on its way to the disk.
  bool writing_report() const;
  bool storing() const { return journal_.busy() || writing_report(); }
  std::optional<hal::Instant> next_shot() const;
  const Hosted<fsm::Intervalometer>& machine() const { return machine_; }

  // What happened; the wiring decides who hears. Each comes after what it tells is durable.
  std::function<bool()> is_camera_ready;                                                // asked, not told
  std::function<hal::CameraInfo()> camera_info;                                         // asked when a report is written
  std::function<void(std::uint32_t slot, hal::Instant retry_until)> on_shot_due;        // at once: the schedule
  std::function<void(const Session&)> on_unsaved_found;
  std::function<void(const Session&)> on_started;
  std::function<void(const Session&, const ShotRecord&, const std::string& error)> on_shot;
  std::function<void(const Session&)> on_completed;
  std::function<void(const Session&)> on_stopped;
  std::function<void(const Session&, const SessionChange&)> on_course_changed;   // paused, went on, another plan, shifted
  std::function<void(const Session&, const std::string& report_id)> on_saved;
  std::function<void(const std::string& session_id)> on_discarded;
  std::function<void()> on_changed;

 private:
  void create_session(const fsm::SessionRequest& request) override;
  void ask_camera() override;
  void begin_session(const fsm::SessionRequest& request, const fsm::Grid& grid) override;
  void drop_session() override;
  void take_shot(std::uint32_t slot, sml::Time due) override;
  void note_paused(const fsm::Pause& pause) override;
  void note_went_on(const fsm::SessionRequest& request, const fsm::Grid& grid) override;
  void note_replanned(const fsm::SessionRequest& request, const fsm::Grid& grid) override;
  void note_shifted(const fsm::SessionRequest& request, const fsm::Grid& grid) override;
  void note_missed(std::uint32_t slots) override;
  void note_saved() override;
  void note_failed() override;
  void end_completed() override;
  void end_stopped() override;
  void store_report() override;
  void remove_session() override;
  void report_saved() override;
  void report_discarded() override;
  void report_store_failed() override;
  void report_no_camera() override;
  void report_unsaved() override;
  void report_running() override;
  void report_no_session() override;
  void report_not_running() override;
  void report_not_paused() override;
  void report_nothing_unsaved() override;
  void report_called_off() override;
  void look_at_clock() override;

  void not_read(const hal::Error& error, const std::function<void()>& done);
  void put_aside(const std::string& journal, std::function<void()> done);
  void look_for_report(const Session& session, std::function<void()> done);
  void recovered(Session session);
  void place();
  void heed_clock();
  hal::Duration clock_base() const { return parts_.wall_clock.now().time_since_epoch() - parts_.runtime.now(); }
  void note(ShotRecord record, std::string error);
  static constexpr auto kClockStep = std::chrono::seconds{1};   // past it the clock was set; crystals and time servers move it by less

  void note(SessionChange change);
  void note_grid(SessionChange::What what, const fsm::SessionRequest& request, const fsm::Grid& grid);
  std::int64_t since_start(sml::Time time) const;
  void end(std::string reason);
  /// Appends a line to the journal, then tells.
  void keep(std::string line, std::function<void()> tell);
  void stored(const hal::Result<void>& result);
  void ask(Answer answer, std::function<void()> event);
  static void settle(Answer& answer, const hal::Result<void>& result);
  void settle_stops();
  std::string new_id();
  hal::Duration time_until(std::chrono::minutes local_time) const;
  void changed();

  Parts parts_;
  Tally told_;
  std::optional<Session> session_;
  hal::Instant heeded_{};
  hal::Duration clock_base_{};                    // the wall clock over the monotonic one, as the session's times mean it
  hal::Instant began_{};                          // on this run's clock; before a power cut it may be long past
  std::uint32_t slot_ = 0;                        // the one being shot
  hal::Instant due_{};                            // when it was due
  std::optional<hal::Result<hal::Shot>> shot_;    // what came of it
  std::string store_error_;
  Answer asked_;                                  // who sent the event that is being processed
  Answer starting_;                               // who waits for a session to start: for the camera's check, for a decision
  Answer storing_;                                // who waits for a report or a discard
  std::vector<Answer> stops_;                     // who waits for the photo in flight to finish
  hal::Operation reading_;
  hal::Operation reading_again_;
  bool unread_ = false;                           // the disk has not said yet whether there is a session
  JournalFile journal_;
  Hosted<fsm::Intervalometer> machine_;
};

}  // namespace nightjar::app
