#pragma once
// Everything a camera is asked besides its shutter: one errand at a time, each a few requests in a row.
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "drivers/canon/lanes.h"
#include "hal/operation.h"

namespace nightjar::canon {

class Errands;

/// A few requests in a row; ends by a call of Errands::finish with its answer.
class Errand {
 public:
  virtual ~Errand() = default;
  virtual void begin(Errands& errands) = 0;

 private:
  friend class Errands;
  std::uint64_t id_ = 0;
};

/// The queue. Errands::send is for the errand under way only.
class Errands : public std::enable_shared_from_this<Errands> {
 public:
  Errands(Lanes& lanes, hal::Loop& loop) : lanes_(lanes), loop_(loop) {}

  /// Takes its turn behind those waiting; false when kErrandsMax wait already.
  bool add(std::unique_ptr<Errand> errand, std::uint64_t id);
  /// Cuts off or takes out the errand.
  void drop(std::uint64_t id);
  /// Ends the errand under way, which lives on in the answer's hands; the next one begins later.
  std::unique_ptr<Errand> finish();

  using Answered = std::function<void(const hal::Result<hal::HttpResponse>&)>;
  void send(hal::HttpRequest request, hal::Duration patience, Answered answered);

  std::uint64_t next_id() { return ++last_id_; }

 private:
  void begin_next();
  void begin_next_later();

  Lanes& lanes_;
  hal::Loop& loop_;
  std::deque<std::unique_ptr<Errand>> waiting_;
  std::unique_ptr<Errand> current_;
  std::size_t lane_ = 0;
  bool on_the_way_ = false;
  std::uint64_t last_id_ = 0;
  hal::Operation request_;
};

}   // namespace nightjar::canon
