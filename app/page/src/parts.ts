// The parts of a status beside the camera we shoot with and its session. A device that lacks one leaves its field out, and so does the page.
import { type Fields, count, fields, flag, instant, list, words } from "./json";

export interface KnownCamera {
  uuid: string;
  name: string; // a person's, the camera's own, or its model
  model?: string;
  serial?: string;
  status: string; // connected, available, offline
  primary: boolean;
  addresses: string[]; // the newest first
  lastSeen?: number;
  lastError?: string;
}

export interface Power {
  percent?: number;
  charging?: boolean;
  celsius?: number;
  underVoltage: boolean;
  uptime?: number; // ms, of the machine
  advice: string[];
}

export interface NetworkInterface {
  name: string;
  active: boolean;
  ip?: string;
  ssid?: string;
  signal?: number; // percent
  isWifi: boolean;
}

export interface Clock {
  synchronized: boolean;
  reliability?: string;
  source?: string;
  offset?: number; // ms
  lastSync?: number;
}

/// The six states of "WebSocket Connection States", for every link that has such a life.
export type LinkState = "disconnected" | "connecting" | "connected" | "receiving_data" | "reconnecting" | "error";

export interface Link {
  name: "uplink" | "mediaServer";
  state: LinkState;
  attempt?: number;
  attemptsMax?: number; // none: it is tried for ever
  age?: number; // ms since the last data, when the status was made
  error?: string;
  advice?: string;
  facts: [string, string][];
}

export interface Member {
  id: string;
  name: string;
  host: boolean;
  status: string;
  latency?: number; // ms
}

export interface FoundSession {
  code: string;
  name: string;
  hostName?: string;
  members?: number;
  membersMax?: number;
  address?: string;
  port?: number;
}

/// Several devices that shoot as one.
export interface Sharing {
  status: string; // idle, connecting, hosting, connected, disconnected
  hosts: boolean;
  code?: string;
  name?: string;
  ownId?: string;
  members: Member[];
  found: FoundSession[];
  discovering: boolean;
  intervalometer: boolean; // the host's grid fires everybody
  spread?: number; // ms, of the last salvo
  fired?: string; // "3 of 4"
  error?: string;
}

export interface Parts {
  cameras: KnownCamera[];
  discovering: boolean;
  power: Power;
  interfaces: NetworkInterface[];
  clocks: { pi?: Clock; camera?: Clock };
  links: Link[];
  sharing?: Sharing;
}

export const kNoParts: Parts = { cameras: [], discovering: false, power: { underVoltage: false, advice: [] }, interfaces: [], clocks: {}, links: [] };

export function parseParts(status: Fields): Parts {
  const discovery = fields(status.discovery);
  const primary = words(fields(discovery.primaryCamera).uuid);
  return {
    cameras: Object.values(fields(discovery.cameras)).map((camera) => knownCamera(fields(camera), primary)).filter((camera) => camera.uuid !== ""),
    discovering: discovery.isDiscovering === true,
    power: power(fields(status.power)),
    interfaces: Object.entries(fields(fields(status.network).interfaces)).map(([name, one]) => networkInterface(name, fields(one))),
    clocks: { pi: clock(fields(status.timesync).pi), camera: clock(fields(status.timesync).camera) },
    links: [uplink(fields(fields(status.links).uplink)), mediaServer(fields(fields(status.links).mediaServer))].flatMap((link) => link ?? []),
    sharing: sharing(fields(status.sharedSession)),
  };
}

function knownCamera(from: Fields, primary: string | undefined): KnownCamera {
  const info = fields(from.info);
  const uuid = words(from.uuid) ?? "";
  const model = words(info.modelName);
  return {
    uuid,
    name: words(info.name) ?? words(info.nickname) ?? model ?? uuid,
    model,
    serial: words(info.serialNumber),
    status: words(from.status) ?? (from.connected === true ? "connected" : "offline"),
    primary: uuid === primary,
    addresses: list(info.addresses).flatMap((address) => words(address) ?? []),
    lastSeen: instant(from.lastSeen),
    lastError: words(from.lastError),
  };
}

function power(from: Fields): Power {
  const battery = fields(from.battery);
  const uptime = count(battery.systemUptime) ?? count(battery.uptime);
  return {
    percent: count(battery.capacity),
    charging: flag(battery.isPowerConnected),
    celsius: count(fields(from.thermal).temperature),
    underVoltage: from.underVoltage === true,
    uptime: uptime === undefined ? undefined : uptime * 1000,
    advice: list(from.recommendations).flatMap((advice) => words(advice) ?? []),
  };
}

function networkInterface(name: string, from: Fields): NetworkInterface {
  return { name, active: from.active !== false, ip: words(from.ip), ssid: words(from.network) ?? words(from.ssid), signal: count(from.signal), isWifi: from.connected !== undefined };
}

function clock(value: unknown): Clock | undefined {
  if (value === undefined || value === null) return undefined;
  const from = fields(value);
  return {
    synchronized: from.isSynchronized === true,
    reliability: words(from.reliability),
    source: words(from.source),
    offset: count(from.offset),
    lastSync: instant(from.lastSyncTime),
  };
}

const kStates: readonly LinkState[] = ["disconnected", "connecting", "connected", "receiving_data", "reconnecting", "error"];

function uplink(from: Fields): Link | undefined {
  const state = kStates.find((known) => known === from.state);
  if (!state) return undefined;
  const error = fields(from.error);
  const rate = count(from.successRate);
  return {
    name: "uplink",
    state,
    attempt: count(from.attempt),
    attemptsMax: count(from.attemptsMax),
    age: count(from.lastDataAgeMs),
    error: words(error.message) ?? words(from.lastError),
    advice: words(error.advice),
    facts: rate === undefined ? [] : [["successRate", `${Math.round(rate * 100)} %`]],
  };
}

/// Its link lives in other states; they are shown by the same badges.
const kServerStates: Record<string, LinkState> = { fetching: "connecting", backing_off: "reconnecting", refused: "error", connected: "connected" };

function mediaServer(from: Fields): Link | undefined {
  const state = kServerStates[words(from.state) ?? ""];
  if (!state) return undefined;
  const server = fields(from.server);
  const age = count(from.lastUpdateMs);
  const facts: [string, string | undefined][] = [
    ["server", [words(server.name), words(server.version)].filter(Boolean).join(" ") || undefined],
    ["mode", state === "connected" ? words(from.mode) : undefined],
    ...(["users", "sessions", "playing"] as const).map((key): [string, string | undefined] => [key, state === "connected" ? count(from[key])?.toString() : undefined]),
  ];
  return {
    name: "mediaServer",
    state: state === "connected" && age !== undefined ? "receiving_data" : state,
    attempt: count(from.attempt),
    age,
    error: words(from.error),
    facts: facts.filter((fact): fact is [string, string] => fact[1] !== undefined),
  };
}

function sharing(from: Fields): Sharing | undefined {
  const status = words(from.status);
  if (!status) return undefined;
  const shots = list(from.shots);
  const last = fields(shots[shots.length - 1]);
  const [asked, fired] = [count(last.asked), count(last.fired)];
  return {
    status,
    hosts: from.role === "host",
    code: words(from.code),
    name: words(from.name),
    ownId: words(from.deviceId),
    members: list(from.members).map((one): Member => {
      const member = fields(one);
      const id = words(member.id) ?? "";
      return { id, name: words(member.name) ?? id, host: member.role === "host", status: words(member.connectionStatus) ?? "", latency: count(member.latency) };
    }),
    found: list(from.discovered).flatMap((one): FoundSession[] => {
      const session = fields(one);
      const code = words(session.code);
      if (!code) return [];
      return [
        {
          code,
          name: words(session.name) ?? code,
          hostName: words(session.hostName),
          members: count(session.memberCount),
          membersMax: count(session.maxMembers),
          address: words(session.address),
          port: count(session.port),
        },
      ];
    }),
    discovering: from.discovering === true,
    intervalometer: from.intervalometerShared === true,
    spread: count(last.spreadMs),
    fired: asked === undefined || fired === undefined ? undefined : `${fired}/${asked}`,
    error: words(from.error),
  };
}
