// The frames of /ws as the page reads them. Everything is parsed here, at the door: behind it a field is there and of its type, or absent.

import { type Fields, count, fields, instant, words } from "./json";
import { type Parts, parseParts } from "./parts";

export interface Camera {
  connected: boolean;
  state: "disconnected" | "connecting" | "ready" | "backing_off";
  ip?: string;
  port?: number;
  model?: string;
  battery?: string;
  temperature?: string;
  shotsLeft?: number;
  bulb?: number; // s the shutter is held at bulb; 0 = not set
  lastError?: string;
  retryInMs?: number;
  attempt?: number;
}

export interface Stats {
  startTime?: number; // ms since 1970, on the device's clock; so are the other times
  nextShotTime?: number;
  shotsTaken: number;
  shotsSuccessful: number;
  shotsFailed: number;
  shotsMissed: number;
}

export interface Options {
  interval: number; // s
  totalShots?: number;
  stopTime?: number;
  stopCondition?: string;
  pausable: boolean; // and its plan may be changed
}

export interface Session {
  sessionId: string;
  title: string;
  state: string;
  unsaved: boolean;
  options: Options;
  stats: Stats;
  remainingShots?: number;
  estimatedEndTime?: number;
}

export interface Status {
  timestamp?: number;
  camera: Camera;
  session: Session | null;
  parts: Parts;
}

export type Frame =
  | { type: "status"; status: Status }
  | { type: "photo_taken"; success: boolean; shotNumber?: number; sessionId?: string; error?: string }
  | { type: "timelapse"; event: string; sessionId?: string; title?: string; stats?: Stats; reason?: string }
  | { type: "discovery"; event: string; ip?: string; model?: string }
  | { type: "time_doubted"; reason: string }
  | { type: "network"; event: string; ssid?: string; error?: string }
  | { type: "result"; success: boolean; operation?: string; error?: string }
  | { type: "error"; message: string; code?: string; operation?: string }
  | { type: "time_sync_request"; requestId: unknown; serverTime: unknown }
  | { type: "setting_changed" }
  | { type: "other"; name: string };

function camera(value: unknown): Camera {
  const from = fields(value);
  const connected = from.connected === true;
  const states = ["disconnected", "connecting", "ready", "backing_off"] as const;
  return {
    connected,
    state: states.find((state) => state === from.state) ?? (connected ? "ready" : "disconnected"),
    ip: words(from.ip),
    port: count(Number(from.port ?? NaN)),
    model: words(from.model),
    battery: words(from.battery),
    temperature: words(from.temperature),
    shotsLeft: count(from.shotsLeft),
    bulb: count(from.bulb),
    lastError: words(from.lastError) ?? words(from.error),
    retryInMs: count(from.retryInMs),
    attempt: count(from.attempt),
  };
}

function stats(value: unknown, outer: Fields = {}): Stats {
  const from = fields(value);
  const taken = count(from.shotsTaken) ?? 0;
  const failed = count(from.shotsFailed) ?? 0;
  return {
    startTime: instant(from.startTime),
    nextShotTime: instant(from.nextShotTime) ?? instant(outer.nextShotTime),
    shotsTaken: taken,
    shotsSuccessful: count(from.shotsSuccessful) ?? Math.max(0, taken - failed),
    shotsFailed: failed,
    shotsMissed: count(from.shotsMissed) ?? 0,
  };
}

/// The next "HH:MM" after `start`, by the clock of whoever looks: they stand beside the device.
function localTimeAfter(start: number | undefined, value: unknown): number | undefined {
  const match = typeof value === "string" ? /^(\d\d):(\d\d)$/.exec(value) : null;
  if (!match || start === undefined) return undefined;
  const end = new Date(start);
  end.setHours(Number(match[1]), Number(match[2]), 0, 0);
  if (end.getTime() <= start) end.setDate(end.getDate() + 1);
  return end.getTime();
}

function session(value: unknown): Session | null {
  const from = fields(value);
  const sessionId = words(from.sessionId);
  if (!sessionId) return null;
  const options = fields(from.options);
  const figures = stats(from.stats, from);
  return {
    sessionId,
    title: words(from.title) ?? words(options.title) ?? "",
    state: words(from.state) ?? "created",
    unsaved: from.unsaved === true,
    options: {
      interval: count(options.interval) ?? 0,
      totalShots: count(options.totalShots),
      stopTime: instant(options.stopTime) ?? localTimeAfter(figures.startTime, options.stopTime),
      stopCondition: words(options.stopCondition),
      pausable: options.late !== undefined, // devices that have a policy for late shots can pause, too
    },
    stats: figures,
    remainingShots: count(from.remainingShots),
    estimatedEndTime: instant(from.estimatedEndTime),
  };
}

/// One text frame of the server, or nothing when it is none.
export function parseFrame(json: string): Frame | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return null;
  }
  const from = fields(parsed);
  const data = fields(from.data);
  const type = words(from.type);
  switch (type) {
    case undefined:
      return null;
    case "welcome":
    case "status_update":
    case "status": {
      const body = from.camera === undefined ? data : from;
      return { type: "status", status: { timestamp: instant(from.timestamp), camera: camera(body.camera), session: session(body.intervalometer), parts: parseParts(body) } };
    }
    case "event":
      if (from.eventType === "reliability-lost") return { type: "time_doubted", reason: words(data.reason) ?? "" };
      if (from.eventType === "camera_setting_changed") return { type: "setting_changed" };
      if (from.eventType !== "photo_taken") return { type: "other", name: String(from.eventType) };
      return {
        type: "photo_taken",
        success: data.success === true,
        shotNumber: count(data.shotNumber),
        sessionId: words(data.sessionId),
        error: words(data.error),
      };
    case "timelapse_event":
      return {
        type: "timelapse",
        event: String(from.eventType),
        sessionId: words(data.sessionId),
        title: words(data.title),
        stats: data.stats === undefined ? undefined : stats(data.stats),
        reason: words(data.reason),
      };
    case "discovery_event":
      return {
        type: "discovery",
        event: String(from.eventType),
        ip: words(data.newIP) ?? words(data.ipAddress) ?? words(data.ip),
        model: words(data.modelName) ?? words(data.model),
      };
    case "network_event":
      return { type: "network", event: String(from.eventType), ssid: words(data.ssid), error: words(data.error) };
    case "operation_result":
      return { type: "result", success: from.success === true, operation: words(from.operation), error: words(from.error) ?? words(data.error) };
    case "error": {
      const error = fields(from.error);
      return {
        type: "error",
        message: words(error.message) ?? words(data.message) ?? "Unknown error",
        code: words(error.code) ?? words(data.code),
        operation: words(error.operation),
      };
    }
    case "time-sync-request":
      return { type: "time_sync_request", requestId: data.requestId ?? from.requestId, serverTime: data.serverTime };
    default:
      return { type: "other", name: type };
  }
}

export type Request =
  | { type: "get_status" | "ping" | "take_photo" | "stop_intervalometer" | "pause_intervalometer" | "resume_intervalometer" | "discover_cameras" | "manual_camera_sync"; data: Record<string, never> }
  | { type: "set_primary_camera" | "forget_camera"; data: { uuid: string } }
  | { type: "rename_camera"; data: { uuid: string; name: string } }
  | { type: "connect_to_ip"; data: { ip: string; port: number } }
  | { type: "start_intervalometer_with_title"; data: StartOptions }
  | { type: "update_intervalometer"; data: Plan }
  | { type: "gps-response"; data: { timestamp: number; accuracy: "high" | "low"; age: number } }
  | { type: "network_connect"; data: { ssid: string; password?: string } }
  | { type: "set_bulb"; data: { seconds: number } }
  | { type: "save_session_as_report"; data: { sessionId: string; title?: string } }
  | { type: "discard_session"; data: { sessionId: string } }
  | { type: "time-sync-response"; data: { clientTime: number; serverTime: unknown; requestId: unknown } };

export interface Plan {
  interval: number; // s
  stopCondition: "unlimited" | "stop-after" | "stop-at";
  shots?: number; // of the whole session
  stopTime?: string; // "HH:MM", the device's local time
}

export interface StartOptions extends Plan {
  title?: string;
}
