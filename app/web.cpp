#include "app/web.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/page_response.h"

namespace nightjar::app {
namespace {

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
  return query_value(request, "token").value_or("");
}

/// The first of `rest` up to `mark`, which goes with it.
std::string_view cut(std::string_view& rest, char mark) {
  const auto end = rest.find(mark);
  const auto out = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return out;
}

/// What stands in the braces of `pattern`, when `path` is of its form.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  std::vector<std::string> values;
  if (std::count(pattern.begin(), pattern.end(), '/') != std::count(path.begin(), path.end(), '/')) return std::nullopt;
  while (!pattern.empty() || !path.empty()) {
    const auto wanted = cut(pattern, '/');
    const auto given = cut(path, '/');
    if (wanted.starts_with('{')) {
      if (given.empty()) return std::nullopt;
      values.push_back(percent_decoded(given));
    } else if (wanted != given) {
      return std::nullopt;
    }
  }
  return values;
}

}  // namespace

hal::HttpResponse json_response(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}}, std::move(body)};
}

hal::HttpResponse error_response(int status, std::string_view code, std::string_view message) {
  return json_response(status, nlohmann::json{{"error", {{"message", message}, {"code", code}, {"component", "api"}}}}.dump());
}

std::optional<std::string> query_value(const hal::HttpRequest& request, std::string_view name) {
  auto query = request.query();
  while (!query.empty()) {
    auto value = cut(query, '&');
    if (cut(value, '=') == name) return percent_decoded(value);
  }
  return std::nullopt;
}

void Web::route(std::string method, std::string path, Handle handle, Access access) {
  routes_.push_back({std::move(method), std::move(path), std::move(handle), access});
}

void Web::door(std::string path, Door door) { doors_.emplace_back(std::move(path), std::move(door)); }

std::vector<std::string> Web::routes() const {
  std::vector<std::string> out;
  for (const auto& route : routes_) out.push_back(route.method + " " + route.path);
  return out;
}

std::optional<hal::HttpResponse> Web::refusal(const hal::HttpRequest& request, Access access) const {
  if (access == Access::open) return std::nullopt;
  if (!is_own_origin(request)) return error_response(403, "FOREIGN_ORIGIN", "Pages of other hosts may not use this device");
  if (settings_.auth_token.empty() || same_secret(token_of(request), settings_.auth_token)) return std::nullopt;
  auto refused = error_response(401, "UNAUTHORIZED", "A token is needed");
  refused.headers.add("WWW-Authenticate", "Bearer");
  return refused;
}

void Web::on_request(const hal::HttpRequest& request, hal::HttpReply reply) {
  const auto path = request.path();
  const auto method = request.method == "HEAD" ? "GET" : std::string_view{request.method};   // the server leaves the body out
  std::string allowed;
  for (const auto& route : routes_) {
    auto values = match(route.path, path);
    if (!values) continue;
    if (route.method != method) {
      allowed += (allowed.empty() ? "" : ", ") + (route.method == "GET" ? "GET, HEAD" : route.method);
      continue;
    }
    if (auto refused = refusal(request, route.access)) return reply.answer(std::move(*refused));
    return route.handle({request, std::move(*values)}, std::move(reply));
  }
  const bool api = path.starts_with("/api/");
  if (auto refused = refusal(request, api ? Access::token : Access::open)) return reply.answer(std::move(*refused));
  if (!allowed.empty()) {
    auto refused = error_response(405, "METHOD_NOT_ALLOWED", fmt::format("{} cannot be done here; {} can", request.method, allowed));
    refused.headers.add("Allow", allowed);
    return reply.answer(std::move(refused));
  }
  if (api) return reply.answer(error_response(404, "NOT_FOUND", "API endpoint not found"));
  reply.answer(page_response(request));
}

const Web::Door* Web::door_at(std::string_view path) const {
  for (const auto& [at, door] : doors_)
    if (at == path) return &door;
  return nullptr;
}

std::optional<hal::HttpResponse> Web::on_upgrade(const hal::HttpRequest& request) {
  const auto* door = door_at(request.path());
  if (door == nullptr) return error_response(404, "NOT_FOUND", "There is no WebSocket here");
  if (auto refused = refusal(request, door->access)) return refused;
  return door->refuse ? door->refuse(request) : std::nullopt;
}

void Web::on_websocket(const hal::HttpRequest& request, std::unique_ptr<hal::WebSocket> socket) {
  door_at(request.path())->enter(request, std::move(socket));   // on_upgrade has found it
}

}  // namespace nightjar::app
