#pragma once
// The reports on the disk and the index of them. A change (a report saved, renamed, deleted) is announced in the index, made, and noted
// there, one change at a time; so whenever the power goes, the index tells which report it cannot vouch for, and that one is read again.
#include <cstdint>

#include "fsm/sml/sml.h"

namespace nightjar::fsm {

using namespace std::chrono_literals;

struct OpenReports {};
struct IndexRead { std::uint32_t doubts = 0; };   // so many reports it cannot vouch for: a change was under way, or it is damaged
struct IndexUnread {};             // the card answers with errors
struct ReportAsked {};             // somebody wants to save, rename or delete one; the owner keeps the wishes in order
struct StepDone {};                // what was asked of the disk last
struct StepFailed {};
struct CloseReports {};            // the program ends

struct ReportPort {
  virtual ~ReportPort() = default;
  virtual void read_index() = 0;         // answered by IndexRead or IndexUnread
  virtual void check_report() = 0;       // reads the next one in doubt; answered by StepDone or StepFailed, as all below
  virtual void tidy_index() = 0;         // writes it anew, where that is needed
  virtual void announce() = 0;           // that the first wish is under way
  virtual void change_report() = 0;
  virtual void note_change() = 0;
  virtual void report_open() = 0;
  virtual void report_changed() = 0;     // answers the first wish
  virtual void report_refused() = 0;     // answers the first wish: it could not be
  virtual void refuse_all() = 0;         // every wish that waits: the disk cannot be read
};

constexpr auto kReadReportsAgain = 5s;   // a card that answers with errors may come to itself

struct Report {
  static constexpr auto name = "report";
  using Port = ReportPort;
  struct Context {
    std::uint32_t doubts = 0;
    std::uint32_t wishes = 0;
    bool operator==(const Context&) const = default;

    void count_doubts(const IndexRead& index) { doubts = index.doubts; }
    void settle_doubt() { --doubts; }
    void count_wish() { ++wishes; }
    void end_wish() { --wishes; }
    void end_wishes() { wishes = 0; }
    bool vouches_for_all(const IndexRead& index) const { return index.doubts == 0; }
    bool is_last_doubt() const { return doubts == 1; }
    bool has_wish() const { return wishes != 0; }
  };

  static constexpr auto count_doubts = sml::call<&Context::count_doubts>;
  static constexpr auto settle_doubt = sml::call<&Context::settle_doubt>;
  static constexpr auto count_wish = sml::call<&Context::count_wish>;
  static constexpr auto end_wish = sml::call<&Context::end_wish>;
  static constexpr auto end_wishes = sml::call<&Context::end_wishes>;
  static constexpr auto vouches_for_all = sml::call<&Context::vouches_for_all>;
  static constexpr auto is_last_doubt = sml::call<&Context::is_last_doubt>;
  static constexpr auto has_wish = sml::call<&Context::has_wish>;
  static constexpr auto read_index = sml::call<&ReportPort::read_index>;
  static constexpr auto check_report = sml::call<&ReportPort::check_report>;
  static constexpr auto tidy_index = sml::call<&ReportPort::tidy_index>;
  static constexpr auto announce = sml::call<&ReportPort::announce>;
  static constexpr auto change_report = sml::call<&ReportPort::change_report>;
  static constexpr auto note_change = sml::call<&ReportPort::note_change>;
  static constexpr auto report_open = sml::call<&ReportPort::report_open>;
  static constexpr auto report_changed = sml::call<&ReportPort::report_changed>;
  static constexpr auto report_refused = sml::call<&ReportPort::report_refused>;
  static constexpr auto refuse_all = sml::call<&ReportPort::refuse_all>;

  constexpr auto operator()() const {
    using namespace sml;
    // clang-format off
    return make_transition_table(
      *"closed"_s     + event<OpenReports>                   / read_index                     = "opening"_s,
       "opening"_s    + event<IndexRead> [ vouches_for_all ] / tidy_index                     = "tidying"_s,
       "opening"_s    + event<IndexRead>                     / (count_doubts, check_report)   = "checking"_s,
       "opening"_s    + event<IndexUnread>                   / (end_wishes, refuse_all)       = "unreadable"_s,
       "checking"_s   + event<StepDone> [ is_last_doubt ]    / tidy_index                     = "tidying"_s,
       "checking"_s   + event<StepDone>                      / (settle_doubt, check_report)   = "checking"_s,
       "checking"_s   + event<StepFailed>                    / (end_wishes, refuse_all)       = "unreadable"_s,
       "unreadable"_s + after(kReadReportsAgain)             / read_index                     = "opening"_s,
       "unreadable"_s + event<ReportAsked>                   / refuse_all,
       "tidying"_s    + event<StepDone>                      / report_open                    = "ready"_s,
       "tidying"_s    + event<StepFailed>                    / report_open                    = "ready"_s,      // next time
       "ready"_s      [ has_wish ]                           / announce                       = "announcing"_s,
       "announcing"_s + event<StepDone>                      / change_report                  = "changing"_s,
       "announcing"_s + event<StepFailed>                    / (end_wish, report_refused)     = "ready"_s,
       "changing"_s   + event<StepDone>                      / note_change                    = "noting"_s,
       "changing"_s   + event<StepFailed>                    / (end_wish, report_refused)     = "ready"_s,      // it stays in doubt
       "noting"_s     + event<StepDone>                      / (end_wish, report_changed)     = "ready"_s,
       "noting"_s     + event<StepFailed>                    / (end_wish, report_changed)     = "ready"_s,      // it stays in doubt
       "ready"_s      + event<CloseReports>                                                   = X,
       state<_>       + event<ReportAsked>                   / count_wish,
       state<_>       + ignore<CloseReports>                                                                     // what is being done is on the disk or in doubt
    );
    // clang-format on
  }
};

}  // namespace nightjar::fsm
