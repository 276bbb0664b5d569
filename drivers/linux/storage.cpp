#include "drivers/linux/storage.h"

#include <atomic>
#include <optional>
#include <type_traits>
#include <utility>

#include "drivers/linux/loop_worker.h"
#include "drivers/linux/storage_files.h"

namespace nightjar::os {
namespace {

constexpr std::size_t kOperationsMax = 4096;
constexpr std::size_t kBytesMax = 64u << 20;

/// What waits to be done, counted on the loop thread.
struct Waiting {
  std::size_t operations = 0;
  std::size_t bytes = 0;
};

template <class Answer>
struct Job {
  std::atomic<bool> wanted = true;
  std::optional<hal::Result<Answer>> answer;
};

hal::Error not_a_path(const std::string& path) { return {hal::ErrorKind::invalid, path + ": not a storage path"}; }

}   // namespace

struct PosixStorage::State {
  State(AsioLoop& owner, StorageFiles opened) : loop(owner), files(std::move(opened)), worker(owner, "storage") {}

  AsioLoop& loop;
  StorageFiles files;   // the worker's
  std::shared_ptr<Waiting> waiting = std::make_shared<Waiting>();
  Worker worker;
};

hal::Result<std::unique_ptr<PosixStorage>> PosixStorage::open(AsioLoop& loop, const std::string& root) {
  auto files = StorageFiles::open(root);
  if (!files.ok()) return files.error();
  files.value().settle();
  return std::unique_ptr<PosixStorage>{new PosixStorage{std::make_unique<State>(loop, std::move(files).value())}};
}

PosixStorage::PosixStorage(std::unique_ptr<State> state) : state_(std::move(state)) {}
PosixStorage::~PosixStorage() = default;

/// `work` is called on the worker thread unless the operation was dropped by then.
template <class Answer, class Work>
hal::Operation PosixStorage::ask(std::size_t size, std::function<void(hal::Result<Answer>)> done, Work work) {
  const hal::Completion<hal::Result<Answer>> completion{std::move(done)};
  const auto waiting = state_->waiting;
  if (waiting->operations >= kOperationsMax || (waiting->operations > 0 && waiting->bytes + size > kBytesMax)) {
    state_->loop.post([completion] { completion(hal::Error{hal::ErrorKind::busy, "storage: too much to do already"}); });
    return completion.operation();
  }
  ++waiting->operations;
  waiting->bytes += size;
  const auto job = std::make_shared<Job<Answer>>();
  completion.on_dropped([job] { job->wanted = false; });
  state_->worker.run(
      [job, work = std::move(work)] {
        if (job->wanted) job->answer = work();
      },
      [job, completion, waiting, size] {
        --waiting->operations;
        waiting->bytes -= size;
        if (job->answer) completion(std::move(*job->answer));
      });
  return completion.operation();
}

hal::Operation PosixStorage::replace(std::string_view path, std::string bytes, Done done) {
  const auto size = bytes.size();
  return ask<void>(size, std::move(done),
                   [&files = state_->files, path = std::string{path}, bytes = std::move(bytes)]() -> hal::Result<void> {
                     if (!hal::is_storage_path(path)) return not_a_path(path);
                     return files.replace(path, bytes);
                   });
}

hal::Operation PosixStorage::append(std::string_view path, std::string bytes, Done done) {
  const auto size = bytes.size();
  return ask<void>(size, std::move(done),
                   [&files = state_->files, path = std::string{path}, bytes = std::move(bytes)]() -> hal::Result<void> {
                     if (!hal::is_storage_path(path)) return not_a_path(path);
                     return files.append(path, bytes);
                   });
}

hal::Operation PosixStorage::read(std::string_view path, std::size_t size_max, Read done) {
  return ask<std::string>(0, std::move(done), [&files = state_->files, path = std::string{path}, size_max]() -> hal::Result<std::string> {
    if (!hal::is_storage_path(path)) return not_a_path(path);
    return files.read(path, size_max);
  });
}

hal::Operation PosixStorage::remove(std::string_view path, Done done) {
  return ask<void>(0, std::move(done), [&files = state_->files, path = std::string{path}]() -> hal::Result<void> {
    if (!hal::is_storage_path(path)) return not_a_path(path);
    return files.remove(path);
  });
}

hal::Operation PosixStorage::list(std::string_view folder, std::function<void(hal::Result<std::vector<Entry>>)> done) {
  return ask<std::vector<Entry>>(0, std::move(done),
                                 [&files = state_->files, folder = std::string{folder}]() -> hal::Result<std::vector<Entry>> {
                                   if (!hal::is_storage_path(folder)) return not_a_path(folder);
                                   return files.list(folder);
                                 });
}

hal::Operation PosixStorage::space(std::function<void(hal::Result<Space>)> done) {
  return ask<Space>(0, std::move(done), [&files = state_->files] { return files.space(); });
}

}   // namespace nightjar::os
