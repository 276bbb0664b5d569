#include "app/rest_timelapse.h"

#include "app/rest.h"

namespace nightjar::app {
namespace {

/// {success, message, status, sessionId, title}: what the existing page reads.
std::function<Json()> told(const char* message, const std::function<StatusView()>& view) {
  return [message, view] {
    const auto now = view();
    Json out{{"success", true}, {"message", message}, {"status", intervalometer_object(now)}};
    if (now.session != nullptr) {
      out.add("sessionId", now.session->id);
      out.add("title", now.session->title);
    }
    return out;
  };
}

}  // namespace

void add_timelapse_routes(Web& web, Timelapse& timelapse, const Settings& settings, std::function<StatusView()> view) {
  web.route("GET", "/api/intervalometer/status",
            [view](const WebCall&, hal::HttpReply reply) { reply.answer(json_response(200, intervalometer_object(view()).text())); });
  web.route("POST", "/api/intervalometer/start", [&timelapse, &settings, view](const WebCall& call, hal::HttpReply reply) {
    with_message<StartIntervalometer>("start_intervalometer", call, std::move(reply), [&](const StartIntervalometer& start, hal::HttpReply to) {
      if (timelapse.unsaved_session() != nullptr)   // on /ws a start waits for that; a request must not
        return to.answer(error_response(409, "UNSAVED_SESSION", "A session waits to be saved or discarded"));
      timelapse.start(start.requested(settings.late), start.stop_at, answering(std::move(to), told("Intervalometer started", view)));
    });
  });
  web.route("POST", "/api/intervalometer/stop", [&timelapse, view](const WebCall&, hal::HttpReply reply) {
    timelapse.stop(answering(std::move(reply), told("Intervalometer stopped", view)));
  });
  web.route("POST", "/api/intervalometer/pause", [&timelapse, view](const WebCall&, hal::HttpReply reply) {
    timelapse.pause(kPausedByPerson, answering(std::move(reply), told("Intervalometer paused", view)));
  });
  web.route("POST", "/api/intervalometer/resume", [&timelapse, view](const WebCall&, hal::HttpReply reply) {
    timelapse.go_on(answering(std::move(reply), told("Intervalometer resumed", view)));
  });
  web.route("PATCH", "/api/intervalometer", [&timelapse, view](const WebCall& call, hal::HttpReply reply) {
    with_message<UpdateIntervalometer>("update_intervalometer", call, std::move(reply), [&](const UpdateIntervalometer& update, hal::HttpReply to) {
      timelapse.change_plan(update.change, answering(std::move(to), told("Intervalometer changed", view)));
    });
  });

  web.route("GET", "/api/timelapse/unsaved-session", [&timelapse](const WebCall&, hal::HttpReply reply) {
    reply.answer(json_response(200, unsaved_session_data(timelapse.unsaved_session()).text()));
  });
  web.route("POST", "/api/timelapse/sessions/{id}/save", [&timelapse](const WebCall& call, hal::HttpReply reply) {
    const auto act = [&](const SaveSession& save, hal::HttpReply to) {
      timelapse.save(save.session_id, save.title, answering(std::move(to), [id = save.session_id] {
                       return Json{{"success", true}, {"message", "Session saved"}, {"sessionId", id}, {"reportId", "report-" + id}};
                     }));
    };
    with_message<SaveSession>("save_session_as_report", call, std::move(reply), act, "sessionId");
  });
  web.route("POST", "/api/timelapse/sessions/{id}/discard", [&timelapse](const WebCall& call, hal::HttpReply reply) {
    const auto act = [&](const DiscardSession& discard, hal::HttpReply to) {
      timelapse.discard(discard.session_id, answering(std::move(to), [id = discard.session_id] {
                          return Json{{"success", true}, {"message", "Session discarded"}, {"sessionId", id}};
                        }));
    };
    with_message<DiscardSession>("discard_session", call, std::move(reply), act, "sessionId");
  });
}

}  // namespace nightjar::app
