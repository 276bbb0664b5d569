#include "drivers/net/digest.h"

#include <gmock/gmock.h>

namespace nightjar::net {
namespace {

using ::testing::HasSubstr;

struct Zeros final : hal::Random {
  void fill(std::span<std::byte> bytes) override {
    for (auto& byte : bytes) byte = std::byte{0};
  }
};

hal::Headers challenge(std::string value) { return {{"WWW-Authenticate", std::move(value)}}; }

// RFC 2069's form without a qop, its worked example as corrected by its erratum 749; independent of a client nonce.
TEST(Digest, WithoutQopItIsRfc2069s) {
  Zeros random;
  DigestSession session{{"Mufasa", "CircleOfLife"}, random};
  ASSERT_TRUE(session.take_challenge(challenge(
      "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"")));
  const auto answer = session.authorize("GET", "/dir/index.html").value();
  EXPECT_THAT(answer, HasSubstr("response=\"1949323746fe6a43ef61f9606e7febea\""));
  EXPECT_THAT(answer, HasSubstr("opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""));
  EXPECT_EQ(answer.find("qop"), std::string::npos);
}

/// The client nonce of RFC 7616 section 3.9.1 cannot be chosen, so its answers are computed over the one that was sent.
TEST(Digest, WithQopItIsRfc7616s) {
  Zeros random;
  for (const auto& [algorithm, kind] : {std::pair{"MD5", HashKind::md5}, std::pair{"SHA-256", HashKind::sha256}}) {
    DigestSession session{{"Mufasa", "Circle of Life"}, random};
    ASSERT_TRUE(session.take_challenge(
        challenge(std::string{"Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm="} + algorithm +
                  ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"")));
    const std::string cnonce(24, '0');
    const auto secret = hash_hex(kind, "Mufasa:http-auth@example.org:Circle of Life");
    const auto expected = hash_hex(kind, secret + ":7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v:00000001:" + cnonce +
                                             ":auth:" + hash_hex(kind, "GET:/dir/index.html"));
    EXPECT_THAT(session.authorize("GET", "/dir/index.html").value(), HasSubstr("response=\"" + expected + "\""));
    EXPECT_THAT(session.authorize("GET", "/dir/index.html").value(), HasSubstr("nc=00000002"));
  }
}

TEST(Digest, TheStrongerChallengeIsChosen) {
  const auto chosen = parse_digest_challenge(
      {{"WWW-Authenticate", "Basic realm=\"x\", Digest realm=\"a, b\", nonce=\"1\", qop=\"auth\", algorithm=MD5"},
       {"www-authenticate", "Digest realm=\"say \\\"hi\\\"\",nonce=\"2\",qop=\"auth,auth-int\",algorithm=SHA-256,stale=TRUE"}});
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->nonce, "2");
  EXPECT_EQ(chosen->realm, "say \"hi\"");
  EXPECT_TRUE(chosen->stale);
}

TEST(Digest, WhatCannotBeAnsweredIsNoChallenge) {
  for (const auto* text :
       {"", "Basic realm=\"x\"", "Digest", "Digest realm=\"x\"", "Digest nonce=\"x\", qop=\"auth-int\"",
        "Digest nonce=\"x\", algorithm=SHA-512-256, qop=\"auth\"", "Digest nonce=\"unclosed", "Digest =,=,=", "Digest ,,,,"})
    EXPECT_FALSE(parse_digest_challenge(challenge(text))) << text;
}

TEST(Digest, TheServersNextNonceIsTakenUp) {
  Zeros random;
  DigestSession session{{"u", "p"}, random};
  ASSERT_TRUE(session.take_challenge(challenge("Digest realm=\"r\", nonce=\"one\", qop=\"auth\"")));
  session.authorize("GET", "/");
  session.take_info({{"Authentication-Info", "rspauth=\"x\", nextnonce=\"two\""}});
  const auto answer = session.authorize("GET", "/").value();
  EXPECT_THAT(answer, HasSubstr("nonce=\"two\""));
  EXPECT_THAT(answer, HasSubstr("nc=00000001"));
}

}   // namespace
}   // namespace nightjar::net
