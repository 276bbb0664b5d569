#include "drivers/linux/loop.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <future>
#include <latch>
#include <system_error>
#include <thread>
#include <vector>

#include "drivers/linux/loop_descriptor.h"
#include "drivers/linux/loop_errors.h"
#include "drivers/linux/loop_worker.h"
#include "tests/drivers/linux/loop_turning.h"

namespace nightjar::os {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

std::array<Descriptor, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw std::system_error{errno, std::system_category()};
  return {Descriptor{ends[0]}, Descriptor{ends[1]}};
}

TEST(AsioLoop, RunsUntilStoppedAndAgain) {
  AsioLoop loop;
  int ran = 0;
  for (int round = 1; round <= 2; ++round) {
    loop.post([&] {
      ++ran;
      loop.stop();
    });
    loop.run();
    EXPECT_EQ(ran, round);
  }
}

TEST(AsioLoop, StopLeavesWhatIsReadyForTheNextRun) {
  AsioLoop loop;
  std::vector<int> ran;
  loop.post([&] {
    ran.push_back(1);
    loop.stop();
  });
  loop.post([&] {
    ran.push_back(2);
    loop.stop();
  });
  loop.run();
  EXPECT_THAT(ran, ElementsAre(1));
  loop.run();
  EXPECT_THAT(ran, ElementsAre(1, 2));
}

TEST(AsioLoop, ATurnWithNothingReadyReturns) {
  AsioLoop loop;
  EXPECT_FALSE(loop.turn(1ms));
  loop.post([] {});
  EXPECT_TRUE(loop.turn(1ms));
}

TEST(AsioLoop, ATaskThatPostsItselfForEverStarvesNeitherTimersNorDescriptors) {
  AsioLoop loop;
  const auto [reader, writer] = make_pipe();
  std::function<void()> again = [&] { loop.post(again); };
  loop.post(again);
  bool expired = false;
  bool readable = false;
  const auto timer = loop.at(loop.now() + 1ms, [&] { expired = true; });
  const auto watch = loop.readable(reader.get(), [&] { readable = true; });
  ASSERT_EQ(::write(writer.get(), "x", 1), 1);
  EXPECT_TRUE(turn_until(loop, [&] { return expired && readable; }));
}

TEST(AsioLoop, IsDestroyedWithTimersTasksAndWatchesHeldByWhatIsPosted) {
  auto held = std::make_shared<int>();
  {
    AsioLoop loop;
    auto timer = std::make_shared<hal::Operation>(loop.at(loop.now() + 1h, [held] {}));
    loop.post([timer, held] {});
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(AsioLoop, TakesTasksFromOtherThreadsEachThreadsInOrder) {
  AsioLoop loop;
  constexpr int kEach = 2000;
  std::array<std::vector<int>, 3> ran;
  std::vector<std::thread> threads;
  for (auto& list : ran) {
    threads.emplace_back([&loop, &list] {
      for (int i = 0; i < kEach; ++i) loop.post_from_any_thread([&list, i] { list.push_back(i); });
    });
  }
  EXPECT_TRUE(turn_until(loop, [&] { return ran[0].size() + ran[1].size() + ran[2].size() == 3 * kEach; }));
  for (auto& thread : threads) thread.join();
  for (const auto& list : ran) EXPECT_TRUE(std::is_sorted(list.begin(), list.end()));
}

TEST(AsioLoop, DeliversSignalsOnTheLoopUntilTheHandleIsDropped) {
  AsioLoop loop;
  std::vector<int> arrived;
  auto watch = loop.on_signal({SIGUSR1, SIGUSR2}, [&](int signal) { arrived.push_back(signal); });
  ::raise(SIGUSR1);
  EXPECT_TRUE(arrived.empty());
  ASSERT_TRUE(turn_until(loop, [&] { return arrived.size() == 1; }));
  ::raise(SIGUSR2);
  ASSERT_TRUE(turn_until(loop, [&] { return arrived.size() == 2; }));
  EXPECT_THAT(arrived, ElementsAre(SIGUSR1, SIGUSR2));
  watch.drop();
  ::signal(SIGUSR1, SIG_IGN);
  ::raise(SIGUSR1);
  let_pass(loop, 5ms);
  EXPECT_EQ(arrived.size(), 2u);
  ::signal(SIGUSR1, SIG_DFL);
}

TEST(AsioLoop, RefusesToWatchASignalThatCannotBeCaught) {
  AsioLoop loop;
  EXPECT_THROW((void)loop.on_signal({SIGKILL}, [](int) {}), std::system_error);
}

TEST(AsioLoop, CallsAReaderAsLongAsThereIsSomethingToRead) {
  AsioLoop loop;
  const auto [reader, writer] = make_pipe();
  std::string received;
  const auto watch = loop.readable(reader.get(), [&, fd = reader.get()] {
    char one = 0;
    if (::read(fd, &one, 1) == 1) received += one;   // the rest calls again
  });
  let_pass(loop, 2ms);
  EXPECT_EQ(received, "");
  ASSERT_EQ(::write(writer.get(), "abc", 3), 3);
  EXPECT_TRUE(turn_until(loop, [&] { return received == "abc"; }));
  ASSERT_EQ(::write(writer.get(), "d", 1), 1);
  EXPECT_TRUE(turn_until(loop, [&] { return received == "abcd"; }));
}

TEST(AsioLoop, TellsAReaderThatTheOtherEndHasHungUpAndLetsItGoWithin) {
  AsioLoop loop;
  auto [reader, writer] = make_pipe();
  int called = 0;
  hal::Operation watch = loop.readable(reader.get(), [&] {
    ++called;
    watch.drop();
  });
  writer.close();
  ASSERT_TRUE(turn_until(loop, [&] { return called != 0; }));
  let_pass(loop, 5ms);
  EXPECT_EQ(called, 1);
}

TEST(AsioLoop, WatchesOneDescriptorForReadingAndWritingAndLeavesItToItsOwner) {
  AsioLoop loop;
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
  const Descriptor near{ends[0]};
  const Descriptor far{ends[1]};
  bool readable = false;
  bool writable = false;
  hal::Operation reading = loop.readable(near.get(), [&] {
    readable = true;
    reading.drop();
  });
  hal::Operation writing = loop.writable(near.get(), [&] {
    writable = true;
    writing.drop();
  });
  ASSERT_TRUE(turn_until(loop, [&] { return writable; }));
  EXPECT_FALSE(readable);
  ASSERT_EQ(::write(far.get(), "x", 1), 1);
  ASSERT_TRUE(turn_until(loop, [&] { return readable; }));
  char byte = 0;
  EXPECT_EQ(::read(near.get(), &byte, 1), 1) << "still open, still its owner's";
}

TEST(AsioLoop, RefusesToWatchWhatCannotBePolled) {
  AsioLoop loop;
  const Descriptor file{::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)};
  ASSERT_TRUE(file);
  EXPECT_THROW((void)loop.readable(file.get(), [] {}), std::system_error);
  EXPECT_THROW((void)loop.readable(-1, [] {}), std::system_error);
}

TEST(Worker, WorksInOrderOnAnotherThreadAndAnswersOnTheLoop) {
  AsioLoop loop;
  Worker worker{loop, "test"};
  const auto here = std::this_thread::get_id();
  std::vector<int> worked;
  std::vector<int> answered;
  bool elsewhere = true;
  bool on_loop = true;
  for (int i = 0; i < 100; ++i) {
    worker.run(
        [&, i] {
          worked.push_back(i);
          elsewhere = elsewhere && std::this_thread::get_id() != here;
        },
        [&, i] {
          answered.push_back(i);
          on_loop = on_loop && std::this_thread::get_id() == here;
        });
  }
  EXPECT_TRUE(answered.empty());
  ASSERT_TRUE(turn_until(loop, [&] { return answered.size() == 100; }));
  EXPECT_TRUE(std::is_sorted(worked.begin(), worked.end()));
  EXPECT_EQ(worked.size(), 100u);
  EXPECT_EQ(worked, answered);
  EXPECT_TRUE(elsewhere);
  EXPECT_TRUE(on_loop);
}

TEST(Worker, FinishesWhatItWasGivenBeforeItGoesAndItsAnswersStillCome) {
  AsioLoop loop;
  int worked = 0;
  int answered = 0;
  {
    Worker worker{loop, "test"};
    for (int i = 0; i < 50; ++i) worker.run([&] { ++worked; }, [&] { ++answered; });
  }
  EXPECT_EQ(worked, 50);
  EXPECT_EQ(answered, 0);
  EXPECT_TRUE(turn_until(loop, [&] { return answered == 50; }));
}

TEST(Worker, LeavesAStuckThreadBehindAndTakesBackWhatItsAnswersHold) {
  AsioLoop loop;
  std::promise<void> begun;
  std::promise<void> release;
  const auto gone = std::make_shared<std::latch>(1);
  const auto held = std::make_shared<int>();
  bool answered = false;
  {
    Worker worker{loop, "test"};
    worker.set_patience(1ms);
    worker.run(
        [&begun, released = release.get_future().share(), gone] {
          begun.set_value();
          released.wait();
          gone->count_down();
        },
        [&answered, held] { answered = true; });
    worker.run([] {}, [&answered, held] { answered = true; });
    begun.get_future().wait();
  }
  EXPECT_EQ(held.use_count(), 1) << "destroyed here, not on the thread that is stuck";
  release.set_value();
  gone->wait();
  let_pass(loop, 2ms);
  EXPECT_FALSE(answered);
}

TEST(OsError, SaysWhatItWasAboutAndTheKindThatDecides) {
  using hal::ErrorKind;
  EXPECT_EQ(os_error(ECONNREFUSED, "192.168.4.2:443"), (hal::Error{ErrorKind::refused, "192.168.4.2:443: connection refused"}));
  EXPECT_EQ(os_error(EIO, "").detail, "input/output error");
  const std::vector<std::pair<int, ErrorKind>> kinds{{ETIMEDOUT, ErrorKind::timed_out},
                                                     {ENETUNREACH, ErrorKind::unreachable},
                                                     {EHOSTUNREACH, ErrorKind::unreachable},
                                                     {ENETDOWN, ErrorKind::unreachable},
                                                     {ECONNRESET, ErrorKind::reset},
                                                     {EPIPE, ErrorKind::reset},
                                                     {EACCES, ErrorKind::denied},
                                                     {EPERM, ErrorKind::denied},
                                                     {EROFS, ErrorKind::denied},
                                                     {EADDRINUSE, ErrorKind::in_use},
                                                     {EBUSY, ErrorKind::in_use},
                                                     {ENOENT, ErrorKind::not_found},
                                                     {ENOSPC, ErrorKind::no_space},
                                                     {EDQUOT, ErrorKind::no_space},
                                                     {EMSGSIZE, ErrorKind::too_large},
                                                     {EINVAL, ErrorKind::invalid},
                                                     {EMFILE, ErrorKind::busy},
                                                     {EAGAIN, ErrorKind::busy},
                                                     {EAFNOSUPPORT, ErrorKind::not_supported},
                                                     {EIO, ErrorKind::io},
                                                     {12345, ErrorKind::io}};
  for (const auto& [number, kind] : kinds) EXPECT_EQ(error_kind(number), kind) << number;
}

}   // namespace
}   // namespace nightjar::os
