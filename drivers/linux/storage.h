#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "drivers/linux/loop.h"
#include "hal/storage.h"

namespace nightjar::os {

/// Files below one folder, each operation on a worker thread, one after the other. Loop thread only; one at a time on a folder.
///
/// replace: a new file beside the old ("name~"), fsync, rename over it, fsync of the folder. append: O_APPEND, fdatasync, and fsync of
/// the folder when the file is new; bytes that got in before a failure are cut off again. A folder that is made is made durable too.
///
/// At most 4096 operations and 64 MiB to write wait at a time; past either, the answer is `busy`. A listing ends with `too_large` at 10000
/// files.
class PosixStorage final : public hal::Storage {
 public:
  /// Makes the folder if it is missing and removes what a power cut left of unfinished replacements. Blocks; for the start.
  static hal::Result<std::unique_ptr<PosixStorage>> open(AsioLoop& loop, const std::string& root);
  /// Waits until everything asked and not dropped is done.
  ~PosixStorage() override;

  hal::Operation replace(std::string_view path, std::string bytes, Done done) override;
  hal::Operation append(std::string_view path, std::string bytes, Done done) override;
  hal::Operation read(std::string_view path, std::size_t size_max, Read done) override;
  hal::Operation remove(std::string_view path, Done done) override;
  hal::Operation list(std::string_view folder, std::function<void(hal::Result<std::vector<Entry>>)> done) override;
  hal::Operation space(std::function<void(hal::Result<Space>)> done) override;

 private:
  struct State;
  explicit PosixStorage(std::unique_ptr<State> state);
  template <class Answer, class Work>
  hal::Operation ask(std::size_t size, std::function<void(hal::Result<Answer>)> done, Work work);

  std::unique_ptr<State> state_;
};

}   // namespace nightjar::os
