#pragma once
// hal/http.h, the client's credentials: RFC 7616 against a server written apart from it.
#include <gmock/gmock.h>

#include "drivers/net/crypto.h"
#include "tests/contracts/http_tools.h"

namespace nightjar::contracts {

namespace {

/// A server that wants Digest; written from RFC 7616 section 3.4 apart from the client's code. Counts what it sees.
struct DigestService {
  std::string algorithm = "SHA-256";
  std::string nonce = "nonce-1";
  bool stale_next = false;
  std::vector<std::string> counts;
  int challenges = 0;

  static std::string parameter(std::string_view field, const std::string& name) {
    for (const auto* before : {" ", ","}) {
      const auto at = field.find(before + name + "=");
      if (at == std::string_view::npos) continue;
      auto rest = field.substr(at + 2 + name.size());
      const bool quoted = rest.starts_with('"');
      if (quoted) rest.remove_prefix(1);
      return std::string{rest.substr(0, rest.find_first_of(quoted ? "\"" : ", "))};
    }
    return {};
  }

  void answer(const hal::HttpRequest& request, hal::HttpReply reply) {
    const std::string field{request.headers.find("Authorization").value_or("")};
    const auto kind = algorithm.starts_with("MD5") ? net::HashKind::md5 : net::HashKind::sha256;
    const auto digest = [&](const std::string& text) { return net::hash_hex(kind, text); };
    auto secret = digest("photographer:camera:night sky");
    if (algorithm.ends_with("-sess")) secret = digest(secret + ":" + nonce + ":" + parameter(field, "cnonce"));
    const auto expected = digest(secret + ":" + nonce + ":" + parameter(field, "nc") + ":" + parameter(field, "cnonce") +
                                 ":auth:" + digest(request.method + ":" + request.target));
    if (parameter(field, "response") == expected && !stale_next) {
      counts.push_back(parameter(field, "nc"));
      reply.answer({200, {}, "welcome"});
      return;
    }
    ++challenges;
    const std::string stale = stale_next ? ", stale=true" : "";
    if (stale_next) nonce += "x";
    stale_next = false;
    reply.answer({401,
                  {{"WWW-Authenticate", "Digest realm=\"camera\", nonce=\"" + nonce + "\", qop=\"auth\", algorithm=" + algorithm + stale}},
                  {}});
  }
};

class HttpDigest : public ::testing::TestWithParam<const char*> {
 protected:
  HttpDigest() {
    digest.algorithm = GetParam();
    http.service.answer = [this](const hal::HttpRequest& request, hal::HttpReply reply) { digest.answer(request, std::move(reply)); };
    http.serve();
  }
  std::unique_ptr<hal::HttpClient> client(const char* password = "night sky") {
    auto origin = http.origin();
    origin.credentials = hal::Credentials{"photographer", password};
    return http.clients.client(origin);
  }
  HttpRig http;
  DigestService digest;
};
INSTANTIATE_TEST_SUITE_P(Http, HttpDigest, ::testing::Values("MD5", "SHA-256", "MD5-sess", "SHA-256-sess"), [](const auto& param_info) {
  std::string name{param_info.param};
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST_P(HttpDigest, IsAnsweredOnceAndThenSentAheadWithACount) {
  const auto client_ = client();
  Asked first{*client_, get("/1")};
  Asked second{*client_, post("/2", "body")};
  Asked third{*client_, get("/3")};
  ASSERT_TRUE(http.run_until([&] { return third.answer.has_value(); }));
  EXPECT_EQ(first.status(), 200);
  EXPECT_EQ(second.status(), 200);
  EXPECT_EQ(digest.challenges, 1);
  EXPECT_THAT(digest.counts, ::testing::ElementsAre("00000001", "00000002", "00000003"));
  EXPECT_EQ(http.service.requests.back().remote, http.service.requests.front().remote);
}

TEST_P(HttpDigest, AStaleNonceIsReplacedWithinTheRequest) {
  const auto client_ = client();
  Asked first{*client_, get("/1")};
  ASSERT_TRUE(http.run_until([&] { return first.answer.has_value(); }));
  digest.stale_next = true;
  Asked second{*client_, post("/2", "body")};
  ASSERT_TRUE(http.run_until([&] { return second.answer.has_value(); }));
  EXPECT_EQ(second.status(), 200);
  EXPECT_EQ(http.service.requests.back().body, "body");
  EXPECT_THAT(digest.counts, ::testing::ElementsAre("00000001", "00000001"));
}

TEST_P(HttpDigest, AWrongPasswordIsTriedOnceAndTheAnswerIs401) {
  const auto client_ = client("wrong");
  Asked asked{*client_, get("/")};
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  EXPECT_EQ(asked.status(), 401);
  EXPECT_EQ(http.service.requests.size(), 2u);
}

TEST(HttpDigestClient, WithoutCredentialsAChallengeIsTheAnswer) {
  HttpRig http;
  RawServer server{*http.rig};
  server.always(
      "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: Digest realm=\"a\", nonce=\"b\", qop=\"auth\"\r\n\r\n");
  const auto client = http.clients.client(server.origin());
  Asked asked{*client, get("/")};
  ASSERT_TRUE(http.run_until([&] { return asked.answer.has_value(); }));
  EXPECT_EQ(asked.status(), 401);
  EXPECT_EQ(server.heads.size(), 1u);
}

}   // namespace

}   // namespace nightjar::contracts
