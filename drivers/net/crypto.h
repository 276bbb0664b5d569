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

/// RFC 4648 section 5, without padding, as JSON Web Tokens have it (RFC 7515 section 2); nothing for any other form, nor for one whose
/// last bits are not zero: one value, one text.
std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

/// RFC 2104 upon SHA-256: 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view bytes);
/// Takes the same time wherever two texts of one length differ.
bool same_bytes(std::string_view given, std::string_view wanted);

/// `size` bytes of chance.
std::string random_bytes(hal::Random& random, std::size_t size);

}   // namespace nightjar::net
