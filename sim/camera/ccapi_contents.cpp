// The contents resources: storages, folders page by page, files in four kinds and in ranges.
#include <algorithm>
#include <charconv>
#include <utility>

#include "sim/camera/ccapi.h"

namespace nightjar::sim::camera {
namespace {

constexpr std::size_t kPage = 100;   // entries a page: our choice, no public source settles it

struct Range {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// "bytes=0-99", "bytes=100-", "bytes=-5" of `size` bytes (RFC 9110 section 14.1.2); nothing when it cannot be served.
std::optional<Range> parse_range(std::string_view text, std::size_t size) {
  constexpr std::string_view unit = "bytes=";
  if (!text.starts_with(unit)) return std::nullopt;
  text.remove_prefix(unit.size());
  const auto dash = text.find('-');
  if (dash == std::string_view::npos || size == 0) return std::nullopt;
  const auto number = [](std::string_view digits) -> std::optional<std::size_t> {
    std::size_t value = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return failed == std::errc{} && end == digits.data() + digits.size() ? std::optional{value} : std::nullopt;
  };
  const auto first = number(text.substr(0, dash)), last = number(text.substr(dash + 1));
  if (dash == 0) return last && *last > 0 ? std::optional{Range{size - std::min(size, *last), size - 1}} : std::nullopt;
  if (!first || *first >= size || (last && *last < *first)) return std::nullopt;
  return Range{*first, std::min(last.value_or(size - 1), size - 1)};
}

void send_bytes(const std::string& bytes, const char* type, std::optional<std::string> wanted, const AnswerPtr& answer) {
  if (!wanted) return answer->send({200, {{"Content-Type", type}, {"Accept-Ranges", "bytes"}}, bytes});
  const auto range = parse_range(*wanted, bytes.size());
  if (!range) return answer->refuse(416, "Range not satisfiable");
  const auto content = "bytes " + std::to_string(range->first) + "-" + std::to_string(range->last) + "/" + std::to_string(bytes.size());
  answer->send({206, {{"Content-Type", type}, {"Content-Range", content}}, bytes.substr(range->first, range->last - range->first + 1)});
}

/// The shell of a CR3 (ISO base media, brand "crx ") around the JPEG: nobody here develops it, many look at its first bytes.
std::string raw_around(const std::string& jpeg) {
  const auto box = [](std::string_view type, std::string_view payload) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(((payload.size() + 8) >> shift) & 0xff);
    return out.append(type).append(payload);
  };
  return box("ftyp", std::string_view{"crx \0\0\0\1crx isom", 16}) + box("mdat", jpeg);
}

}   // namespace

void Ccapi::contents(const Call& call) {
  const auto list = [&](const std::vector<std::string>& inside) {
    auto paths = Json::array();
    for (const auto& each : inside) paths.push_back(body_.content_address(each));
    call.answer->ok({{body_.address_key(), paths}});
  };
  const auto& card = body_.card;
  if (!body_.card_readable()) {
    if (call.inside.empty()) return list({});
    return call.answer->refuse(409, "Card not available");
  }
  if (call.inside.empty()) return list({card.name()});
  if (call.inside == card.name()) {
    std::vector<std::string> folders;
    for (const auto& each : card.folders()) folders.push_back(card.name() + "/" + each);
    return list(folders);
  }
  if (!call.inside.starts_with(card.name() + "/")) return call.answer->refuse(404, "Not found");
  const std::string below{call.inside.substr(card.name().size() + 1)};
  if (below.find('/') == std::string::npos) return folder(below, call);
  file(below, call);
}

void Ccapi::folder(const std::string& folder, const Call& call) {
  const auto query = call.request.query();
  const auto kind = query_value(query, "kind");
  const auto type = query_value(query, "type");
  const auto folders = body_.card.folders();
  const bool known = folder == body_.card.current_folder() || std::find(folders.begin(), folders.end(), folder) != folders.end();
  if (!known) return call.answer->refuse(404, "Not found");
  auto files = body_.card.files(folder);
  if (!type.empty() && type != "all") {
    if (type != "jpeg" && type != "cr3") return call.answer->refuse(400, "Invalid parameter");
    std::erase_if(files, [&](const std::string& name) { return name.ends_with(".JPG") != (type == "jpeg"); });
  }
  const auto pages = (files.size() + kPage - 1) / kPage;
  if (kind == "number") return call.answer->ok({{"contentsnumber", files.size()}, {"pagenumber", pages}});
  std::size_t page = 1;
  const auto wanted = query_value(query, "page");
  const auto [end, failed] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), page);
  const bool bad_page = !wanted.empty() && (failed != std::errc{} || page == 0 || page > std::max<std::size_t>(1, pages));
  if (bad_page || (!kind.empty() && kind != "list" && kind != "chunked")) return call.answer->refuse(400, "Invalid parameter");
  const auto first = kind == "chunked" ? 0 : std::min(files.size(), (page - 1) * kPage);
  const auto last = kind == "chunked" ? files.size() : std::min(files.size(), first + kPage);
  auto paths = Json::array();
  for (auto i = first; i < last; ++i) paths.push_back(body_.content_address(body_.card.name() + "/" + files[i]));
  call.answer->ok({{body_.address_key(), paths}});
}

void Ccapi::file(const std::string& name, const Call& call) {
  const auto found = body_.card.find(name);
  if (!found && body_.card.forgotten(name))
    return call.answer->refuse(
        404, "Not found: the card of this simulated camera keeps the newest " + std::to_string(body_.options.pictures_max));
  if (!found) return call.answer->refuse(404, "Not found");
  const auto kind = query_value(call.request.query(), "kind");
  const auto size = kind == "thumbnail" ? kThumbnail : kind == "display" ? kDisplay : kMain;
  if (kind == "info") {
    const auto taken = std::chrono::duration_cast<std::chrono::seconds>(found->photo->taken.time_since_epoch()).count();
    return call.answer->ok({{"filename", name},
                            {"width", kMain.width},
                            {"height", kMain.height},
                            {"lastmodified", taken},
                            {"protect", "disable"},
                            {"rating", "off"}});
  }
  if (!kind.empty() && kind != "main" && kind != "thumbnail" && kind != "display") return call.answer->refuse(400, "Invalid parameter");
  const bool raw = found->raw && size.width == kMain.width;
  std::optional<std::string> range;
  if (const auto field = call.request.headers.find("Range")) range = std::string{*field};
  const bool taken = body_.darkroom.draw(found->photo->view, size, [answer = call.answer, raw, range](const Darkroom::Picture& jpeg) {
    if (raw)
      send_bytes(raw_around(*jpeg), "image/x-canon-cr3", range, answer);
    else
      send_bytes(*jpeg, "image/jpeg", range, answer);
  });
  if (!taken) call.answer->refuse(503, "Device busy");
}

void Ccapi::remove_file(const Call& call) {
  const auto& card = body_.card;
  if (!body_.card_readable()) return call.answer->refuse(409, "Card not available");
  if (body_.condition.card == CameraCondition::Card::locked) return call.answer->refuse(409, "Card protected");
  const auto prefix = card.name() + "/";
  const std::string below{call.inside.starts_with(prefix) ? call.inside.substr(prefix.size()) : std::string_view{}};
  if (!body_.card.remove(below)) return call.answer->refuse(404, "Not found");
  body_.events.deleted(body_.content_address(prefix + below));
  body_.events.changed("storage");
  call.answer->ok();
}

}   // namespace nightjar::sim::camera
