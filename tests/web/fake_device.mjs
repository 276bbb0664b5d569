// A stand-in for the program's behaviour behind /ws, for working on the page without the program. It keeps to the protocol, not to the
// millisecond, and is no reference: where it and the program differ, the program is looked at.
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const kExposure = 150; // ms
const kBackoff = [5, 10, 20, 40, 60]; // s
const kModel = "Canon EOS R6 Mark II";
const iso = (ms) => new Date(ms).toISOString();

const isGood = ({ interval, shots = 1, stopTime = "00:00", stopCondition = "unlimited", title = "" }) =>
  typeof interval === "number" && interval >= 1 && interval <= 86400 && Number.isInteger(shots) && shots >= 1 && shots <= 100000 && typeof title === "string" &&
  /^([01]\d|2[0-3]):[0-5]\d$/.test(stopTime) && ["unlimited", "stop-after", "stop-at"].includes(stopCondition);

export class FakeDevice {
  shots = []; // what the camera's shutter saw
  session = null;
  unsaved = null;
  waitingStart = null;
  camera = { on: true, state: "ready", attempt: 0, retryAt: 0, lastError: null };
  shotNumber = 0;

  /// `tell(frame)` goes to every client.
  constructor(stateFolder, tell) {
    this.reports = join(stateFolder, "reports");
    this.journal = join(stateFolder, "session.json");
    mkdirSync(this.reports, { recursive: true });
    this.tell = tell;
    try {
      this.unsaved = { ...JSON.parse(readFileSync(this.journal, "utf8")), state: "stopped" };
    } catch {
      // no session was running
    }
    this.health = setInterval(() => this.checkCamera(), 1000);
  }

  status() {
    const { camera } = this;
    const ready = camera.state === "ready";
    return {
      camera: {
        connected: ready, ip: "127.0.0.1", port: 8443, model: kModel, state: camera.state, lastError: camera.lastError,
        battery: ready ? "high" : null, temperature: ready ? "normal" : null, shotsLeft: ready ? 1842 - this.shots.length : null,
        retryInMs: camera.state === "backing_off" ? Math.max(0, camera.retryAt - Date.now()) : null, attempt: camera.attempt,
        shutterEndpoint: "/ccapi/ver100/shooting/control/shutterbutton",
      },
      power: { isRaspberryPi: false, battery: { type: "system" }, thermal: null },
      network: { interfaces: {} },
      discovery: { isDiscovering: false, totalCameras: 1, connectedCameras: ready ? 1 : 0 },
      intervalometer: this.sessionStatus(),
      timesync: { pi: { isSynchronized: false, reliability: "none" } },
    };
  }

  sessionStatus() {
    const session = this.session ?? this.unsaved;
    if (!session) return null;
    const { options, stats } = session;
    const remainingShots = options.totalShots === null ? null : options.totalShots - stats.shotsTaken;
    return {
      sessionId: session.sessionId, title: session.title, createdAt: stats.startTime, state: session.state, options, stats, remainingShots,
      nextShotTime: stats.nextShotTime, unsaved: session === this.unsaved,
    };
  }

  changed() {
    this.tell({ type: "status_update", ...this.status() });
  }

  /// One client message; `reply` goes to its sender only.
  handle({ type, data = {} }, reply) {
    const result = (operation, more) => reply({ type: "operation_result", success: true, operation, ...(more && { data: more }) });
    const error = (message, code, operation = type) =>
      reply({ type: "error", error: { message, code, operation, component: "camera_api" }, data: { message, code } });
    switch (type) {
      case "ping":
        return reply({ type: "pong", data: { timestamp: iso(Date.now()) } });
      case "get_status":
        return reply({ type: "status", data: { ...this.status(), timestamp: iso(Date.now()) } });
      case "take_photo":
        if (this.camera.state !== "ready") return error("Camera not available", "CAMERA_OFFLINE");
        return this.shoot((failure) => {
          this.photoTaken({ shotNumber: ++this.shotNumber, failure });
          if (failure) error(failure, "PHOTO_FAILED");
          else result(type);
        });
      case "start_intervalometer_with_title":
        return this.start(data, result, error);
      case "stop_intervalometer":
        if (!this.session) return error("No active session", "NO_ACTIVE_SESSION");
        this.end("stopped", "sessionStopped");
        return result(type);
      case "save_session_as_report":
        if (typeof data.sessionId !== "string") return false;
        if (this.unsaved?.sessionId !== data.sessionId) return error("No such session", "NOT_FOUND");
        return this.save(data, result);
      case "discard_session":
        if (this.unsaved?.sessionId !== data.sessionId) return error("No such session", "NOT_FOUND");
        return this.forgetUnsaved("sessionDiscarded", {}, () => result(type));
      case "connect_to_ip":
        if (data.ip !== "127.0.0.1" || Number(data.port) !== 8443 || !this.camera.on) return error("Failed to connect to camera at IP", "CONNECT_FAILED");
        this.found("cameraConnected");
        return result(type);
      default:
        return false;
    }
  }

  start(data, result, error) {
    const { interval, shots = null, stopTime = null, title } = data;
    const stopCondition = data.stopCondition ?? (shots ? "stop-after" : stopTime ? "stop-at" : "unlimited");
    if (this.session) return error("Intervalometer is already running", "ALREADY_RUNNING");
    if (!isGood(data)) return error("Invalid session options", "INVALID_PARAMETER");
    if (this.unsaved) {
      this.waitingStart = () => this.start(data, result, error);
      const { sessionId, title: unsavedTitle, stats } = this.unsaved;
      return this.tell({ type: "timelapse_event", eventType: "unsavedSessionFound", data: { sessionId, title: unsavedTitle, stats } });
    }
    if (this.camera.state !== "ready") return error("Camera not available", "CAMERA_OFFLINE");
    const now = Date.now();
    this.session = {
      sessionId: randomUUID(), title: title || iso(now).slice(0, 19), state: "running",
      options: { interval, totalShots: shots, stopTime: stopTime && this.stopInstant(stopTime), stopCondition, title: title ?? null },
      stats: { startTime: iso(now), endTime: null, shotsTaken: 0, shotsSuccessful: 0, shotsFailed: 0, shotsMissed: 0, nextShotTime: iso(now), errors: [] },
    };
    this.slot = 0;
    this.startedAt = performance.now(); // the grid is monotonic: setting the clock moves no shot
    const { sessionId } = this.session;
    this.tell({ type: "timelapse_event", eventType: "sessionStarted", data: { sessionId, title: this.session.title, interval } });
    result("start_intervalometer_with_title", { sessionId });
    this.due();
  }

  stopInstant(stopTime) {
    const [hour, minute] = stopTime.split(":").map(Number);
    const end = new Date();
    end.setHours(hour, minute, 0, 0);
    if (end <= new Date()) end.setDate(end.getDate() + 1);
    return end.toISOString();
  }

  due() {
    const { session } = this;
    const { interval } = session.options;
    const slot = this.slot++;
    const wait = Math.max(0, this.startedAt + this.slot * interval * 1000 - performance.now());
    const next = Date.now() + wait;
    session.stats.nextShotTime = iso(next);
    this.shoot((failure) => {
      if (this.session !== session) return;
      const { stats, options, sessionId } = session;
      stats.shotsTaken += 1;
      stats[failure ? "shotsFailed" : "shotsSuccessful"] += 1;
      if (failure) stats.errors.push({ shotNumber: slot + 1, error: failure });
      writeFileSync(this.journal, JSON.stringify(session));
      this.photoTaken({ shotNumber: slot + 1, failure, sessionId });
      const ended = (options.totalShots !== null && stats.shotsTaken >= options.totalShots) || (options.stopTime && next > Date.parse(options.stopTime));
      if (ended) this.end("completed", "sessionCompleted");
      else this.changed();
    });
    this.timer = setTimeout(() => this.due(), wait);
  }

  end(state, eventType) {
    clearTimeout(this.timer);
    const session = { ...this.session, state };
    session.stats.endTime = iso(Date.now());
    session.stats.nextShotTime = null;
    this.session = null;
    this.unsaved = session;
    writeFileSync(this.journal, JSON.stringify(session));
    const { sessionId, title, stats, options } = session;
    this.tell({ type: "timelapse_event", eventType, data: { sessionId, title, stats, options } });
    this.changed();
  }

  save({ title }, result) {
    const { sessionId, stats, options } = this.unsaved;
    const report = {
      id: `report-${sessionId}`, sessionId, title: title ?? this.unsaved.title, startTime: stats.startTime, endTime: stats.endTime, status: this.unsaved.state,
      intervalometer: { interval: options.interval, stopCondition: options.stopCondition, numberOfShots: options.totalShots },
      results: { imagesCaptured: stats.shotsTaken, imagesSuccessful: stats.shotsSuccessful, imagesFailed: stats.shotsFailed, errors: stats.errors },
      metadata: { savedAt: iso(Date.now()) },
    };
    const file = join(this.reports, `session-${sessionId}.json`);
    writeFileSync(`${file}.new`, JSON.stringify(report, null, 2));
    renameSync(`${file}.new`, file);
    this.forgetUnsaved("reportSaved", { reportId: report.id, title: report.title }, () => result("save_session_as_report", { reportId: report.id }));
  }

  forgetUnsaved(eventType, more, answer) {
    const { sessionId, title } = this.unsaved;
    this.unsaved = null;
    rmSync(this.journal, { force: true });
    this.tell({ type: "timelapse_event", eventType, data: { sessionId, title, ...more } });
    answer();
    this.changed();
    const waiting = this.waitingStart;
    this.waitingStart = null;
    waiting?.();
  }

  photoTaken({ shotNumber, failure, sessionId }) {
    const data = { success: !failure, shotNumber, ...(failure && { error: failure }), ...(sessionId && { sessionId }) };
    this.tell({ type: "event", eventType: "photo_taken", data });
  }

  /// One press of the shutter.
  shoot(done) {
    if (this.camera.on) this.shots.push({ monotonic_ns: Number(process.hrtime.bigint()), wall_ms: Date.now(), connection: "127.0.0.1:40000" });
    const failure = this.camera.on ? null : "Camera not available";
    setTimeout(() => {
      if (failure) this.lost();
      done(failure);
    }, failure ? 10 : kExposure);
  }

  power(on) {
    this.camera.on = on;
  }

  checkCamera() {
    const { camera } = this;
    if (camera.state === "ready" && !camera.on) this.lost();
    if (camera.state !== "backing_off" || Date.now() < camera.retryAt) return;
    if (camera.on) return this.found("primaryCameraReconnected");
    this.backOff();
    this.changed();
  }

  backOff() {
    const { camera } = this;
    camera.state = "backing_off";
    camera.retryAt = Date.now() + 1000 * kBackoff[Math.min(camera.attempt, kBackoff.length - 1)];
    camera.attempt += 1;
  }

  lost() {
    if (this.camera.state !== "ready") return;
    this.camera.lastError = "connect: connection refused";
    this.backOff();
    this.tell({ type: "discovery_event", eventType: "primaryCameraDisconnected", data: { uuid: "fake", modelName: kModel } });
    this.changed();
  }

  found(eventType) {
    this.camera = { on: this.camera.on, state: "ready", attempt: 0, retryAt: 0, lastError: null };
    this.tell({ type: "discovery_event", eventType, data: { uuid: "fake", ip: "127.0.0.1", port: 8443, modelName: kModel } });
    this.changed();
  }

  close() {
    clearInterval(this.health);
    clearTimeout(this.timer);
  }
}
