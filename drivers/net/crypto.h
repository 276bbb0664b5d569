#pragma once
// The few digests and encodings the protocols here need, upon Mbed TLS.
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hal/random.h"

namespace nightjar::net {

/// MD5 is here for HTTP Digest alone, SHA-1 for the WebSocket handshake alone: neither protects anything.
enum class HashKind : unsigned char { md5, sha1, sha256 };

/// The raw digest: 16, 20 or 32 bytes.
std::string hash(HashKind kind, std::string_view bytes);
/// The digest in lower-case hex.
std::string hash_hex(HashKind kind, std::string_view bytes);

std::string to_hex(std::string_view bytes);
/// RFC 4648 section 4, with padding.
std::string base64_encode(std::string_view bytes);
/// Nothing for anything but whole, padded, canonical base64 without white space.
std::optional<std::string> base64_decode(std::string_view text);

/// `size` bytes of chance.
std::string random_bytes(hal::Random& random, std::size_t size);

}   // namespace nightjar::net
