#include "app/journal_file.h"

#include <utility>

namespace nightjar::app {
namespace {

constexpr auto kJournalLog = "timelapse";

}  // namespace

void JournalFile::resume(std::size_t whole, bool torn) {
  whole_ = whole;
  torn_ = torn;
  next();
}

void JournalFile::add(Wish wish) {
  waiting_.push_back(std::move(wish));
  next();
}

void JournalFile::next() {
  const bool mends = torn_ && !mending_ && !given_up_;
  if (busy_ || (waiting_.empty() && !mends)) return;
  busy_ = true;
  const auto what = waiting_.empty() ? Wish::What::append : waiting_.front().what;
  std::string lines;
  while (!waiting_.empty() && (under_way_.empty() || (what != Wish::What::remove && waiting_.front().what == Wish::What::append))) {
    lines += waiting_.front().line;
    under_way_.push_back(std::move(waiting_.front().done));
    waiting_.pop_front();
  }

  if (what == Wish::What::remove) {
    writing_ = storage_.remove(kPath, [this](const hal::Result<void>& removed) {
      if (removed.ok() || removed.error().kind == hal::ErrorKind::not_found) forget();   // else the session is still there, with what is owed
      finish(removed);
    });
  } else if (what == Wish::What::begin) {
    forget();
    owed_ = lines;
    replace(std::move(lines));
  } else if (!torn_) {
    writing_ = storage_.append(kPath, lines, [this, lines](const hal::Result<void>& kept) {
      if (kept.ok()) return written(whole_ + lines.size());
      owe(lines);
      failed(kept.error());
    });
  } else {
    owe(std::move(lines));
    if (mends) mend();
    else writing_ = runtime_.loop.at(runtime_.loop.now(), [this] { finish(hal::Error{hal::ErrorKind::io, "the journal is to be mended first"}); });   // the queue may be full
  }
}

/// What was owed is of a session that is over.
void JournalFile::forget() {
  mending_.drop();
  owed_.clear();
  whole_ = 0;
  torn_ = given_up_ = false;
}

void JournalFile::owe(std::string lines) {
  if (given_up_) return;
  owed_ += lines;
  if (owed_.size() <= kOwedMax) return;
  given_up_ = true;   // with a line left out, none behind it would make sense
  owed_ = {};
  runtime_.log.write(hal::LogLevel::error, kJournalLog, "what follows of the session is not kept on disk: too much waits for it");
}

void JournalFile::mend() {
  if (whole_ == 0) return replace(owed_);
  writing_ = storage_.read(kPath, kMax, [this](const hal::Result<std::string>& text) {
    if (!text.ok()) return failed(text.error());
    if (text.value().size() < whole_) return failed({hal::ErrorKind::io, "the file has become shorter"});
    replace(text.value().substr(0, whole_) + owed_);
  });
}

void JournalFile::replace(std::string bytes) {
  const auto size = bytes.size();
  writing_ = storage_.replace(kPath, std::move(bytes), [this, size](const hal::Result<void>& kept) {
    if (!kept.ok()) return failed(kept.error());
    if (torn_) runtime_.log.write(hal::LogLevel::warning, kJournalLog, "the session is on disk again, whole");
    torn_ = false;
    owed_.clear();
    written(size);
  });
}

void JournalFile::written(std::size_t whole) {
  whole_ = whole;
  finish({});
}

void JournalFile::failed(const hal::Error& error) {
  if (!torn_) runtime_.log.write(hal::LogLevel::error, kJournalLog, "the session is not kept on disk until that can be mended", {{"error", error.text()}});
  torn_ = true;
  mending_ = runtime_.loop.at(runtime_.loop.now() + kMendAfter, [this] {
    mending_ = {};
    next();
  });
  finish(error);
}

void JournalFile::finish(const hal::Result<void>& result) {
  busy_ = false;
  for (const auto& done : std::exchange(under_way_, {})) done(result);
  next();
}

}  // namespace nightjar::app
