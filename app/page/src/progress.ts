// The figures of a running timelapse at one instant of the device's clock. Pure.
import type { Session } from "./protocol";

export interface Progress {
  part: number | null; // 0..1 of the whole; null when there is no end
  untilNext: number | null; // ms
  intervalPart: number; // 0..1 of the way to the next shot
  left: number | null; // ms
  endsAt: number | null; // device's clock
  elapsed: number | null; // ms
}

const within = (part: number) => Math.min(1, Math.max(0, part));

export function progressAt(session: Session, now: number): Progress {
  const { options, stats } = session;
  const interval = options.interval * 1000;
  const untilNext = untilNextShot(stats.nextShotTime, interval, now);
  const elapsed = stats.startTime === undefined ? null : Math.max(0, now - stats.startTime);
  const total = options.totalShots;
  let part: number | null = null;
  let endsAt: number | null = session.estimatedEndTime ?? null;
  if (total !== undefined && total > 0) {
    const remaining = session.remainingShots ?? Math.max(0, total - stats.shotsSuccessful - stats.shotsFailed);
    part = within((total - remaining) / total);
    if (endsAt === null && untilNext !== null && remaining > 0) endsAt = now + untilNext + (remaining - 1) * interval;
  } else if (options.stopTime !== undefined) {
    endsAt = options.stopTime;
    if (stats.startTime !== undefined) part = within((now - stats.startTime) / Math.max(1, options.stopTime - stats.startTime));
  }
  const left = endsAt === null ? null : Math.max(0, endsAt - now);
  const intervalPart = untilNext === null || interval <= 0 ? 0 : within(1 - untilNext / interval);
  return { part, untilNext, intervalPart, left, endsAt, elapsed };
}

/// A status is up to 10 s old: with a shorter interval the shot it names is past, and the next is on the same grid.
function untilNextShot(next: number | undefined, interval: number, now: number): number | null {
  if (next === undefined) return null;
  if (next >= now || interval <= 0) return Math.max(0, next - now);
  return interval - ((now - next) % interval);
}
