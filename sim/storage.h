#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "hal/storage.h"
#include "sim/chance.h"
#include "sim/loop.h"

namespace nightjar::sim {

/// A device's disk. It outlives the device's power: power_cut() loses what was still waiting and tears what was being written.
///
/// Operations run one after another, each for as long as latency says; the bytes are on the disk when it is answered. At most
/// kWaitingMax wait; what comes after that is answered `busy`.
class Storage final : public hal::Storage {
 public:
  Storage(VirtualLoop& loop, Chance chance) : loop_(loop), chance_(chance) {}

  hal::Operation replace(std::string_view path, std::string bytes, Done done) override;
  hal::Operation append(std::string_view path, std::string bytes, Done done) override;
  hal::Operation read(std::string_view path, std::size_t size_max, Read done) override;
  hal::Operation remove(std::string_view path, Done done) override;
  hal::Operation list(std::string_view folder, std::function<void(hal::Result<std::vector<Entry>>)> done) override;
  hal::Operation space(std::function<void(hal::Result<Space>)> done) override;

  // ---- the world's side

  /// Nothing waiting is done or answered. The write that had begun is torn by chance: a replace leaves the old file or the new,
  /// an append a part of its bytes (none and all included), a remove the file or not.
  void power_cut();
  /// A card that answers before it has written: of what it answered within the last `keeps`, a power cut loses the newest, by chance
  /// how many (at most kUnsureMax). 0: it is honest again from the next write on.
  void lie(hal::Duration keeps) { keeps_ = keeps; }
  /// A card that writes in `write` and reads in `read`.
  void set_latency(hal::Duration read, hal::Duration write) {
    read_latency_ = read;
    write_latency_ = write;
  }
  /// Every write fails so until called with nothing; reads too for `io`.
  void fail_with(std::optional<hal::ErrorKind> kind) { failing_ = kind; }
  /// `no_space` beyond so many bytes in all files together.
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }

  /// The disk's bytes, taken out and put into another machine.
  std::optional<std::string> peek(const std::string& path) const;
  void put(const std::string& path, std::string bytes) { files_[path] = std::move(bytes); }
  /// Flips one bit of the file at chance; false when it has none.
  bool rot(const std::string& path);
  const std::map<std::string, std::string>& files() const { return files_; }

  /// Writes (replace, append, remove) that have begun, and those that have ended. Begun > ended: one is in the air, now is the time to cut.
  std::uint64_t writes_begun() const { return writes_begun_; }
  std::uint64_t writes_ended() const { return writes_ended_; }

  static constexpr hal::Duration kRead = std::chrono::microseconds{300};   // an SD card's read of a small file
  static constexpr hal::Duration kWrite = std::chrono::milliseconds{8};    // and its write with fsync
  static constexpr std::size_t kWaitingMax = 4096;
  static constexpr std::size_t kUnsureMax = 1024;

 private:
  enum class Kind : unsigned char { read, replace, append, remove };
  struct Job {
    std::uint64_t id = 0;
    Kind kind = Kind::read;
    std::string path;
    std::string bytes;
    std::optional<hal::Error> refused{};
    std::function<void(std::optional<hal::Error>)> finish;   // does a read's work; tells a write's end
  };

  /// A write that was answered and may not be on the card.
  struct Unsure {
    hal::Instant at;
    std::string path;
    std::optional<std::size_t> size_before;   // of a file that was appended to
    std::optional<std::string> before;        // of one that was replaced or removed
  };

  template <class T, class Work>
  hal::Operation ask(Job job, std::function<void(T)> done, Work work);
  hal::Operation ask_write(Kind kind, std::string_view path, std::string bytes, Done done);
  void begin();
  void end();
  std::optional<hal::Error> refusal(const Job& job) const;
  void apply(const Job& job, std::size_t appended);
  void keep_unsure(const Job& job);
  void lose_unsure();
  std::uint64_t used() const;

  VirtualLoop& loop_;
  Chance chance_;
  std::map<std::string, std::string> files_;
  std::deque<Job> jobs_;   // the front has begun
  std::uint64_t last_id_ = 0;
  hal::Duration read_latency_ = kRead;
  hal::Duration write_latency_ = kWrite;
  std::optional<hal::ErrorKind> failing_;
  hal::Duration keeps_{0};
  std::deque<Unsure> unsure_;
  std::uint64_t capacity_ = std::uint64_t{8} << 30;
  std::uint64_t writes_begun_ = 0;
  std::uint64_t writes_ended_ = 0;
};

}   // namespace nightjar::sim
