#define TOML_EXCEPTIONS 0
#include "sim/scenario.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>

namespace nightjar::sim {
namespace {

constexpr std::array<std::string_view, 3> kButtons{"both", "simple", "manual"};
constexpr std::array<std::string_view, 2> kServers{"media", "metrics"};
constexpr std::string_view kSections[] = {"device", "camera", "phone", "server", "timeline"};
constexpr std::array<std::string_view, 7> kKinds{"", "phone", "camera", "device", "media server", "metrics server", "part of the night"};   // by Whom

/// One table of the file: reads its keys, remembers the first mistake and every key it was asked for.
class Entry {
 public:
  Entry(const toml::table& table, std::string what, std::string& mistake) : table_(table), what_(std::move(what)), mistake_(mistake) {}

  template <class T>
  bool read(std::string_view key, T& into) {
    known_.insert(std::string{key});
    const auto* node = table_.get(key);
    if (node == nullptr) return false;
    std::optional<T> value;
    if constexpr (std::is_same_v<T, double>) value = node->is_number() ? node->value<double>() : std::nullopt;
    else value = node->value_exact<T>();
    if (value) into = *value;
    else refuse(key, std::is_same_v<T, std::string> ? "must be a text" : std::is_same_v<T, bool> ? "must be true or false" : "must be a number");
    return true;
  }
  bool read_clock(std::string_view key, hal::Duration& into) {
    std::string text;
    if (!read(key, text)) return false;
    const auto parsed = parse_clock(text);
    if (parsed) into = *parsed;
    else refuse(key, "must be a time like \"00:14:07\" or \"00:14:07.250\"");
    return true;
  }
  void refuse(std::string_view key, std::string_view why) {
    const auto* node = table_.get(key);
    const auto line = node != nullptr ? node->source().begin.line : table_.source().begin.line;
    if (mistake_.empty()) mistake_ = fmt::format("line {}: {}.{} {}", line, what_, key, why);
  }
  void refuse_unknown() {
    for (const auto& [key, node] : table_)
      if (!known_.contains(std::string{key.str()})) refuse(key.str(), "is not known here");
  }
  void knows(std::string_view key) { known_.insert(std::string{key}); }

 private:
  const toml::table& table_;
  std::string what_;
  std::string& mistake_;
  std::set<std::string> known_;
};

class Reading {
 public:
  explicit Reading(const toml::table& root) : root_(root) {}

  hal::Result<Scenario> run() {
    Entry top{root_, "the scenario", mistake_};
    top.read("name", out_.name);
    std::int64_t seed = 1;
    top.read("seed", seed);
    out_.seed = static_cast<std::uint64_t>(seed);
    top.read_clock("lasts", out_.lasts);
    for (const auto section : kSections) top.knows(section);
    top.refuse_unknown();
    each("device", [this](Entry& entry) { device(entry); });
    each("camera", [this](Entry& entry) { camera(entry); });
    each("phone", [this](Entry& entry) { phone(entry); });
    each("server", [this](Entry& entry) { server(entry); });
    each("timeline", [this](Entry& entry) { happening(entry); });
    if (mistake_.empty() && out_.devices.empty()) mistake_ = "line 1: there is no [[device]]";
    if (!mistake_.empty()) return hal::Error{hal::ErrorKind::invalid, mistake_};
    std::stable_sort(out_.happenings.begin(), out_.happenings.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    return out_;
  }

 private:
  void each(const char* section, const std::function<void(Entry&)>& take) {
    const auto* node = root_.get(section);
    if (node == nullptr || !mistake_.empty()) return;
    const auto* array = node->as_array();
    const std::size_t most = std::string_view{section} == "timeline" ? Scenario::kHappeningsMax : Scenario::kPartsMax;
    if (array == nullptr || array->size() > most) {
      mistake_ = fmt::format("line {}: {} must be a list of at most {} tables", node->source().begin.line, section, most);
      return;
    }
    for (const auto& one : *array) {
      const auto* table = one.as_table();
      if (table == nullptr) mistake_ = fmt::format("line {}: {} must be a list of tables", one.source().begin.line, section);
      if (!mistake_.empty()) return;
      Entry entry{*table, section, mistake_};
      take(entry);
      entry.refuse_unknown();
    }
  }

  void take_name(Entry& entry, std::string& into, std::set<std::string>& kind) {
    entry.read("name", into);
    if (into.empty() || !names_.insert(into).second) entry.refuse("name", "must be there, once: two of one name are one too many");
    kind.insert(into);
  }
  void take_device(Entry& entry, std::string& into) {
    if (!out_.devices.empty()) into = out_.devices.front().name;
    entry.read("device", into);
    if (!devices_.contains(into)) entry.refuse("device", "must name a [[device]]");
  }

  template <class Word, std::size_t N>
  static void take_word(Entry& entry, std::string_view key, const std::array<std::string_view, N>& words, Word& into, std::string_view why) {
    std::string word{words[0]};
    entry.read(key, word);
    const auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end()) entry.refuse(key, why);
    else into = static_cast<Word>(found - words.begin());
  }

  void device(Entry& entry) {
    DeviceSpec spec;
    take_name(entry, spec.name, devices_);
    entry.read("resume", spec.resume);
    entry.read("token", spec.token);
    entry.read("clock_battery", spec.clock_battery);
    out_.devices.push_back(std::move(spec));
  }
  void camera(Entry& entry) {
    CameraSpec spec;
    take_name(entry, spec.name, cameras_);
    take_device(entry, spec.device);
    take_word(entry, "buttons", kButtons, spec.buttons, "must be both, simple or manual");
    entry.read("exposure", spec.exposure);
    entry.read("tls", spec.tls);
    entry.read("digest", spec.digest);
    entry.read("ssdp", spec.ssdp);
    out_.cameras.push_back(std::move(spec));
  }
  void phone(Entry& entry) {
    PhoneSpec spec;
    take_name(entry, spec.name, phones_);
    take_device(entry, spec.device);
    out_.phones.push_back(std::move(spec));
  }
  void server(Entry& entry) {
    ServerSpec spec;
    take_word(entry, "kind", kServers, spec.kind, "must be media or metrics");
    take_name(entry, spec.name, spec.kind == ServerSpec::Kind::media ? media_ : metrics_);
    take_device(entry, spec.device);
    const auto same = [&](const ServerSpec& other) { return other.kind == spec.kind && other.device == spec.device; };
    if (std::any_of(out_.servers.begin(), out_.servers.end(), same)) entry.refuse("device", "has a server of that kind already");
    out_.servers.push_back(std::move(spec));
  }

  void happening(Entry& entry) {
    Happening out;
    std::string name;
    if (!entry.read_clock("at", out.at)) return entry.refuse("at", "is needed");
    if (out.at > out_.lasts) entry.refuse("at", "is when the night is over");
    if (!entry.read("do", name)) return entry.refuse("do", "is needed");
    const auto* row = find_deed(name);
    if (row == nullptr) return entry.refuse("do", fmt::format("is nothing that can happen: \"{}\"", name));
    out.deed = row->deed;
    take_whom(entry, *row, out.who);
    if (row->lasts && !entry.read_clock("for", out.lasts)) entry.refuse("for", "is needed: how long it lasts");
    if (!row->amount.empty()) {
      if (!entry.read("amount", out.amount)) entry.refuse("amount", fmt::format("is needed: {}", row->amount));
      if (!(out.amount >= row->amount_min && out.amount <= row->amount_max))
        entry.refuse("amount", fmt::format("must be between {} and {}", row->amount_min, row->amount_max));
    }
    if (!row->times.empty()) {
      std::int64_t times = 1;
      entry.read("times", times);
      if (times < 0 || times > kTimesMax) entry.refuse("times", fmt::format("must be between 0 and {}", kTimesMax));
      out.times = static_cast<int>(times);
    }
    if (!row->text.empty()) entry.read("text", out.text);
    if (row->deed == Deed::part && !names_.contains(out.text)) entry.refuse("text", "must name somebody: the other one");
    if (row->deed == Deed::join_session && !devices_.contains(out.text)) entry.refuse("text", "must name the device that hosts");
    out_.happenings.push_back(std::move(out));
  }
  void take_whom(Entry& entry, const DeedInfo& row, std::string& who) {
    if (row.whom == Whom::nobody) return;
    const auto& kind = all_of(row.whom);
    if (!entry.read("who", who) && !kind.empty()) who = first(row.whom);
    if (!kind.contains(who)) entry.refuse("who", fmt::format("must name a {}", kKinds[static_cast<std::size_t>(row.whom)]));
  }
  const std::set<std::string>& all_of(Whom whom) const {
    switch (whom) {
      case Whom::phone: return phones_;
      case Whom::camera: return cameras_;
      case Whom::device: return devices_;
      case Whom::media: return media_;
      case Whom::metrics: return metrics_;
      default: return names_;
    }
  }
  std::string first(Whom whom) const {
    if (whom == Whom::phone) return out_.phones.front().name;
    if (whom == Whom::media || whom == Whom::metrics) return *all_of(whom).begin();
    return whom == Whom::camera ? out_.cameras.front().name : out_.devices.front().name;
  }

  const toml::table& root_;
  Scenario out_;
  std::string mistake_;
  std::set<std::string> names_, devices_, cameras_, phones_, media_, metrics_;
};

}   // namespace

hal::Result<Scenario> read_scenario(std::string_view text) {
  const auto parsed = toml::parse(text);
  if (!parsed)
    return hal::Error{hal::ErrorKind::invalid, fmt::format("line {}: {}", parsed.error().source().begin.line, parsed.error().description())};
  return Reading{parsed.table()}.run();
}

std::string to_toml(const Scenario& scenario) {
  auto out = fmt::format("name = {}\nseed = {}\nlasts = \"{}\"\n", toml_text(scenario.name), static_cast<std::int64_t>(scenario.seed), clock_text(scenario.lasts));
  for (const auto& device : scenario.devices) {
    out += fmt::format("\n[[device]]\nname = {}\n", toml_text(device.name));
    if (device.resume) out += "resume = true\n";
    if (!device.clock_battery) out += "clock_battery = false\n";
    if (!device.token.empty()) out += fmt::format("token = {}\n", toml_text(device.token));
  }
  for (const auto& camera : scenario.cameras) {
    out += fmt::format("\n[[camera]]\nname = {}\ndevice = {}\nexposure = {}\n", toml_text(camera.name), toml_text(camera.device), toml_text(camera.exposure));
    if (camera.buttons != CameraOptions::Buttons::both) out += fmt::format("buttons = \"{}\"\n", kButtons[static_cast<std::size_t>(camera.buttons)]);
    if (camera.tls) out += "tls = true\n";
    if (camera.digest) out += "digest = true\n";
    if (camera.ssdp) out += "ssdp = true\n";
  }
  for (const auto& phone : scenario.phones) out += fmt::format("\n[[phone]]\nname = {}\ndevice = {}\n", toml_text(phone.name), toml_text(phone.device));
  for (const auto& server : scenario.servers)
    out += fmt::format("\n[[server]]\nname = {}\nkind = \"{}\"\ndevice = {}\n", toml_text(server.name), kServers[static_cast<std::size_t>(server.kind)], toml_text(server.device));
  // TOML: the root's own keys stand before the first section.
  std::string timeline = "timeline = [\n";
  for (const auto& happening : scenario.happenings) timeline += "  " + to_toml(happening) + ",\n";
  return out.insert(out.find("\n[["), scenario.happenings.empty() ? std::string{} : timeline + "]\n");
}

}   // namespace nightjar::sim
