// Tokens by the RFC's own example and by hand; tests/e2e holds the program against another library's.
#include "drivers/net/jwt.h"

#include <gmock/gmock.h>

#include "drivers/net/crypto.h"

namespace nightjar::net {
namespace {

using namespace std::chrono_literals;

constexpr auto kSecret = "a secret of at least 32 characters";
const hal::WallTime kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 30}};

/// A token whose parts are written here, with a good signature.
std::string signed_token(std::string_view header, std::string_view claims) {
  auto out = base64url_encode(header) + "." + base64url_encode(claims);
  return out + "." + base64url_encode(hmac_sha256(kSecret, out));
}
std::string with_claims(std::string_view claims) { return signed_token(R"({"alg":"HS256"})", claims); }

hal::ErrorKind refusal(std::string_view token, hal::WallTime now = kNow) {
  const auto checked = check_jwt(token, kSecret, now);
  EXPECT_FALSE(checked.ok()) << token;
  if (checked.ok()) return hal::ErrorKind::io;
  if (token.size() >= 8) {
    EXPECT_EQ(checked.error().detail.find(token.substr(0, 8)), std::string::npos) << "an error tells nothing of the token";
  }
  return checked.error().kind;
}

// RFC 7515, appendix A.1: header and claims with line ends in them, a key of 64 random bytes.
TEST(Jwt, TheRfcsExampleIsGoodUntilItExpires) {
  const auto key = base64url_decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow").value();
  constexpr auto token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
      ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
      ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const hal::WallTime end{1300819380s};
  const auto checked = check_jwt(token, key, end - 1ms);
  ASSERT_TRUE(checked.ok()) << checked.error().text();
  EXPECT_EQ(checked.value().expires, std::chrono::sys_seconds{1300819380s});
  EXPECT_EQ(check_jwt(token, key, end).error().kind, hal::ErrorKind::denied);
  EXPECT_EQ(check_jwt(token, key.substr(1), end - 1ms).error().kind, hal::ErrorKind::denied);
}

TEST(Jwt, WhatIsMadeIsTaken) {
  const hal::TokenClaims claims{"m\u00fcller \"roof\"", std::chrono::floor<std::chrono::seconds>(kNow) + 1h, std::chrono::floor<std::chrono::seconds>(kNow)};
  const auto token = make_jwt(claims, kSecret);
  EXPECT_EQ(check_jwt(token, kSecret, kNow).value(), claims);
  EXPECT_EQ(refusal(token, kNow + 1h), hal::ErrorKind::denied);
  EXPECT_EQ(refusal(token, kNow - 1ms), hal::ErrorKind::denied);
  EXPECT_EQ(check_jwt(token, "another secret of 32 characters or so", kNow).error().kind, hal::ErrorKind::denied);
  EXPECT_TRUE(check_jwt(make_jwt({"for ever"}, kSecret), kSecret, kNow).ok());
}

TEST(Jwt, NoOtherAlgorithmIsTakenWhateverTheSignature) {
  for (const auto* header : {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"RS256"})", R"({"alg":"HS512"})", R"({"alg":"hs256"})", R"({"alg":256})", R"({"alg":["HS256"]})", "{}",
                             R"({"alg":"HS256","alg":"none"})", R"({"alg":"HS256","crit":["exp"]})"})
    EXPECT_EQ(refusal(signed_token(header, R"({"sub":"a"})")), hal::ErrorKind::denied) << header;
  const auto good = with_claims(R"({"sub":"a"})");
  EXPECT_EQ(refusal(base64url_encode(R"({"alg":"none"})") + good.substr(good.find('.'), good.rfind('.') - good.find('.') + 1)), hal::ErrorKind::denied);
}

TEST(Jwt, EveryByteOfATokenCounts) {
  const auto good = with_claims(R"({"sub":"a"})");
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(check_jwt(bad, kSecret, kNow).ok()) << "byte " << i;
    EXPECT_FALSE(check_jwt(std::string_view{good}.substr(0, i), kSecret, kNow).ok()) << "cut at " << i;
  }
  EXPECT_FALSE(check_jwt(good, "", kNow).ok()) << "without a secret nothing is good";
}

TEST(Jwt, WhatIsNoTokenIsInvalid) {
  const auto good = with_claims("{}");
  for (const std::string& bad : {std::string{}, std::string{"."}, std::string{".."}, std::string{"a.b"}, good + ".", "." + good, good + "=", good + "\n", " " + good, std::string(10 << 10, 'a'),
                                 good + std::string(10 << 10, 'a'), std::string{"!!!.???.***"}, signed_token("[]", "{}"), signed_token("{", "{}"), with_claims("[]"), with_claims("null"),
                                 with_claims("{\"sub\":\"\xff\"}"), with_claims(R"({"exp":"soon"})"), with_claims(R"({"exp":-1})"), with_claims(R"({"exp":1e300})"), with_claims(R"({"nbf":true})"),
                                 with_claims(R"({"sub":7})"), with_claims(std::string(2000, '['))})
    EXPECT_EQ(refusal(bad), hal::ErrorKind::invalid) << bad.substr(0, 60);
}

TEST(Jwt, FractionsOfASecondAreCut) {
  const auto seconds = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(kNow.time_since_epoch()).count());
  EXPECT_TRUE(check_jwt(with_claims("{\"nbf\":" + seconds + ".9}"), kSecret, kNow).ok());
  EXPECT_FALSE(check_jwt(with_claims("{\"exp\":" + seconds + ".9}"), kSecret, kNow).ok());
}

// RFC 4231, test case 2.
TEST(Jwt, TheMacIsTheRfcs) {
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}   // namespace
}   // namespace nightjar::net
