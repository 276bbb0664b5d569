// The newest picture in every situation its fetching can come into.
#include "fsm/picture_fetch.h"

#include "tests/fsm/explored.h"

namespace nightjar::fsm {

/// Found by the exploration's look-up, which else would compare all contexts of a state.
static std::uint64_t hash_value(const PictureFetch::Context& context) { return std::hash<std::string>{}(context.path) + static_cast<std::uint64_t>(context.fetches); }

namespace {

using sml::literals::operator""_s;
using Machine = sml::machine<PictureFetch>;

struct Seen {
  bool asked = false;         // a page waits
  bool fetching = false;      // the camera was asked and has not answered
  bool asked_twice = false;   // it was asked again before it had
  bool unasked = false;       // something was given though no page waited
  bool outdated = true;       // a photo was taken since the fetch of the newest kept picture began
  bool outrun = false;        // a photo was taken since the last fetch began
  int fetches = 0;            // since the last photo was taken, or a page asked
  bool gave_up_early = false; // an old picture, or none, was given though the camera could still be asked
  bool operator==(const Seen&) const = default;
};

struct World final : PictureFetchPort, Seen {
  bool operator==(const World& other) const { return static_cast<const Seen&>(*this) == other; }

  void fetch() override {
    asked_twice |= std::exchange(fetching, true);
    outrun = false;
    ++fetches;
  }
  void keep(const Fetched&) override { outdated = outrun; kept = true; }
  void give() override {
    gave_up_early |= !std::exchange(kept, false) && outdated && fetches < kFetchesMax;
    settle();
  }
  void give_error() override {
    gave_up_early |= fetches < kFetchesMax;
    settle();
  }
  void settle() {
    unasked |= !std::exchange(asked, false);
    fetches = 0;
  }
  void hear(const sml::Input<PictureFetch>& input) {
    if (brings<Ask>(input)) asked = true;
    if (brings<Fetched>(input) || brings<FetchFailed>(input)) fetching = false;
    if (brings<Taken>(input)) {
      outdated = outrun = true;
      fetches = 0;
    }
  }

  bool kept = false;   // within one answer: the picture given is a new one
};

/// However many pages ask, a slow camera has one request.
bool never_two_fetches_at_once(const Machine& m, const World& world) { return !world.asked_twice && world.fetching == m.is("fetching"_s); }

/// Every page gets a picture or an error, and only when it asked.
bool who_asks_is_answered_and_nobody_else(const Machine& m, const World& world) {
  return !world.unasked && world.asked == (m.is("fetching"_s) || m.is("waiting"_s));
}

/// What the page shows as the newest is not older than the last photo.
bool current_means_that_nothing_was_taken_since(const Machine& m, const World& world) { return !m.is("current"_s) || !world.outdated; }

/// A camera that still writes its file is given the time it needs.
bool no_old_picture_is_given_while_the_camera_may_still_write(const Machine&, const World& world) { return !world.gave_up_early; }

TEST(PictureFetchExplored, KeepsItsPromisesInEverySituation) {
  Explored<PictureFetch, World> what;
  // Two names suffice: a table that compares with the last name only cannot tell a third from the one before it.
  what.events = {Taken{}, Ask{}, Fetched{"1.JPG"}, Fetched{"2.JPG"}, FetchFailed{}};
  what.before = [](World& world, const auto& input) { world.hear(input); };
  what.invariants = {{"never two fetches at once", never_two_fetches_at_once},
                     {"who asks is answered, and nobody else", who_asks_is_answered_and_nobody_else},
                     {"current means that nothing was taken since", current_means_that_nothing_was_taken_since},
                     {"no old picture is given while the camera may still write", no_old_picture_is_given_while_the_camera_may_still_write}};
  what.progress = [](const Machine& m, const World&) { return m.is("current"_s); };
  expect_explored(what);
}

}  // namespace
}  // namespace nightjar::fsm
