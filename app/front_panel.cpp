#include "app/front_panel.h"

#include "app/messages/client_message.h"

namespace nightjar::app {
namespace {

constexpr auto kLastFile = "last-session";   // the first line of its journal
constexpr std::size_t kLastFileMax = 64u << 10;
constexpr auto kPanelLog = "front_panel";

/// Before the first session: the page's own defaults, until it is stopped.
fsm::SessionRequest first_request() {
  fsm::SessionRequest out;
  out.interval = std::chrono::seconds{10};
  return out;
}

}  // namespace

FrontPanel::FrontPanel(Timelapse& timelapse, Runtime& runtime, hal::Storage& storage, const Settings& settings)
    : timelapse_(timelapse), runtime_(runtime), storage_(storage), request_(first_request()), button_(runtime), led_(runtime) {
  button_.on_press = [this, &settings] { settings.press_starts ? start_or_stop() : on_photo(); };
  button_.on_hold = [this] { start_or_stop(); };
}

void FrontPanel::open(hal::Gpio* gpio, const Pins& pins, std::function<void()> done) {
  if (gpio != nullptr && pins.led) logged("the light cannot be used")(led_.open(*gpio, *pins.led));
  if (gpio == nullptr || !pins.button) return done();
  reading_ = storage_.read(kLastFile, kLastFileMax, [this, gpio, pin = *pins.button, done = std::move(done)](const hal::Result<std::string>& text) {
    if (const auto last = text.ok() ? journal::read(text.value()) : std::nullopt) request_ = last->request;
    logged("the button cannot be used")(button_.open(*gpio, pin));
    done();
  });
}

void FrontPanel::remember(const Session& session) {
  request_ = session.request;
  writing_ = storage_.replace(kLastFile, journal::begin(session), logged("the last settings are not kept on disk"));
}

void FrontPanel::start_or_stop() {
  if (timelapse_.running()) return timelapse_.stop(logged("the session cannot be stopped"));
  if (!timelapse_.unsaved()) return start();
  // Nobody is here to be asked whether the last one is worth keeping: it is.
  timelapse_.save(timelapse_.session()->id, std::nullopt, [this, log = logged("the last session cannot be saved")](const hal::Result<void>& saved) {
    log(saved);
    if (saved.ok()) start();
  });
}

void FrontPanel::start() {
  const auto stop_at = request_.stop_condition == "stop-at" ? parse_hh_mm(request_.stop_time) : std::nullopt;
  timelapse_.start(request_, stop_at, logged("no session begins"));
}

Timelapse::Answer FrontPanel::logged(const char* what) {
  return [this, what](const hal::Result<void>& result) {
    if (!result.ok()) runtime_.log.write(hal::LogLevel::warning, kPanelLog, what, {{"error", result.error().text()}});
  };
}

}  // namespace nightjar::app
