#include <gmock/gmock.h>

#include "hal/address.h"
#include "hal/http.h"
#include "hal/operation.h"
#include "hal/storage.h"

namespace nightjar::hal {
namespace {

TEST(IpAddress, ReadsAndWritesWhatItRead) {
  for (const auto* text : {"0.0.0.0", "192.168.4.2", "255.255.255.255", "::", "::1", "fe80::1", "2001:db8::1:0:0:1", "1:2:3:4:5:6:7:8", "ff02::fb"}) {
    const auto address = IpAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->text(), text);
    EXPECT_EQ(IpAddress::parse(address->text()), address);
  }
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
  for (const auto* text : {"", ".", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4", "a.b.c.d", "1..2.3", ":", ":::", "1::2::3",
                           "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1%eth0", "[::1]", "1:2:3:4:5:6:7::8:", "g::1", "1:2:3:4:5:6:1.2.3", "localhost"})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
}

TEST(IpAddress, TakesAMappedAddressForTheIpv4AddressItIs) {
  EXPECT_EQ(IpAddress::parse("::ffff:192.168.4.2"), IpAddress::v4(192, 168, 4, 2));
  EXPECT_EQ(IpAddress::parse("::ffff:c0a8:402"), IpAddress::v4(192, 168, 4, 2));
}

TEST(IpAddress, KnowsItsKind) {
  EXPECT_TRUE(IpAddress::v4(127, 0, 0, 9).is_loopback());
  EXPECT_TRUE(IpAddress::parse("::1")->is_loopback());
  EXPECT_TRUE(IpAddress::v4(239, 255, 255, 250).is_multicast());
  EXPECT_TRUE(IpAddress::parse("ff02::fb")->is_multicast());
  EXPECT_FALSE(IpAddress::v4(192, 168, 4, 2).is_multicast());
  EXPECT_TRUE(IpAddress::parse("fe80::1")->is_link_local());
  EXPECT_TRUE(IpAddress::parse("febf::1")->is_link_local());
  EXPECT_FALSE(IpAddress::parse("fec0::1")->is_link_local());
  EXPECT_TRUE(IpAddress::v4(169, 254, 7, 1).is_link_local());
  EXPECT_FALSE(IpAddress::v4(192, 168, 4, 2).is_link_local());
  EXPECT_NE(IpAddress::any(), IpAddress::any_v6());
  EXPECT_TRUE(IpAddress::any_v6().is_any());
  EXPECT_EQ((Endpoint{*IpAddress::parse("fe80::1"), 443}.text()), "[fe80::1]:443");
}

TEST(Operation, IsAnsweredOnce) {
  int answers = 0;
  const Completion<int> completion{[&](int value) { answers += value; }};
  const auto operation = completion.operation();
  EXPECT_TRUE(completion.wanted());
  completion(1);
  completion(1);
  EXPECT_EQ(answers, 1);
  EXPECT_FALSE(completion.wanted());
}

TEST(Operation, IsSilencedAndCancelledOnceWhenDropped) {
  int answers = 0;
  int cancelled = 0;
  const Completion<int> completion{[&](int) { ++answers; }};
  completion.on_dropped([&] { ++cancelled; });
  auto operation = completion.operation();
  operation.drop();
  operation.drop();
  completion(1);
  EXPECT_EQ(answers, 0);
  EXPECT_EQ(cancelled, 1);
}

TEST(Operation, IsDroppedWhenAnotherTakesItsPlace) {
  int cancelled = 0;
  const Completion<int> first{[](int) {}};
  first.on_dropped([&] { ++cancelled; });
  auto operation = first.operation();
  operation = Completion<int>{[](int) {}}.operation();
  EXPECT_EQ(cancelled, 1);
}

TEST(Operation, IsNotCancelledAfterItsAnswer) {
  int cancelled = 0;
  const Completion<int> completion{[](int) {}};
  completion.on_dropped([&] { ++cancelled; });
  auto operation = completion.operation();
  completion(1);
  operation.drop();
  EXPECT_EQ(cancelled, 0);
}

TEST(Operation, MayBeDroppedWithinItsOwnAnswer) {
  Operation operation;
  auto held = std::make_shared<int>(7);
  int seen = 0;
  const Completion<int> completion{[&operation, &seen, held](int) {
    operation.drop();
    seen = *held;
  }};
  operation = completion.operation();
  completion(1);
  EXPECT_EQ(seen, 7);
}

TEST(Operation, AnswersAfterItWasDetached) {
  int answers = 0;
  const Completion<int> completion{[&](int) { ++answers; }};
  auto operation = completion.operation();
  operation.detach();
  EXPECT_FALSE(operation);
  completion(1);
  EXPECT_EQ(answers, 1);
}

TEST(StoragePath, LeadsNowhereElse) {
  for (const auto* path : {"a", "reports/session-1.json", "a/b/c.d_e-f", ".hidden", "a..b"}) EXPECT_TRUE(is_storage_path(path)) << path;
  for (const auto* path : {"", "/", "/etc/passwd", "..", "../a", "a/..", "a/../b", "a//b", "a/", ".", "./a", "a b", "a\\b", "a\nb", "\xc3\xa4"})
    EXPECT_FALSE(is_storage_path(path)) << path;
  EXPECT_FALSE(is_storage_path(std::string(201, 'a')));
}

TEST(Headers, CompareNamesWithoutCaseAndKeepOrder) {
  Headers headers{{"Content-Type", "text/plain"}, {"X-A", "1"}, {"x-a", "2"}};
  EXPECT_EQ(headers.find("content-type"), "text/plain");
  EXPECT_EQ(headers.find("X-a"), "1");
  EXPECT_FALSE(headers.find("X-"));
  EXPECT_EQ(headers.all().size(), 3u);
}

TEST(HttpReply, AnswersFiveHundredWhenItIsForgotten) {
  struct Sink final : HttpReply::Sink {
    int status = 0;
    int answers = 0;
    void answer(HttpResponse response) override {
      status = response.status;
      ++answers;
    }
    bool begin(HttpResponse) override { return true; }
    bool chunk(std::string_view) override { return true; }
    void end() override {}
    void abort() override {}
  };
  const auto forgotten = std::make_shared<Sink>();
  { const HttpReply reply{forgotten}; }
  EXPECT_EQ(forgotten->status, 500);

  const auto answered = std::make_shared<Sink>();
  {
    HttpReply reply{answered};
    reply.answer({204, {}, {}});
    reply.answer({200, {}, {}});
  }
  EXPECT_EQ(answered->status, 204);
  EXPECT_EQ(answered->answers, 1);
}

}  // namespace
}  // namespace nightjar::hal
