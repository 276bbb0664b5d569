#pragma once
// The running session's journal on the disk.
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/hosted.h"
#include "hal/storage.h"

namespace nightjar::app {

/// Lines go to the disk in the order they come, those that wait together in one write. One that the disk does not take stops nobody: the
/// log says so, it is owed, and ten seconds later the file is mended, that is cut to what is known to be whole, for nobody could read a
/// line behind one that is torn, and brought up to date. On the loop thread.
class JournalFile {
 public:
  static constexpr auto kPath = "sessions/current.journal";
  static constexpr std::size_t kMax = 64u << 20;       // bytes; 100 000 shots are about 12 MB
  static constexpr std::size_t kOwedMax = 4u << 20;    // bytes; past it what is left of the session is not kept
  static constexpr auto kMendAfter = std::chrono::seconds{10};

  using Done = std::function<void(const hal::Result<void>&)>;

  JournalFile(Runtime& runtime, hal::Storage& storage) : runtime_(runtime), storage_(storage) {}

  /// A session's first line; what was there before goes. `done` when it is on the disk, or the disk has not taken it.
  void begin(std::string line, Done done) { add({Wish::What::begin, std::move(line), std::move(done)}); }
  void append(std::string line, Done done) { add({Wish::What::append, std::move(line), std::move(done)}); }
  /// After all that was asked before.
  void remove(Done done) { add({Wish::What::remove, {}, std::move(done)}); }
  /// An earlier run has left the file: its first `whole` bytes are lines, and with `torn` there are more, which go.
  void resume(std::size_t whole, bool torn);
  /// A line is on its way to the disk.
  bool busy() const { return busy_; }

 private:
  struct Wish {
    enum class What : unsigned char { begin, append, remove } what;
    std::string line;
    Done done;
  };

  void add(Wish wish);
  void next();
  void forget();
  void mend();
  void replace(std::string bytes);
  void written(std::size_t whole);
  void owe(std::string lines);
  void failed(const hal::Error& error);
  void finish(const hal::Result<void>& result);

  Runtime& runtime_;
  hal::Storage& storage_;
  std::deque<Wish> waiting_;
  std::vector<Done> under_way_;
  bool busy_ = false;            // one write at a time
  hal::Operation writing_;
  hal::Operation mending_;       // the time until then
  std::size_t whole_ = 0;        // bytes of the file that are known to be lines
  bool torn_ = false;            // what follows them is not known
  bool given_up_ = false;        // so much was owed that there is a hole
  std::string owed_;
};

}  // namespace nightjar::app
