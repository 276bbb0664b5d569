#include "drivers/net/url.h"

#include <gtest/gtest.h>

namespace nightjar::net {
namespace {

TEST(Url, IsTakenApart) {
  const auto url = parse_url("https://192.168.4.2:8443/ccapi/ver100?x=y#part");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls());
  EXPECT_EQ(url->host, "192.168.4.2");
  EXPECT_EQ(url->endpoint(), (hal::Endpoint{hal::IpAddress::v4(192, 168, 4, 2), 8443}));
  EXPECT_EQ(url->target, "/ccapi/ver100?x=y");
}

TEST(Url, WhatIsNotSaidIsTheSchemesOwn) {
  EXPECT_EQ(parse_url("http://h")->port, 80);
  EXPECT_EQ(parse_url("ws://h:")->port, 80);
  EXPECT_EQ(parse_url("WSS://Host.Example")->port, 443);
  EXPECT_EQ(parse_url("WSS://Host.Example")->host, "host.example");
  EXPECT_EQ(parse_url("http://h")->target, "/");
  EXPECT_EQ(parse_url("http://h?q")->target, "/?q");
  EXPECT_FALSE(parse_url("http://name/")->endpoint());
  EXPECT_EQ(parse_url("http://[fe80::1]:81/")->endpoint()->text(), "[fe80::1]:81");
}

TEST(Url, NonsenseIsNothing) {
  for (const auto* text : {"",
                           "h",
                           "//h",
                           "ftp://h",
                           "http:/h",
                           "http://",
                           "http:///x",
                           "http://h:0/",
                           "http://h:65536/",
                           "http://h:1x/",
                           "http://h:-1/",
                           "http://u@h/",
                           "http://u:p@h/",
                           "http://[::1",
                           "http://[1.2.3.4]/",
                           "http://[::1]x/",
                           "http://h h/",
                           "http://h/a b",
                           "http://h/%",
                           "http://h/%zz",
                           "http://h/\x01",
                           "http://h/\xc3\xbc",
                           "http://h_\"/"})
    EXPECT_FALSE(parse_url(text)) << text;
  EXPECT_FALSE(parse_url("http://h/" + std::string(3000, 'x')));
}

TEST(Url, EscapesAreDecoded) {
  EXPECT_EQ(percent_decode("a%20b%2Fc"), "a b/c");
  EXPECT_EQ(percent_decode(""), "");
  EXPECT_FALSE(percent_decode("%2"));
  EXPECT_FALSE(percent_decode("%gg"));
}

}   // namespace
}   // namespace nightjar::net
