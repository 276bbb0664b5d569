#include "app/page_response.h"

#include <zlib.h>

#include "app/page_files.h"

namespace nightjar::app {
namespace {

/// Nothing but our own host, no inline script or style, no framing by others.
constexpr auto kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

const PageFile* page_file(std::string_view path) {
  for (const auto& file : page_files())
    if (file.path == path) return &file;
  return nullptr;
}

/// For a client that does not take gzip, such as plain curl. The page's files are a few hundred KiB at the most.
std::string unpacked(std::string_view gzip) {
  z_stream stream{};
  if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK) return {};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));   // zlib only reads it
  stream.avail_in = static_cast<uInt>(gzip.size());
  std::string out;
  int state = Z_OK;
  while (state == Z_OK) {
    const auto size = out.size();
    out.resize(size + 65'536);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + size);
    stream.avail_out = 65'536;
    state = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  return out;
}

hal::HttpResponse file_response(const hal::HttpRequest& request, const PageFile& file) {
  hal::Headers headers{{"Content-Type", std::string{file.type}}, {"ETag", std::string{file.etag}}, {"Cache-Control", "no-cache"},
                       {"Content-Security-Policy", kPolicy}, {"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "no-referrer"}};
  if (request.headers.find("If-None-Match") == file.etag) return {304, headers, {}};
  headers.add("Vary", "Accept-Encoding");
  if (request.headers.find("Accept-Encoding").value_or("").find("gzip") == std::string_view::npos) return {200, headers, unpacked(file.gzip)};
  headers.add("Content-Encoding", "gzip");
  return {200, headers, std::string{file.gzip}};
}

}  // namespace

hal::HttpResponse page_response(const hal::HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") return {405, {{"Allow", "GET, HEAD"}}, {}};
  const auto path = request.path();
  if (const auto* file = page_file(path == "/" ? "/index.html" : path)) return file_response(request, *file);
  return {404, {{"Content-Type", "text/plain; charset=utf-8"}}, "There is no such page.\n"};
}

}  // namespace nightjar::app
