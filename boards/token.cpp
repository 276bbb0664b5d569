#include "boards/token.h"

#include <fmt/format.h>

#include <charconv>

#include "app/settings.h"
#include "boards/files.h"
#include "drivers/linux/clocks.h"
#include "drivers/linux/loop.h"
#include "drivers/net/jwt.h"

namespace nightjar::boards {
namespace {

constexpr std::int64_t kTtlMax = std::int64_t{10} * 365 * 24 * 3600;   // s

/// "90s", "15m", "12h", "30d"
std::optional<std::chrono::seconds> parse_ttl(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failed != std::errc{} || end + 1 != text.data() + text.size() || count < 1 || count > kTtlMax) return std::nullopt;
  const std::int64_t unit = *end == 's' ? 1 : *end == 'm' ? 60 : *end == 'h' ? 3600 : *end == 'd' ? 86'400 : 0;
  if (unit == 0 || count > kTtlMax / unit) return std::nullopt;
  return std::chrono::seconds{count * unit};
}

}  // namespace

CLI::App* add_token(CLI::App& program, TokenOptions& options) {
  auto* command = program.add_subcommand("token", "make a token for readers of /api/ws/metrics");
  command->add_option("--subject", options.subject, "whom it is for; shown in the log")->required();
  command->add_option("--ttl", options.ttl, "how long it is good: 90s, 15m, 12h, 30d; ten years at the most")->capture_default_str();
  command->add_option("--config", options.config, "settings, a TOML file with metrics.secret")->required();
  return command;
}

hal::Result<std::string> make_token(const TokenOptions& options) {
  const auto invalid = [](std::string sentence) { return hal::Error{hal::ErrorKind::invalid, std::move(sentence)}; };
  const auto ttl = parse_ttl(options.ttl);
  if (!ttl) return invalid(fmt::format("--ttl must be like 90s, 15m, 12h or 30d, not \"{}\"", options.ttl));
  const auto text = read_file(options.config);
  if (!text.ok()) return text.error();
  const auto settings = app::read_settings(text.value());
  if (!settings.ok()) return invalid(options.config + ": " + settings.error().detail);
  if (settings.value().metrics_secret.empty()) return invalid(options.config + ": metrics.secret is not set");
  os::AsioLoop loop;
  const auto now = std::chrono::floor<std::chrono::seconds>(os::SystemWallClock{loop}.now());
  return net::make_jwt({options.subject, now + *ttl, now}, settings.value().metrics_secret);
}

}  // namespace nightjar::boards
