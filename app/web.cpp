#include "app/web.h"

#include <fmt/format.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

#include "app/page_files.h"

namespace nightjar::app {
namespace {

constexpr std::size_t kReportMax = 16u << 20;   // 100 000 shots are about 10 MB

/// Nothing but our own host, no inline script or style, no framing by others.
constexpr auto kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

hal::HttpResponse json_response(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}}, std::move(body)};
}

hal::HttpResponse error_response(int status, std::string_view code, std::string_view message) {
  return json_response(status, nlohmann::json{{"error", {{"message", message}, {"code", code}, {"component", "api"}}}}.dump());
}

/// A browser says where its page came from; only our own pages may talk to us (contract.md, section 7). Programs send no Origin.
bool is_own_origin(const hal::HttpRequest& request) {
  const auto origin = request.headers.find("Origin");
  if (!origin) return true;
  const auto host = request.headers.find("Host");
  return host && (*origin == fmt::format("http://{}", *host) || *origin == fmt::format("https://{}", *host));
}

/// Takes the same time wherever the two differ.
bool same_secret(std::string_view given, std::string_view wanted) {
  unsigned difference = given.size() == wanted.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i) difference |= static_cast<unsigned>(given[i] ^ wanted[i % wanted.size()]);
  return difference == 0;
}

std::string percent_decoded(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string token_of(const hal::HttpRequest& request) {
  constexpr std::string_view kBearer = "Bearer ";
  if (const auto header = request.headers.find("Authorization"); header && header->starts_with(kBearer))
    return std::string{header->substr(kBearer.size())};
  auto query = request.query();
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto field = query.substr(0, end);
    if (field.starts_with("token=")) return percent_decoded(field.substr(6));
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
  }
  return {};
}

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

hal::HttpResponse page_response(const hal::HttpRequest& request, const PageFile& file) {
  hal::Headers headers{{"Content-Type", std::string{file.type}}, {"ETag", std::string{file.etag}}, {"Cache-Control", "no-cache"},
                       {"Content-Security-Policy", kPolicy}, {"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "no-referrer"}};
  if (request.headers.find("If-None-Match") == file.etag) return {304, headers, {}};
  headers.add("Vary", "Accept-Encoding");
  if (request.headers.find("Accept-Encoding").value_or("").find("gzip") == std::string_view::npos) return {200, headers, unpacked(file.gzip)};
  headers.add("Content-Encoding", "gzip");
  return {200, headers, std::string{file.gzip}};
}

}  // namespace

bool Web::is_allowed(const hal::HttpRequest& request) const {
  return settings_.auth_token.empty() || same_secret(token_of(request), settings_.auth_token);
}

void Web::on_request(const hal::HttpRequest& request, hal::HttpReply reply) {
  const auto path = request.path();
  if (path.starts_with("/api/")) return api(request, std::move(reply));
  if (request.method != "GET" && request.method != "HEAD") return reply.answer({405, {{"Allow", "GET, HEAD"}}, {}});
  if (path == "/health") return reply.answer(json_response(200, device_.status_json()));
  if (const auto* file = page_file(path == "/" ? "/index.html" : path)) return reply.answer(page_response(request, *file));
  reply.answer({404, {{"Content-Type", "text/plain; charset=utf-8"}}, "There is no such page.\n"});
}

void Web::api(const hal::HttpRequest& request, hal::HttpReply reply) {
  if (!is_own_origin(request)) return reply.answer(error_response(403, "FOREIGN_ORIGIN", "Pages of other hosts may not use this device"));
  if (!is_allowed(request)) {
    auto refused = error_response(401, "UNAUTHORIZED", "A token is needed");
    refused.headers.add("WWW-Authenticate", "Bearer");
    return reply.answer(std::move(refused));
  }
  constexpr std::string_view kReports = "/api/timelapse/reports";
  const auto path = request.path();
  const bool known = path == "/api/status" || path == "/api/machines" || path == "/api/camera/last-picture" || path == kReports ||
                     path.starts_with("/api/timelapse/reports/");
  if (!known) return reply.answer(error_response(404, "NOT_FOUND", "API endpoint not found"));
  if (request.method != "GET" && request.method != "HEAD") {
    auto refused = error_response(405, "METHOD_NOT_ALLOWED", "This can only be read");
    refused.headers.add("Allow", "GET, HEAD");
    return reply.answer(std::move(refused));
  }
  if (path == "/api/status") return reply.answer(json_response(200, device_.status_json()));
  if (path == "/api/machines") return reply.answer(json_response(200, device_.machines_json()));
  if (path == "/api/camera/last-picture") return device_.last_picture(std::move(reply));
  if (path == kReports) return reports(std::move(reply));
  report(path.substr(kReports.size() + 1), std::move(reply));
}

void Web::reports(hal::HttpReply reply) {
  auto shared = std::make_shared<hal::HttpReply>(std::move(reply));
  auto operation = storage_.list("reports", [shared](const hal::Result<std::vector<hal::Storage::Entry>>& entries) {
    if (!entries.ok()) return shared->answer(error_response(500, "STORAGE", entries.error().text()));
    auto list = nlohmann::ordered_json::array();
    for (const auto& entry : entries.value()) {
      constexpr std::string_view kHead = "session-";
      constexpr std::string_view kTail = ".json";
      const std::string_view name = entry.name;
      if (!name.starts_with(kHead) || !name.ends_with(kTail) || name.size() <= kHead.size() + kTail.size()) continue;
      const auto id = name.substr(kHead.size(), name.size() - kHead.size() - kTail.size());
      list.push_back({{"id", fmt::format("report-{}", id)}, {"sessionId", id}, {"bytes", entry.size}});
    }
    shared->answer(json_response(200, nlohmann::ordered_json{{"reports", list}}.dump()));
  });
  operation.detach();   // the answer owns all it touches
}

void Web::report(std::string_view id, hal::HttpReply reply) {
  const auto session = id.starts_with("report-") ? id.substr(7) : id;
  auto shared = std::make_shared<hal::HttpReply>(std::move(reply));
  auto operation = storage_.read(fmt::format("reports/session-{}.json", session), kReportMax, [shared](const hal::Result<std::string>& text) {
    if (text.ok()) return shared->answer(json_response(200, text.value()));
    const bool absent = text.error().kind == hal::ErrorKind::not_found || text.error().kind == hal::ErrorKind::invalid;
    shared->answer(absent ? error_response(404, "NOT_FOUND", "Report not found") : error_response(500, "STORAGE", text.error().text()));
  });
  operation.detach();
}

std::optional<hal::HttpResponse> Web::on_upgrade(const hal::HttpRequest& request) {
  if (request.path() != "/ws" && request.path() != "/") return error_response(404, "NOT_FOUND", "There is no WebSocket here");
  if (!is_own_origin(request)) return error_response(403, "FOREIGN_ORIGIN", "Pages of other hosts may not use this device");
  if (!is_allowed(request)) return error_response(401, "UNAUTHORIZED", "A token is needed");
  if (device_.client_count() >= kClientsMax) return error_response(503, "TOO_MANY_CLIENTS", "Too many clients are connected");
  return std::nullopt;
}

void Web::on_websocket(const hal::HttpRequest& request, std::unique_ptr<hal::WebSocket> socket) { device_.add_client(request, std::move(socket)); }

}  // namespace nightjar::app
