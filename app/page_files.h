#pragma once
// The built web page, packed into the program.
#include <span>
#include <string_view>

namespace nightjar::app {

/// One file of the page. All views are into the program's own data and live as long as it.
struct PageFile {
  std::string_view path;   // "/index.html", "/assets/index-3f2a91c0.js"; the root "/" is the caller's to map
  std::string_view type;   // Content-Type, charset included
  std::string_view etag;   // strong, with its quotes, of the uncompressed content
  std::string_view gzip;   // the content, gzip-compressed: to be sent with Content-Encoding: gzip
};

/// Sorted by path. Files below /assets/ carry a hash of their content in their name and may be cached for ever; the others must be
/// revalidated. Any thread.
std::span<const PageFile> page_files();

}  // namespace nightjar::app
