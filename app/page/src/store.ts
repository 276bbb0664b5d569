// The page's one mutable thing, and the verbs a finger can ask for.
import { useEffect, useState } from "preact/hooks";
import { isRefused, ask as request } from "./api";
import { ConnectionClient } from "./connection/client";
import { type Model, connectionChanged, heard, kStart, logged } from "./model";
import { type Plan, type Request, type StartOptions, parseFrame } from "./protocol";
import { text } from "./text";
import { keepToken, tokenQuery } from "./token";

let model: Model = kStart;
const watchers = new Set<(model: Model) => void>();

function change(next: Model) {
  model = next;
  for (const watcher of watchers) watcher(model);
}

export function useModel(): Model {
  const [seen, see] = useState(model);
  useEffect(() => {
    watchers.add(see);
    see(model);
    return () => void watchers.delete(see);
  }, []);
  return seen;
}

const client = new ConnectionClient(
  () => `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws${tokenQuery() && `?${tokenQuery()}`}`,
  isRefused,
  (view) => change(connectionChanged(model, view, Date.now())),
  (received) => {
    const frame = parseFrame(received);
    if (!frame) return;
    if (frame.type === "time_sync_request") {
      client.send({ type: "time-sync-response", data: { clientTime: Date.now(), serverTime: frame.serverTime, requestId: frame.requestId } });
    }
    change(heard(model, frame, Date.now()));
  },
);

function ask(request: Request): boolean {
  if (client.send(request)) return true;
  change(logged(model, Date.now(), text.event.notSent, "bad"));
  return false;
}

const kGoodFix = 100; // m
const kFixMax = 60_000; // ms; a cold receiver needs most of that

/// Browsers give a place to pages that came encrypted or from their own machine, and to no others.
export const canLocate = () => isSecureContext && "geolocation" in navigator;

export const verbs = {
  connect: () => client.connect(),
  retry: () => client.retry(),
  logIn(token: string) {
    keepToken(token);
    client.retry();
  },
  logOut() {
    keepToken("");
    client.leave();
  },
  takePhoto() {
    if (ask({ type: "take_photo", data: {} })) change({ ...model, photoPendingSince: Date.now() });
  },
  start(options: StartOptions) {
    if (ask({ type: "start_intervalometer_with_title", data: options })) change({ ...model, startPending: true });
  },
  stop() {
    if (ask({ type: "stop_intervalometer", data: {} })) change({ ...model, stopPending: true });
  },
  pause: () => ask({ type: "pause_intervalometer", data: {} }),
  goOn: () => ask({ type: "resume_intervalometer", data: {} }),
  replan: (plan: Plan) => ask({ type: "update_intervalometer", data: plan }),
  setBulb: (seconds: number) => ask({ type: "set_bulb", data: { seconds } }),
  save: (sessionId: string, title: string) => ask({ type: "save_session_as_report", data: title ? { sessionId, title } : { sessionId } }),
  discard: (sessionId: string) => ask({ type: "discard_session", data: { sessionId } }),
  decideLater: () => change({ ...model, deferred: model.unsaved?.sessionId ?? null }),
  decideNow: () => change({ ...model, deferred: null }),
  connectCamera: (ip: string, port: number) => ask({ type: "connect_to_ip", data: { ip, port } }),
  lookForCameras: () => ask({ type: "discover_cameras", data: {} }),
  makePrimary: (uuid: string) => ask({ type: "set_primary_camera", data: { uuid } }),
  renameCamera: (uuid: string, name: string) => ask({ type: "rename_camera", data: { uuid, name } }),
  forgetCamera: (uuid: string) => ask({ type: "forget_camera", data: { uuid } }),
  joinWifi: (ssid: string, password: string) => ask({ type: "network_connect", data: password ? { ssid, password } : { ssid } }),
  /// The phone's next fix tells the device what time it is.
  tellGpsTime: () =>
    navigator.geolocation.getCurrentPosition(
      ({ timestamp, coords }) => ask({ type: "gps-response", data: { timestamp, accuracy: coords.accuracy <= kGoodFix ? "high" : "low", age: Math.max(0, Date.now() - timestamp) } }),
      (failure) => verbs.tell(`${text.links.noFix}: ${failure.message}`, "bad"),
      { enableHighAccuracy: true, timeout: kFixMax, maximumAge: 0 },
    ),
  setCameraClock: () => ask({ type: "manual_camera_sync", data: {} }),
  /// For a request to the REST routes: what went wrong is said, what went well shows itself.
  async rest(method: "POST" | "PUT" | "DELETE", path: string, body?: object): Promise<boolean> {
    try {
      await request(method, path, body);
      return true;
    } catch (failure) {
      verbs.tell((failure as Error).message || text.event.noAnswer, "bad");
      return false;
    }
  },
  /// A sentence for the messages, such as an answer's error.
  tell: (words: string, tone: "plain" | "good" | "bad") => change(logged(model, Date.now(), words, tone)),
};
