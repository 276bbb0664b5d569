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
  name: string;
  state: LinkState;
  attempt?: number;
  attemptsMax?: number;
  heardAt?: number; // device's clock
  error?: string;
  facts: [string, string][];
}

export interface Parts {
  cameras: KnownCamera[];
  discovering: boolean;
  power: Power;
  interfaces: NetworkInterface[];
  clocks: { pi?: Clock; camera?: Clock };
  links: Link[];
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
    links: (["uplink", "mediaServer"] as const).flatMap((name) => link(name, status[name])),
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
  return { name, active: from.active !== false, ip: words(from.ip), ssid: words(from.network) ?? words(from.ssid), signal: count(from.signal) };
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

function link(name: string, value: unknown): Link[] {
  const from = fields(value);
  const state = kStates.find((known) => known === from.state);
  if (!state) return [];
  const facts = ["url", "server", "version", "mode"].flatMap((key): [string, string][] => {
    const fact = words(from[key]);
    return fact ? [[key, fact]] : [];
  });
  return [
    {
      name,
      state,
      attempt: count(from.attempt),
      attemptsMax: count(from.attemptsMax),
      heardAt: instant(from.lastUpdateTime) ?? instant(from.lastMessage),
      error: words(from.error) ?? words(from.lastError),
      facts,
    },
  ];
}
