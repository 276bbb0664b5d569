#include "drivers/net/http_codec.h"

#include <gmock/gmock.h>

#include "drivers/net/crypto.h"

namespace nightjar::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string describe(const hal::Headers& headers, const std::string& body) {
  std::string out;
  for (const auto& [name, value] : headers.all()) out.append("|").append(name).append("=").append(value);
  return out.append("|").append(body);
}

/// Everything `bytes` comes to, given in two pieces (or, for npos, byte by byte), as text.
std::vector<std::string> read_requests(std::string_view bytes, std::size_t split, HttpLimits limits = {}) {
  std::vector<std::string> out;
  HttpRequestReader reader{limits};
  const auto give = [&](std::string_view piece) {
    while (!piece.empty() && reader.state() != HttpReader::State::failed) {
      piece.remove_prefix(reader.read(piece));
      if (reader.state() != HttpReader::State::complete) continue;
      const bool keep = reader.keep_alive();
      const auto request = reader.take();
      out.push_back(request.method + " " + request.target + describe(request.headers, request.body) + (keep ? " keep" : " close"));
      reader.restart();
    }
  };
  if (split == std::string_view::npos) {
    for (const char byte : bytes) give({&byte, 1});
  } else {
    give(bytes.substr(0, split));
    give(bytes.substr(split));
  }
  if (reader.state() == HttpReader::State::failed) out.push_back("failed " + std::to_string(reader.failure()));
  return out;
}

std::vector<std::string> read_responses(std::string_view bytes, std::size_t split, std::string_view method = "GET",
                                        HttpLimits limits = {}) {
  std::vector<std::string> out;
  HttpResponseReader reader{limits};
  reader.restart(method);
  const auto give = [&](std::string_view piece) {
    while (!piece.empty() && reader.state() != HttpReader::State::failed) {
      piece.remove_prefix(reader.read(piece));
      if (reader.state() != HttpReader::State::complete) continue;
      const auto response = reader.take();
      out.push_back(std::to_string(response.status) + describe(response.headers, response.body));
      reader.restart(method);
    }
  };
  if (split == std::string_view::npos) {
    for (const char byte : bytes) give({&byte, 1});
  } else {
    give(bytes.substr(0, split));
    give(bytes.substr(split));
  }
  reader.end();
  if (reader.state() == HttpReader::State::complete) {
    const auto response = reader.take();
    out.push_back(std::to_string(response.status) + describe(response.headers, response.body));
  }
  if (reader.state() == HttpReader::State::failed) out.push_back(reader.error().text());
  return out;
}

TEST(HttpCodec, RequestsReadTheSameWhereverTheyAreSplit) {
  const std::string bytes =
      "GET /a?b=c HTTP/1.1\r\nHost: h\r\nX-Spaces: \t a  b \t\r\nX-Empty:\r\n\r\n"
      "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
      "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4;ext=1\r\nWiki\r\n5\r\npedia\r\n0\r\nX-Trailer: t\r\n\r\n"
      "DELETE http://h:80/d?e HTTP/1.1\r\nHost: h:80\r\n\r\n"
      "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"
      "GET /old HTTP/1.0\r\n\r\n";
  const auto whole = read_requests(bytes, bytes.size());
  ASSERT_THAT(whole, ElementsAre("GET /a?b=c|Host=h|X-Spaces=a  b|X-Empty=| keep", "POST /p|Host=h|Content-Length=5|hello keep",
                                 "PUT /c|Host=h|Transfer-Encoding=chunked|Wikipedia keep", "DELETE /d?e|Host=h:80| keep",
                                 "OPTIONS *|Host=h| keep", "GET /old| close"));
  for (std::size_t split = 0; split < bytes.size(); ++split) ASSERT_EQ(read_requests(bytes, split), whole) << split;
  EXPECT_EQ(read_requests(bytes, std::string::npos), whole);
}

TEST(HttpCodec, ResponsesReadTheSameWhereverTheyAreSplit) {
  const std::string bytes =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
      "HTTP/1.1 204 No Content\r\n\r\n"
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\nETag: \"x\"\r\n\r\n"
      "HTTP/1.1 503 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end";
  const auto whole = read_responses(bytes, bytes.size());
  ASSERT_THAT(whole, ElementsAre("200|Content-Length=3|abc", "204|", "304|Content-Length=77|ETag=\"x\"|",
                                 "503|Transfer-Encoding=chunked|de", "200|Connection=close|to the end"));
  for (std::size_t split = 0; split < bytes.size(); ++split) ASSERT_EQ(read_responses(bytes, split), whole) << split;
  EXPECT_EQ(read_responses(bytes, std::string::npos), whole);
}

TEST(HttpCodec, AFailureIsTheSameWhereverTheBytesAreSplit) {
  for (const std::string bytes :
       {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", "GET / HTTP/3.0\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n", "\x16\x03\x01"}) {
    const auto whole = read_requests(bytes, bytes.size(), {200, 10});
    ASSERT_EQ(whole.size(), 1u);
    for (std::size_t split = 0; split < bytes.size(); ++split) ASSERT_EQ(read_requests(bytes, split, {200, 10}), whole) << bytes << split;
  }
}

TEST(HttpCodec, TheHeadsLimitIsExact) {
  const std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n";
  EXPECT_EQ(read_requests(bytes, 7, {bytes.size(), 0}).at(0), "GET /|Host=h|X=y| keep");
  EXPECT_THAT(read_requests(bytes, 7, {bytes.size() - 1, 0}), ElementsAre("failed 431"));
}

TEST(HttpCodec, TooManyFieldsAreRefused) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 100; ++i) bytes += "a: b\r\n";
  EXPECT_THAT(read_requests(bytes + "\r\n", 0), ElementsAre("failed 431"));
}

TEST(HttpCodec, TrailersAreBounded) {
  std::string bytes = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
  for (int i = 0; i < 100; ++i) bytes += "X: " + std::string(100, 'y') + "\r\n";
  EXPECT_THAT(read_requests(bytes, 0, {1000, 1000}), ElementsAre("failed 431"));
}

TEST(HttpCodec, AnAnswerToHeadHasNoBody) {
  EXPECT_THAT(
      read_responses("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 3, "HEAD"),
      ElementsAre("200|Content-Length=5|", "200|Transfer-Encoding=chunked|"));
}

TEST(HttpCodec, BrokenAnswersAreToldApart) {
  EXPECT_THAT(read_responses("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", 3), ElementsAre(HasSubstr("protocol error")));
  EXPECT_THAT(read_responses("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", 3, "GET", {200, 10}), ElementsAre(HasSubstr("too large")));
  EXPECT_THAT(read_responses("HTTP/1.1 200 OK\r\n\r\n0123456789a", 3, "GET", {200, 10}), ElementsAre(HasSubstr("too large")));
  EXPECT_THAT(read_responses("HTTP/2.0 200 OK\r\n\r\n", 3), ElementsAre(HasSubstr("protocol error")));
  EXPECT_THAT(read_responses("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 3),
              ElementsAre(HasSubstr("protocol error")));
  std::string endless;
  for (int i = 0; i < 20; ++i) endless += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_THAT(read_responses(endless, 3), ElementsAre(HasSubstr("protocol error")));
}

TEST(HttpCodec, WhatIsWrittenIsRead) {
  hal::HttpRequest request{"POST", "/x?y", {{"A", "b"}, {"Content-Length", "999"}, {"Connection", "close"}, {"Host", "evil"}}, "body", {}};
  EXPECT_THAT(read_requests(format_request_head(request, "h:81") + request.body, 5),
              ElementsAre("POST /x?y|Host=h:81|A=b|Content-Length=4|body keep"));
  hal::HttpResponse response{200, {{"A", "b"}, {"Transfer-Encoding", "chunked"}}, "body"};
  EXPECT_THAT(read_responses(format_response_head(response, {}) + response.body, 5), ElementsAre("200|A=b|Content-Length=4|body"));
  const auto head = format_response_head({200, {}, {}}, {HttpResponseFraming::Body::chunked, true, false});
  EXPECT_THAT(read_responses(head + format_chunk("one") + format_chunk(std::string(300, 'x')) + format_chunk({}), 5),
              ElementsAre("200|Transfer-Encoding=chunked|one" + std::string(300, 'x')));
}

TEST(HttpCodec, NothingBreaksOutOfAField) {
  const auto head = format_response_head({200, {{"A", "b\r\nSet-Cookie: c"}, {"B c", "d"}, {"", "e"}, {"F", "g"}}, {}}, {});
  EXPECT_THAT(head, Not(HasSubstr("Set-Cookie")));
  EXPECT_THAT(head, HasSubstr("F: g\r\n"));
  EXPECT_FALSE(is_writable({"GET", "/ HTTP/1.1\r\nX: y", {}, {}, {}}));
  EXPECT_FALSE(is_writable({"G T", "/", {}, {}, {}}));
  EXPECT_TRUE(is_writable({"GET", "/", {{"X", "y"}}, {}, {}}));
}

TEST(HttpCodec, TokensAreFoundInLists) {
  EXPECT_TRUE(has_token("keep-alive, Upgrade", "upgrade"));
  EXPECT_FALSE(has_token("keep-alive, Upgrades", "upgrade"));
  EXPECT_FALSE(has_token("", "upgrade"));
}

TEST(Crypto, DigestsAreTheStandards) {
  EXPECT_EQ(hash_hex(HashKind::md5, "abc"), "900150983cd24fb0d6963f7d28e17f72");            // RFC 1321
  EXPECT_EQ(hash_hex(HashKind::sha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");   // FIPS 180
  EXPECT_EQ(hash_hex(HashKind::sha256, "abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Crypto, Base64IsRfc4648s) {
  for (const auto& [plain, coded] : {std::pair{"", ""}, std::pair{"f", "Zg=="}, std::pair{"fo", "Zm8="}, std::pair{"foo", "Zm9v"},
                                     std::pair{"foob", "Zm9vYg=="}, std::pair{"fooba", "Zm9vYmE="}, std::pair{"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(base64_encode(plain), coded);
    EXPECT_EQ(base64_decode(coded), plain);
  }
  EXPECT_EQ(base64_decode(base64_encode("\xfb\xff\xfe")), "\xfb\xff\xfe");
  for (const auto* bad : {"Zg", "Zg=", "Z===", "====", "Zm9v\n", "Zh==", "Zm9=", "Zm=v", "Zg==Zg=="})
    EXPECT_FALSE(base64_decode(bad)) << bad;
}

}   // namespace
}   // namespace nightjar::net
