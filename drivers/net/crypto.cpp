#include "drivers/net/crypto.h"

#include <mbedtls/md.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace nightjar::net {

namespace {

mbedtls_md_type_t md_type(HashKind kind) {
  switch (kind) {
    case HashKind::md5: return MBEDTLS_MD_MD5;
    case HashKind::sha1: return MBEDTLS_MD_SHA1;
    case HashKind::sha256: break;
  }
  return MBEDTLS_MD_SHA256;
}

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}   // namespace

std::string hash(HashKind kind, std::string_view bytes) {
  std::array<unsigned char, 32> out{};
  const auto* info = mbedtls_md_info_from_type(md_type(kind));
  mbedtls_md(info, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data());
  return {reinterpret_cast<const char*>(out.data()), mbedtls_md_get_size(info)};
}

std::string hash_hex(HashKind kind, std::string_view bytes) { return to_hex(hash(kind, bytes)); }

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string base64_encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const auto byte = [&](std::size_t at) { return at < left ? static_cast<unsigned char>(bytes[i + at]) : 0u; };
    const std::uint32_t group = (byte(0) << 16) | (byte(1) << 8) | byte(2);
    out += kBase64[group >> 18];
    out += kBase64[(group >> 12) & 63];
    out += left > 1 ? kBase64[(group >> 6) & 63] : '=';
    out += left > 2 ? kBase64[group & 63] : '=';
  }
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const auto quad = text.substr(i, 4);
    const bool last = i + 4 == text.size();
    const std::size_t padding = !last ? 0 : quad.ends_with("==") ? 2 : quad.ends_with("=") ? 1 : 0;
    std::uint32_t group = 0;
    for (std::size_t at = 0; at < 4; ++at) {
      const auto value = at >= 4 - padding ? 0 : kBase64.find(quad[at]);
      if (value == std::string_view::npos) return std::nullopt;
      group = (group << 6) | static_cast<std::uint32_t>(value);
    }
    if ((padding == 1 && (group & 0xff) != 0) || (padding == 2 && (group & 0xffff) != 0)) return std::nullopt;
    out += static_cast<char>(group >> 16);
    if (padding < 2) out += static_cast<char>((group >> 8) & 0xff);
    if (padding < 1) out += static_cast<char>(group & 0xff);
  }
  return out;
}

std::string base64url_encode(std::string_view bytes) {
  auto out = base64_encode(bytes);
  out.resize(out.find_last_not_of('=') + 1);
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  return out;
}

std::optional<std::string> base64url_decode(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos || text.size() % 4 == 1) return std::nullopt;
  std::string padded{text};
  std::replace(padded.begin(), padded.end(), '-', '+');
  std::replace(padded.begin(), padded.end(), '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  return base64_decode(padded);
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::array<unsigned char, 32> out{};
  mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                  reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data());
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

bool same_bytes(std::string_view given, std::string_view wanted) {
  if (given.size() != wanted.size()) return false;   // the length is no secret
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) difference = static_cast<unsigned char>(difference | (given[i] ^ wanted[i]));
  return difference == 0;
}

std::string random_bytes(hal::Random& random, std::size_t size) {
  std::string out(size, '\0');
  random.fill(std::as_writable_bytes(std::span{out}));
  return out;
}

}   // namespace nightjar::net
