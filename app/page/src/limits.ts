// The limits of shared behaviour: what the device would refuse is said before it is sent.

export const kIntervalMin = 1; // s
export const kIntervalMax = 24 * 3600; // s
export const kIntervalCalm = 5; // s; below it a CCAPI camera may not keep up
export const kShotsMax = 100_000;
export const kTitleMax = 120; // characters
export const kCameraNameMax = 40; // characters; the device takes 60 bytes

export interface Verdict<T> {
  value?: T;
  problem?: string;
  warning?: string;
}

import { text } from "./text";

export function checkInterval(typed: string): Verdict<number> {
  const value = Number(typed.trim().replace(",", "."));
  if (typed.trim() === "" || !Number.isFinite(value)) return { problem: text.form.intervalMissing };
  if (value < kIntervalMin || value > kIntervalMax) return { problem: text.form.intervalRange };
  return value < kIntervalCalm ? { value, warning: text.form.intervalFast } : { value };
}

export function checkShots(typed: string): Verdict<number> {
  const value = Number(typed.trim());
  if (typed.trim() === "" || !Number.isInteger(value)) return { problem: text.form.shotsMissing };
  if (value < 1 || value > kShotsMax) return { problem: text.form.shotsRange };
  return { value };
}

export function checkStopTime(typed: string): Verdict<string> {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(typed) ? { value: typed } : { problem: text.form.stopTimeMissing };
}

/// "192.168.4.2", "192.168.4.2:8080", "[fe80::1]:443", "fe80::1"; port 443 unless said.
export function checkAddress(typed: string): Verdict<{ ip: string; port: number }> {
  const problem = { problem: text.camera.addressProblem };
  const match = /^(?:\[([0-9a-fA-F:.]+)\](?::(\d{1,5}))?|(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?|([0-9a-fA-F]*:[0-9a-fA-F:.]*))$/.exec(typed.trim());
  if (!match) return problem;
  const ip = match[1] ?? match[3] ?? match[5] ?? "";
  const port = Number(match[2] ?? match[4] ?? 443);
  if (match[3] && match[3].split(".").some((part) => Number(part) > 255)) return problem;
  if (port < 1 || port > 65535) return problem;
  return { value: { ip, port } };
}

/// Milliseconds from `now` until the next "HH:MM" on the device's clock (past = tomorrow). Zone of the viewer: they stand beside it.
export function untilStopTime(stopTime: string, now: number): number {
  const [hour = 0, minute = 0] = stopTime.split(":").map(Number);
  const end = new Date(now);
  end.setHours(hour, minute, 0, 0);
  if (end.getTime() <= now) end.setDate(end.getDate() + 1);
  return end.getTime() - now;
}
