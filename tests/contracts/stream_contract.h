#pragma once
// hal::Stream as TCP carries it: order, back-pressure, endings.
#include <algorithm>

#include "tests/contracts/network_tools.h"

namespace nightjar::contracts {

constexpr std::size_t kMuch = 10u << 20;   // more than two kernels' buffers take

TEST(StreamContract, BytesArriveInTheOrderWrittenHeadBeforeBody) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.far->start(pair.far_heard);
  std::string sent;
  for (int i = 0; i < 500; ++i) {
    const auto head = "head " + std::to_string(i) + ";";
    const auto body = "body " + std::to_string(i) + ";";
    if (i % 3 == 0) {
      pair.near->write(head);
      sent += head;
    } else {
      pair.near->write(i % 3 == 1 ? "" : head, shared(body));
      sent += (i % 3 == 1 ? "" : head) + body;
    }
  }
  ASSERT_TRUE(rig->run_until([&] { return pair.far_heard.received.size() >= sent.size(); }));
  EXPECT_EQ(pair.far_heard.received, sent);
}

TEST(StreamContract, BothDirectionsCarryAtOnce) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.near->start(pair.near_heard);
  pair.far->start(pair.far_heard);
  const auto there = pattern(kMuch);
  auto back = there;
  std::reverse(back.begin(), back.end());
  pair.near->write("", shared(there));
  pair.far->write("", shared(back));
  ASSERT_TRUE(rig->run_until([&] { return pair.far_heard.received.size() >= kMuch && pair.near_heard.received.size() >= kMuch; }));
  EXPECT_TRUE(pair.far_heard.received == there);
  EXPECT_TRUE(pair.near_heard.received == back);
}

TEST(StreamContract, DeliveryIsLaterThanStartAndNothingIsLostBeforeTheFirstStart) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.near->write("early");
  pair.near->finish();
  let_pass(*rig, 20ms);
  pair.far->start(pair.far_heard);
  EXPECT_TRUE(pair.far_heard.received.empty());
  ASSERT_TRUE(rig->run_until([&] { return !pair.far_heard.closed.empty(); }));
  EXPECT_EQ(pair.far_heard.received, "early");
  EXPECT_EQ(pair.far_heard.closed[0].kind, hal::ErrorKind::closed);
}

TEST(StreamContract, AHandlerReplacesItselfWithAnotherStart) {
  const auto rig = make_rig();
  Pair pair{*rig};
  Recorder next;
  pair.far_heard.then_data = [&] { pair.far->start(next); };
  pair.far->start(pair.far_heard);
  pair.near->write("one");
  ASSERT_TRUE(rig->run_until([&] { return !pair.far_heard.received.empty(); }));
  pair.near->write("two");
  pair.near->finish();
  ASSERT_TRUE(rig->run_until([&] { return !next.closed.empty(); }));
  EXPECT_EQ(pair.far_heard.received + next.received, "onetwo");
  EXPECT_TRUE(pair.far_heard.closed.empty());
}

TEST(StreamContract, WhatTheOtherEndDoesNotTakeIsUnsentUntilItDoesAndThenOnDrainedComesOnce) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.near->start(pair.near_heard);
  pair.far->start(pair.far_heard);
  pair.far->pause(true);
  const auto sent = pattern(kMuch);
  pair.near->write("", shared(sent));
  EXPECT_GT(pair.near->unsent(), 0u);
  EXPECT_LE(pair.near->unsent(), kMuch);
  let_pass(*rig, 20ms);
  EXPECT_GT(pair.near->unsent(), 0u);
  EXPECT_EQ(pair.near_heard.drained, 0);
  EXPECT_TRUE(pair.far_heard.received.empty());

  std::size_t unsent_when_drained = 1;
  pair.near_heard.then_drained = [&] { unsent_when_drained = pair.near->unsent(); };
  pair.far->pause(false);
  ASSERT_TRUE(rig->run_until([&] { return pair.far_heard.received.size() >= kMuch && pair.near_heard.drained != 0; }));
  EXPECT_TRUE(pair.far_heard.received == sent);
  EXPECT_EQ(unsent_when_drained, 0u);
  let_pass(*rig, 10ms);
  EXPECT_EQ(pair.near_heard.drained, 1);
}

TEST(StreamContract, OnDrainedComesOnlyAfterSomethingWasUnsent) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.near->start(pair.near_heard);
  pair.far->start(pair.far_heard);
  pair.near->write("little");
  ASSERT_TRUE(rig->run_until([&] { return pair.far_heard.received == "little"; }));
  let_pass(*rig, 10ms);
  EXPECT_EQ(pair.near->unsent(), 0u);
  EXPECT_EQ(pair.near_heard.drained, 0);
}

TEST(StreamContract, AHeadLargerThanThePipeArrivesWholeAndBeforeItsBody) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.far->start(pair.far_heard);
  const auto sent = pattern(kMuch);
  {
    const auto copy = sent;   // gone before it is sent
    pair.near->write(copy, shared("body"));
  }
  EXPECT_GT(pair.near->unsent(), 4u);
  ASSERT_TRUE(rig->run_until([&] { return pair.far_heard.received.size() >= kMuch + 4; }));
  EXPECT_TRUE(pair.far_heard.received == sent + "body");
}

TEST(StreamContract, ManyPiecesQueuedBehindAFullPipeKeepTheirOrder) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.far->start(pair.far_heard);
  pair.far->pause(true);
  const auto big = shared(pattern(kMuch));
  pair.near->write("", big);
  auto sent = *big;
  std::size_t queued = pair.near->unsent();
  const auto frame = shared(pattern(3000));
  for (int i = 0; i < 1000; ++i) {
    auto head = std::to_string(i) + ":";
    pair.near->write(head, i % 2 == 0 ? frame : nullptr);
    sent += head + (i % 2 == 0 ? *frame : "");
    queued += head.size() + (i % 2 == 0 ? frame->size() : 0);
    head.assign(head.size(), '!');   // the head was copied
  }
  EXPECT_EQ(pair.near->unsent(), queued);
  EXPECT_GT(frame.use_count(), 400) << "a body is shared, not copied";
  pair.far->pause(false);
  ASSERT_TRUE(rig->run_until([&] { return pair.far_heard.received.size() >= sent.size(); }));
  EXPECT_TRUE(pair.far_heard.received == sent);
  ASSERT_TRUE(rig->run_until([&] { return pair.near->unsent() == 0; }));
  EXPECT_EQ(frame.use_count(), 1) << "what is sent is let go";
}

TEST(StreamContract, PausingAgainAndAgainLosesNothing) {
  const auto rig = make_rig();
  Pair pair{*rig};
  const auto sent = pattern(kMuch);
  std::size_t while_paused = 0;
  bool paused = false;
  hal::Operation resume;
  pair.far_heard.then_data = [&] {
    if (paused) ++while_paused;
    paused = true;
    pair.far->pause(true);
    resume = rig->loop().at(rig->loop().now(), [&] {
      paused = false;
      pair.far->pause(false);
    });
  };
  pair.far->start(pair.far_heard);
  pair.near->write("", shared(sent));
  pair.near->finish();
  ASSERT_TRUE(rig->run_until([&] { return !pair.far_heard.closed.empty(); }));
  EXPECT_EQ(while_paused, 0u);
  EXPECT_TRUE(pair.far_heard.received == sent);
}

TEST(StreamContract, AStreamMayBePausedBeforeItIsStarted) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.far->pause(true);
  pair.far->start(pair.far_heard);
  pair.near->write("later");
  let_pass(*rig, 20ms);
  EXPECT_TRUE(pair.far_heard.received.empty());
  pair.far->pause(false);
  EXPECT_TRUE(rig->run_until([&] { return pair.far_heard.received == "later"; }));
}

TEST(StreamContract, ACloseWaitsBehindAPause) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.far->start(pair.far_heard);
  pair.far->pause(true);
  pair.near->write("last words");
  pair.near.reset();
  let_pass(*rig, 20ms);
  EXPECT_TRUE(pair.far_heard.received.empty());
  EXPECT_TRUE(pair.far_heard.closed.empty());
  pair.far->pause(false);
  ASSERT_TRUE(rig->run_until([&] { return !pair.far_heard.closed.empty(); }));
  EXPECT_EQ(pair.far_heard.received, "last words");
}

TEST(StreamContract, FinishSendsWhatIsQueuedAndEndsOneDirectionOnly) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.near->start(pair.near_heard);
  const auto sent = pattern(kMuch);
  pair.near->write("", shared(sent));
  pair.near->finish();
  pair.near->write("ignored after finish()");
  pair.near->finish();   // once more is harmless
  EXPECT_GT(pair.near->unsent(), 0u);
  pair.far_heard.then_data = [&] {
    if (pair.far_heard.received.size() == kMuch) pair.far->write("understood");
  };
  pair.far->start(pair.far_heard);
  ASSERT_TRUE(rig->run_until([&] { return !pair.far_heard.closed.empty(); }));
  EXPECT_TRUE(pair.far_heard.received == sent);
  EXPECT_EQ(pair.far_heard.closed[0].kind, hal::ErrorKind::closed);
  pair.far.reset();
  ASSERT_TRUE(rig->run_until([&] { return !pair.near_heard.closed.empty(); }));
  EXPECT_EQ(pair.near_heard.received, "understood");
  EXPECT_EQ(pair.near_heard.closed[0].kind, hal::ErrorKind::closed);
}

TEST(StreamContract, OnClosedOfTheFinishedEndWaitsForTheOther) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.near->start(pair.near_heard);
  pair.near->finish();
  let_pass(*rig, 20ms);   // the other end is not started: it has not heard, and has not ended
  EXPECT_TRUE(pair.near_heard.closed.empty());
  pair.far->finish();
  EXPECT_TRUE(rig->run_until([&] { return !pair.near_heard.closed.empty(); }));
}

TEST(StreamContract, BytesStillUnsentWhenTheOtherEndFinishesAreSentBeforeOnClosed) {
  const auto rig = make_rig();
  Pair pair{*rig};
  const auto answer = pattern(kMuch);
  pair.far_heard.then_data = [&] { pair.far->write("", shared(answer)); };
  std::size_t unsent_when_closed = 1;
  pair.far_heard.then_closed = [&] { unsent_when_closed = pair.far->unsent(); };
  pair.far->start(pair.far_heard);
  pair.near->start(pair.near_heard);
  pair.near->pause(true);
  pair.near->write("question");
  pair.near->finish();
  let_pass(*rig, 20ms);
  EXPECT_TRUE(pair.far_heard.closed.empty());
  pair.near->pause(false);
  ASSERT_TRUE(rig->run_until([&] { return !pair.far_heard.closed.empty() && pair.near_heard.received.size() >= kMuch; }));
  EXPECT_TRUE(pair.near_heard.received == answer);
  EXPECT_EQ(unsent_when_closed, 0u);
  EXPECT_EQ(pair.far_heard.closed[0].kind, hal::ErrorKind::closed);
}

TEST(StreamContract, DestructionWithNothingUnsentAndNothingUnreadLooksFinishedToTheOtherEnd) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.far->start(pair.far_heard);
  pair.near->write("bye");
  pair.near.reset();
  ASSERT_TRUE(rig->run_until([&] { return !pair.far_heard.closed.empty(); }));
  EXPECT_EQ(pair.far_heard.received, "bye");
  EXPECT_EQ(pair.far_heard.closed[0].kind, hal::ErrorKind::closed);
  let_pass(*rig, 10ms);
  EXPECT_EQ(pair.far_heard.closed.size(), 1u);
}

TEST(StreamContract, DestructionWithBytesLyingUnreadLooksBrokenToTheOtherEnd) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.far->start(pair.far_heard);
  pair.far->write("never read");
  let_pass(*rig, 20ms);   // until it lies there
  pair.near.reset();
  ASSERT_TRUE(rig->run_until([&] { return !pair.far_heard.closed.empty(); }));
  EXPECT_EQ(pair.far_heard.closed[0].kind, hal::ErrorKind::reset);
}

TEST(StreamContract, DestructionWithBytesUnsentLooksBrokenToTheOtherEnd) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.far->start(pair.far_heard);
  pair.far->pause(true);
  pair.near->write("", shared(pattern(kMuch)));
  ASSERT_GT(pair.near->unsent(), 0u);
  pair.near.reset();
  let_pass(*rig, 20ms);
  pair.far->pause(false);
  ASSERT_TRUE(rig->run_until([&] { return !pair.far_heard.closed.empty(); }));
  EXPECT_LT(pair.far_heard.received.size(), kMuch);
  EXPECT_EQ(pair.far_heard.closed[0].kind, hal::ErrorKind::reset);
}

TEST(StreamContract, AWriteToAnEndThatHasGoneIsToldByOnClosedLaterAndOnce) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.near->start(pair.near_heard);
  pair.near->pause(true);   // so that only writing can find out
  pair.far.reset();
  for (int i = 0; i < 10; ++i) {
    pair.near->write("anybody there?");
    let_pass(*rig, 2ms);
  }
  EXPECT_TRUE(pair.near_heard.closed.empty());
  pair.near->pause(false);
  EXPECT_TRUE(pair.near_heard.closed.empty());
  ASSERT_TRUE(rig->run_until([&] { return !pair.near_heard.closed.empty(); }));
  let_pass(*rig, 10ms);
  EXPECT_EQ(pair.near_heard.closed.size(), 1u);
  EXPECT_EQ(pair.near->unsent(), 0u);
  pair.near->write("ignored once closed");
  EXPECT_EQ(pair.near->unsent(), 0u);
}

TEST(StreamContract, OurOwnDestructionIsNotToldToUs) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.near->start(pair.near_heard);
  pair.far->start(pair.far_heard);
  pair.near.reset();
  ASSERT_TRUE(rig->run_until([&] { return !pair.far_heard.closed.empty(); }));
  let_pass(*rig, 10ms);
  EXPECT_TRUE(pair.near_heard.closed.empty());
}

TEST(StreamContract, TheHandlerMayDestroyTheStreamWithinOnData) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.far_heard.then_data = [&] { pair.far.reset(); };
  pair.far->start(pair.far_heard);
  pair.near->start(pair.near_heard);
  pair.near->write("", shared(pattern(kMuch)));
  ASSERT_TRUE(rig->run_until([&] { return pair.far == nullptr; }));
  const auto received = pair.far_heard.received.size();
  ASSERT_TRUE(rig->run_until([&] { return !pair.near_heard.closed.empty(); }));
  EXPECT_EQ(pair.far_heard.received.size(), received);
  EXPECT_TRUE(pair.far_heard.closed.empty());
}

TEST(StreamContract, TheHandlerMayDestroyTheStreamWithinOnDrained) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.near_heard.then_drained = [&] { pair.near.reset(); };
  pair.near->start(pair.near_heard);
  const auto sent = pattern(kMuch);
  pair.near->write("", shared(sent));
  pair.far->start(pair.far_heard);
  ASSERT_TRUE(rig->run_until([&] { return !pair.far_heard.closed.empty(); }));
  EXPECT_EQ(pair.near, nullptr);
  EXPECT_TRUE(pair.far_heard.received == sent);
  EXPECT_EQ(pair.far_heard.closed[0].kind, hal::ErrorKind::closed);
}

TEST(StreamContract, TheHandlerMayDestroyTheStreamWithinOnDrainedThoughTheOtherEndHasFinished) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.near_heard.then_drained = [&] { pair.near.reset(); };
  pair.near->start(pair.near_heard);
  pair.near->write("", shared(pattern(kMuch)));
  pair.far->finish();
  let_pass(*rig, 10ms);
  pair.far->start(pair.far_heard);
  ASSERT_TRUE(rig->run_until([&] { return !pair.far_heard.closed.empty(); }));
  EXPECT_EQ(pair.far_heard.received.size(), kMuch);
  EXPECT_TRUE(pair.near_heard.closed.empty());
}

TEST(StreamContract, TheHandlerMayDestroyTheStreamWithinOnClosed) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.far_heard.then_closed = [&] { pair.far.reset(); };
  pair.far->start(pair.far_heard);
  pair.near.reset();
  ASSERT_TRUE(rig->run_until([&] { return pair.far == nullptr; }));
  let_pass(*rig, 10ms);
  EXPECT_EQ(pair.far_heard.closed.size(), 1u);
}

TEST(StreamContract, AHandlerMayDestroyAnotherStreamWhoseDataHaveArrivedToo) {
  const auto rig = make_rig();
  Pair first{*rig};
  Pair second{*rig};
  first.far_heard.then_data = [&] { second.far.reset(); };
  second.far_heard.then_data = [&] { first.far.reset(); };
  first.far->start(first.far_heard);
  second.far->start(second.far_heard);
  first.near->write("one");
  second.near->write("two");
  ASSERT_TRUE(rig->run_until([&] { return !first.far || !second.far; }));
  let_pass(*rig, 20ms);
  EXPECT_NE(first.far == nullptr, second.far == nullptr) << "exactly one was called";
}

TEST(StreamContract, AStreamThatWasNeverStartedIsDestroyedInSilence) {
  const auto rig = make_rig();
  Pair pair{*rig};
  pair.near->write("lies unread");
  pair.far.reset();
  pair.near.reset();
  let_pass(*rig, 10ms);
}

TEST(StreamContract, AnEchoOfManySmallMessagesComesBackWhole) {
  const auto rig = make_rig();
  Pair pair{*rig};
  std::size_t echoed = 0;
  pair.far_heard.then_data = [&] {
    pair.far->write(std::string_view{pair.far_heard.received}.substr(echoed));
    echoed = pair.far_heard.received.size();
  };
  pair.far->start(pair.far_heard);
  pair.near->start(pair.near_heard);
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    const auto message = "message " + std::to_string(i);
    expected += message;
    pair.near->write(message);
    ASSERT_TRUE(rig->run_until([&] { return pair.near_heard.received.size() >= expected.size(); }));
  }
  EXPECT_EQ(pair.near_heard.received, expected);
}

}   // namespace nightjar::contracts
