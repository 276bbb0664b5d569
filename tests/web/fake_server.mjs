#!/usr/bin/env node
// A fake `nightjar run`: the same command line, the same first lines, the same HTTP, WebSocket and simulated camera's control.
//   node tests/web/fake_server.mjs run --board host --port 3000 --state /tmp/fake
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { WebSocketServer } from "ws";
import { FakeDevice } from "./fake_device.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "../../app/page/dist");
const kTypes = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json" };
const kPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const kFrameMax = 1 << 20;
const kBadMax = 10;
const kBadWindow = 10_000; // ms

function refuse(sentence) {
  console.error(`nightjar: ${sentence}`);
  process.exit(2);
}

function options() {
  let parsed;
  try {
    const words = { port: { type: "string" }, state: { type: "string" }, board: { type: "string" }, config: { type: "string" } };
    parsed = parseArgs({ args: process.argv.slice(2), options: words, allowPositionals: true });
  } catch (failure) {
    refuse(failure.message.split("\n")[0]);
  }
  const { port = "3000", state = "state", board = "host", config } = parsed.values;
  if (parsed.positionals[0] !== "run") refuse("expected: run");
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) refuse(`--port ${port}: not a port`);
  if (board !== "host") refuse(`--board ${board}: no such board`);
  if (config && !existsSync(config)) refuse(`--config ${config}: cannot be read`);
  if (config && !/^\s*(\[[\w.]+\]|[\w.]+\s*=.*|#.*|)\s*$/m.test(readFileSync(config, "utf8").split("\n")[0])) refuse(`${config}: not TOML`);
  return { port: Number(port), state };
}

const { port, state } = options();
const clients = new Set();
const stamp = (frame) => JSON.stringify({ timestamp: new Date().toISOString(), ...frame });
const device = new FakeDevice(state, (frame) => clients.forEach((client) => client.send(stamp(frame))));
setInterval(() => device.changed(), 10_000);

function picture() {
  // A JPEG comment makes every shot's bytes its own.
  const jpeg = readFileSync(join(here, "fake_picture.jpg"));
  const words = Buffer.from(`shot ${device.shots.length}`);
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, words.length + 2]), words]);
  return Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]);
}

function answer(response, code, type, body) {
  response.writeHead(code, { "content-type": type, "content-security-policy": kPolicy, "cache-control": "no-store", "x-content-type-options": "nosniff" });
  response.end(body);
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://fake");
  if (pathname === "/health") return answer(response, 200, "application/json", JSON.stringify({ status: "ok", timestamp: new Date().toISOString(), uptime: process.uptime(), ...device.status() }));
  if (pathname === "/api/camera/last-picture") {
    if (device.shots.length === 0) return answer(response, 404, "application/json", '{"error":{"message":"No picture yet","code":"NOT_FOUND"}}');
    return answer(response, 200, "image/jpeg", picture());
  }
  const file = join(dist, normalize(pathname === "/" ? "/index.html" : pathname));
  if (!file.startsWith(dist) || !existsSync(file) || !statSync(file).isFile()) return answer(response, 404, "application/json", '{"error":"not found"}');
  response.writeHead(200, { "content-type": kTypes[extname(file)] ?? "application/octet-stream", "content-security-policy": kPolicy });
  createReadStream(file).pipe(response);
});

const sockets = new WebSocketServer({ noServer: true, maxPayload: kFrameMax });
server.on("upgrade", (request, socket, head) => {
  const { origin, host } = request.headers;
  if (request.url.split("?")[0] !== "/ws" || (origin && new URL(origin).host !== host)) {
    socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  sockets.handleUpgrade(request, socket, head, (client) => {
    clients.add(client);
    const { remoteAddress, remotePort } = socket;
    client.send(stamp({ type: "welcome", clientId: `${remoteAddress}:${remotePort}`, ...device.status() }));
    const bad = [];
    client.on("message", (bytes) => {
      let message = null;
      try {
        message = JSON.parse(bytes);
      } catch {
        // refused below
      }
      const good = typeof message?.type === "string" && device.handle(message, (frame) => client.send(stamp(frame))) !== false;
      if (good) return;
      const text = { message: "Invalid message format", code: "INVALID_MESSAGE" };
      client.send(stamp({ type: "error", error: { ...text, component: "camera_api" }, data: text }));
      bad.push(Date.now());
      if (bad.length >= kBadMax && Date.now() - bad.at(-kBadMax) <= kBadWindow) client.close(1008, "Too many invalid messages");
    });
    client.on("error", () => {}); // too big a frame: ws closes with 1009 by itself
    client.on("close", () => clients.delete(client));
  });
});

const control = createServer((request, response) => {
  if (request.method === "GET" && request.url === "/sim/shots") return answer(response, 200, "application/json", JSON.stringify({ shots: device.shots }));
  if (request.method === "POST" && request.url === "/sim/power") {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      device.power(JSON.parse(body).on === true);
      answer(response, 200, "application/json", "{}");
    });
    return;
  }
  answer(response, 404, "application/json", "{}");
});

server.on("error", (failure) => refuse(failure.code === "EADDRINUSE" ? `port ${port} is in use` : failure.message));
control.listen(0, "127.0.0.1", () => {
  server.listen(port, "127.0.0.1", () => {
    console.log(`Simulated camera: https://127.0.0.1:8443/ccapi (control http://127.0.0.1:${control.address().port}/sim)`);
    console.log(`Nightjar is ready: http://127.0.0.1:${server.address().port}`);
  });
});

process.on("SIGTERM", () => {
  if (device.session) device.end("stopped", "sessionStopped");
  device.close();
  for (const client of clients) client.close(1001);
  process.exit(0);
});
