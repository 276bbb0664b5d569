#include "sim/storage.h"

#include <algorithm>

namespace nightjar::sim {

using hal::Error;
using hal::ErrorKind;
using hal::Result;

namespace {

Error bad_path(std::string_view path) { return {ErrorKind::invalid, "not a storage path: " + std::string{path.substr(0, 80)}}; }

}   // namespace

template <class T, class Work>
hal::Operation Storage::ask(Job job, std::function<void(T)> done, Work work) {
  const hal::Completion<T> answer{std::move(done)};
  if (!loop_.powered()) return answer.operation();
  if (jobs_.size() >= kWaitingMax) {
    loop_.post([answer] { answer(Error{ErrorKind::busy, "too many storage operations at once"}); });
    return answer.operation();
  }
  if (!job.path.empty() && !hal::is_storage_path(job.path)) {
    job.refused = bad_path(job.path);
    job.kind = Kind::read;   // answered in its turn, and never begun as a write
  }
  job.id = ++last_id_;
  job.finish = [answer, work = std::move(work)](std::optional<Error> error) {
    if (!answer.wanted()) return;
    if (error)
      answer(*std::move(error));
    else
      answer(work());
  };
  answer.on_dropped([this, id = job.id] {   // what has begun goes on; what waits is forgotten
    const auto waiting = std::find_if(jobs_.begin(), jobs_.end(), [id](const Job& at) { return at.id == id; });
    if (waiting != jobs_.end() && waiting != jobs_.begin()) jobs_.erase(waiting);
  });
  jobs_.push_back(std::move(job));
  if (jobs_.size() == 1) begin();
  return answer.operation();
}

hal::Operation Storage::ask_write(Kind kind, std::string_view path, std::string bytes, Done done) {
  if (path.empty()) path = "..";   // refused in its turn
  return ask<Result<void>>({0, kind, std::string{path}, std::move(bytes), {}, {}}, std::move(done), [] { return Result<void>{}; });
}

hal::Operation Storage::replace(std::string_view path, std::string bytes, Done done) {
  return ask_write(Kind::replace, path, std::move(bytes), std::move(done));
}

hal::Operation Storage::append(std::string_view path, std::string bytes, Done done) {
  return ask_write(Kind::append, path, std::move(bytes), std::move(done));
}

hal::Operation Storage::remove(std::string_view path, Done done) { return ask_write(Kind::remove, path, {}, std::move(done)); }

hal::Operation Storage::read(std::string_view path, std::size_t size_max, Read done) {
  const std::string name{path.empty() ? ".." : path};
  return ask<Result<std::string>>({0, Kind::read, name, {}, {}, {}}, std::move(done), [this, name, size_max]() -> Result<std::string> {
    const auto file = files_.find(name);
    if (file == files_.end()) return Error{ErrorKind::not_found, name};
    if (file->second.size() > size_max) return Error{ErrorKind::too_large, name};
    return file->second;
  });
}

hal::Operation Storage::list(std::string_view folder, std::function<void(Result<std::vector<Entry>>)> done) {
  const std::string prefix = std::string{folder} + "/";
  return ask<Result<std::vector<Entry>>>({0, Kind::read, std::string{folder.empty() ? ".." : folder}, {}, {}, {}}, std::move(done),
                                         [this, prefix]() -> Result<std::vector<Entry>> {
                                           std::vector<Entry> out;
                                           for (auto at = files_.lower_bound(prefix); at != files_.end() && at->first.starts_with(prefix);
                                                ++at) {
                                             auto name = at->first.substr(prefix.size());
                                             if (name.find('/') == std::string::npos) out.push_back({std::move(name), at->second.size()});
                                           }
                                           return out;
                                         });
}

hal::Operation Storage::space(std::function<void(Result<Space>)> done) {
  return ask<Result<Space>>({0, Kind::read, {}, {}, {}, {}}, std::move(done), [this]() -> Result<Space> {
    return Space{capacity_, capacity_ - std::min(capacity_, used())};
  });
}

void Storage::begin() {
  if (jobs_.empty()) return;
  const bool reads = jobs_.front().kind == Kind::read;
  if (!reads) ++writes_begun_;
  loop_.timeline().at(loop_.timeline().now() + (reads ? read_latency_ : write_latency_), loop_.owner(), [this] { end(); });
}

void Storage::end() {
  auto job = std::move(jobs_.front());
  auto error = refusal(job);
  if (!error) apply(job, job.bytes.size());
  if (job.kind != Kind::read) ++writes_ended_;
  jobs_.pop_front();
  begin();
  job.finish(std::move(error));
}

std::optional<Error> Storage::refusal(const Job& job) const {
  if (job.refused) return job.refused;
  if (job.kind == Kind::read) {
    if (failing_ == ErrorKind::io) return Error{ErrorKind::io, job.path};
    return std::nullopt;
  }
  if (failing_ && !(job.kind == Kind::remove && failing_ == ErrorKind::no_space)) return Error{*failing_, job.path};
  const auto file = files_.find(job.path);
  if (job.kind == Kind::remove) {
    if (file == files_.end()) return Error{ErrorKind::not_found, job.path};
    return std::nullopt;
  }
  if (const auto below = files_.lower_bound(job.path + "/"); below != files_.end() && below->first.starts_with(job.path + "/"))
    return Error{ErrorKind::io, job.path + " is a folder"};
  for (auto slash = job.path.find('/'); slash != std::string::npos; slash = job.path.find('/', slash + 1))
    if (files_.contains(job.path.substr(0, slash))) return Error{ErrorKind::io, job.path.substr(0, slash) + " is no folder"};
  if (used() + job.bytes.size() > capacity_) return Error{ErrorKind::no_space, job.path};   // the old file stays until the new one is whole
  return std::nullopt;
}

void Storage::apply(const Job& job, std::size_t appended) {
  if (job.kind != Kind::read) {
    keep_unsure(job);
    loop_.timeline().note(job.path);
    loop_.timeline().note(job.bytes);
  }
  switch (job.kind) {
    case Kind::read: break;
    case Kind::replace: files_[job.path] = job.bytes; break;
    case Kind::append: files_[job.path].append(job.bytes, 0, appended); break;
    case Kind::remove: files_.erase(job.path); break;
  }
}

void Storage::power_cut() {
  auto lost = std::move(jobs_);
  jobs_.clear();
  if (!lost.empty() && lost.front().kind != Kind::read) {
    const auto& torn = lost.front();
    if (!refusal(torn) && (torn.kind == Kind::append || chance_.hit(0.5))) apply(torn, chance_.below(torn.bytes.size() + 1));
    writes_ended_ = writes_begun_;
  }
  lose_unsure();
}

void Storage::keep_unsure(const Job& job) {
  if (keeps_ == hal::Duration{0}) return;
  auto& write = unsure_.emplace_back(Unsure{loop_.timeline().now(), job.path, {}, {}});
  if (unsure_.size() > kUnsureMax) unsure_.pop_front();
  const auto file = files_.find(job.path);
  if (file == files_.end()) return;
  if (job.kind == Kind::append)
    write.size_before = file->second.size();
  else
    write.before = file->second;
}

void Storage::lose_unsure() {
  const auto sure = loop_.timeline().now() - keeps_;
  std::erase_if(unsure_, [&](const Unsure& write) { return write.at <= sure; });
  for (auto count = chance_.below(unsure_.size() + 1); count > 0; --count) {
    auto& write = unsure_.back();
    if (write.size_before)
      files_[write.path].resize(*write.size_before);
    else if (write.before)
      files_[write.path] = std::move(*write.before);
    else
      files_.erase(write.path);
    unsure_.pop_back();
  }
  unsure_.clear();
}

std::optional<std::string> Storage::peek(const std::string& path) const {
  const auto file = files_.find(path);
  if (file == files_.end()) return std::nullopt;
  return file->second;
}

bool Storage::rot(const std::string& path) {
  const auto file = files_.find(path);
  if (file == files_.end() || file->second.empty()) return false;
  auto& byte = file->second[chance_.below(file->second.size())];
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1u << chance_.below(8)));
  return true;
}

std::uint64_t Storage::used() const {
  std::uint64_t sum = 0;
  for (const auto& [path, bytes] : files_) sum += bytes.size();
  return sum;
}

}   // namespace nightjar::sim
