// What the page knows, and how each frame changes it. Pure: the same frames at the same times give the same page.
import type { ConnectionView } from "./connection/client";
import { delayBefore, kAttemptsMax } from "./connection/lifecycle";
import { type Parts, kNoParts } from "./parts";
import type { Camera, Frame, Session } from "./protocol";
import { text } from "./text";

export type Tone = "plain" | "good" | "bad";
export interface Entry {
  id: number;
  at: number; // local ms
  words: string;
  tone: Tone;
}

export interface Model {
  connection: ConnectionView;
  camera: Camera | null; // null until the first status
  session: Session | null;
  parts: Parts;
  /// The session somebody has to decide about.
  unsaved: Session | null;
  /// The dialogue was put off for this session.
  deferred: string | null;
  picture: { shot?: number; serial: number } | null;
  photoPendingSince: number | null;
  reportsChanged: number; // counts up when the list of reports is another
  settingsChanged: number; // counts up when the camera may be set otherwise
  joining: string | null; // the Wi-Fi network the device is about to join
  startPending: boolean;
  stopPending: boolean;
  heardAt: number; // local ms of the last frame: what a frozen page shows its values of
  statusAt: number; // local ms of the last status
  clockAhead: number; // ms the device's clock is ahead of ours
  log: Entry[];
}

const kPausedByPerson = "Paused by user"; // the device's reason for a pause that is news to nobody
export const kLogMax = 40; // entries; the oldest go first

export const kStart: Model = {
  connection: { state: "disconnected", attempt: 0, retryAt: 0, failure: null, left: false },
  camera: null,
  session: null,
  parts: kNoParts,
  unsaved: null,
  deferred: null,
  picture: null,
  photoPendingSince: null,
  reportsChanged: 0,
  settingsChanged: 0,
  joining: null,
  startPending: false,
  stopPending: false,
  heardAt: 0,
  statusAt: 0,
  clockAhead: 0,
  log: [],
};

export const isLive = (model: Model) => model.connection.state === "receiving_data" || model.connection.state === "connected";
export const isFrozen = (model: Model) => !isLive(model) && model.statusAt > 0;
export const isRunning = (session: Session | null) =>
  session !== null && !session.unsaved && ["created", "running", "stopping", "paused"].includes(session.state);

export function logged(model: Model, now: number, words: string, tone: Tone = "plain"): Model {
  const id = (model.log[0]?.id ?? 0) + 1;
  return { ...model, log: [{ id, at: now, words, tone }, ...model.log].slice(0, kLogMax) };
}

export function connectionChanged(model: Model, view: ConnectionView, now: number): Model {
  const next: Model = { ...model, connection: view };
  switch (view.state) {
    case "connected":
      return logged(next, now, text.event.live);
    case "disconnected":
      if (view.left) return { ...kStart, connection: view }; // what was shown is for those who may see it
      next.photoPendingSince = null;
      next.startPending = next.stopPending = false;
      next.joining = null;
      return isLive(model) ? logged(next, now, text.event.lost, "bad") : next;
    case "reconnecting":
      if (view.attempt > kAttemptsMax) return next;
      return logged(next, now, text.event.attempt(view.attempt, kAttemptsMax, delayBefore(view.attempt) / 1000));
    case "error":
      return logged(next, now, text.event.gaveUp, "bad");
    default:
      return next;
  }
}

export function heard(model: Model, frame: Frame, now: number): Model {
  const next: Model = { ...model, heardAt: now };
  switch (frame.type) {
    case "status":
      return withStatus(next, frame, now);
    case "photo_taken":
      return withPhoto(next, frame, now);
    case "timelapse":
      return withTimelapse(next, frame, now);
    case "discovery": {
      const words = text.event.discovery[frame.event];
      if (!words) return next;
      const bad = frame.event === "primaryCameraDisconnected" || frame.event === "cameraOffline";
      return logged(next, now, frame.ip ? `${words}: ${frame.ip}` : words, bad ? "bad" : "good");
    }
    case "time_doubted":
      return logged(next, now, text.event.timeDoubted(frame.reason), "bad");
    case "network":
      return withNetwork(next, frame, now);
    case "setting_changed":
      return { ...next, settingsChanged: next.settingsChanged + 1 };
    case "result":
      if (frame.success) return next;
      return logged(idle(next), now, frame.error ?? text.event.failed(frame.operation), "bad");
    case "error":
      if (frame.operation === "network_connect" && model.log[0]?.words.endsWith(withoutKind(frame.message))) return idle(next); // every phone has just been told
      return logged(idle(next), now, frame.message, "bad");
    default:
      return next;
  }
}

/// Nothing we asked for is under way any more.
const idle = (model: Model): Model => ({ ...model, photoPendingSince: null, startPending: false, stopPending: false });

function withStatus(model: Model, frame: Extract<Frame, { type: "status" }>, now: number): Model {
  const { camera, session, parts, timestamp } = frame.status;
  const next: Model = { ...model, camera, session, parts, statusAt: now };
  if (timestamp !== undefined) next.clockAhead = timestamp - now;
  next.unsaved = session?.unsaved ? session : null;
  if (!isRunning(session)) next.stopPending = false;
  // A page that is opened in mid-session shows the picture that is already there.
  const taken = session?.stats.shotsSuccessful ?? 0;
  if (model.picture === null && taken > 0 && camera.connected) next.picture = { serial: now };
  return next;
}

/// "denied: the network refused the passphrase" without its first word, which is for programs.
const withoutKind = (error: string) => error.replace(/^[a-z_]+: /, "");

function withNetwork(model: Model, { event, ssid = "", error }: Extract<Frame, { type: "network" }>, now: number): Model {
  if (event === "wifi_connection_started") return { ...model, joining: ssid };
  if (event === "wifi_connected") return logged({ ...model, joining: null }, now, text.wifi.joined(ssid), "good");
  if (event === "wifi_connection_failed") return logged({ ...model, joining: null }, now, text.wifi.notJoined(ssid, error && withoutKind(error)), "bad");
  return model;
}

function withPhoto(model: Model, frame: Extract<Frame, { type: "photo_taken" }>, now: number): Model {
  const next: Model = { ...model };
  const { session } = model;
  if (!frame.sessionId) next.photoPendingSince = null;
  if (frame.success) next.picture = { shot: frame.shotNumber, serial: now };
  if (session && frame.sessionId === session.sessionId) {
    // The next status tells the true figures; until then the ring should not lag behind the shutter.
    const stats = { ...session.stats, shotsTaken: session.stats.shotsTaken + 1 };
    if (frame.success) stats.shotsSuccessful += 1;
    else stats.shotsFailed += 1;
    const remainingShots = session.remainingShots === undefined ? undefined : Math.max(0, session.remainingShots - 1);
    next.session = { ...session, stats, remainingShots };
  }
  const words = frame.success ? text.event.photo(frame.shotNumber) : text.event.photoFailed(frame.shotNumber, frame.error);
  return logged(next, now, words, frame.success ? "plain" : "bad");
}

function withTimelapse(model: Model, frame: Extract<Frame, { type: "timelapse" }>, now: number): Model {
  const next: Model = { ...model };
  const known = [model.session, model.unsaved].find((session) => session && session.sessionId === frame.sessionId) ?? null;
  switch (frame.event) {
    case "sessionStarted":
      next.startPending = false;
      break;
    case "unsavedSessionFound":
      next.startPending = false;
      next.deferred = null;
      if (frame.sessionId) next.unsaved = known ?? blank(frame.sessionId, frame.title, frame.stats);
      break;
    case "sessionStopped":
    case "sessionCompleted":
      next.stopPending = false;
      if (frame.sessionId) {
        const ended = known ?? blank(frame.sessionId, frame.title, frame.stats);
        next.session = { ...ended, state: frame.event === "sessionStopped" ? "stopped" : "completed", stats: frame.stats ?? ended.stats, unsaved: true };
        next.unsaved = next.session;
      }
      break;
    case "report_updated":
    case "report_deleted":
      next.reportsChanged += 1;
      break;
    case "reportSaved":
    case "sessionDiscarded":
      if (frame.event === "reportSaved") next.reportsChanged += 1;
      if (!frame.sessionId || next.unsaved?.sessionId === frame.sessionId) next.unsaved = null;
      if (next.session?.unsaved && (!frame.sessionId || next.session.sessionId === frame.sessionId)) next.session = null;
      break;
  }
  const words = text.event.timelapse[frame.event];
  const title = frame.title ?? (known?.title || text.session.untitled);
  if (!words) return next;
  if (frame.event === "sessionPaused" && frame.reason && frame.reason !== kPausedByPerson) return logged(next, now, `${words(title)}: ${frame.reason}`, "bad");
  return logged(next, now, words(title), frame.event === "unsavedSessionFound" ? "plain" : "good");
}

function blank(sessionId: string, title?: string, stats?: Session["stats"]): Session {
  return {
    sessionId,
    title: title ?? "",
    state: "stopped",
    unsaved: true,
    options: { interval: 0, pausable: false },
    stats: stats ?? { shotsTaken: 0, shotsSuccessful: 0, shotsFailed: 0, shotsMissed: 0 },
  };
}
