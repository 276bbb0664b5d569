export function clock(ms: number, seconds = true): string {
  const at = new Date(ms);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}${seconds ? `:${two(at.getSeconds())}` : ""}`;
}

/// "4 s", "12 min 30 s", "3 h 05 min", "2 d 4 h"
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  const min = Math.floor(s / 60);
  if (min < 60) return s % 60 ? `${min} min ${s % 60} s` : `${min} min`;
  const h = Math.floor(min / 60);
  if (h < 48) return min % 60 ? `${h} h ${String(min % 60).padStart(2, "0")} min` : `${h} h`;
  const d = Math.floor(h / 24);
  return h % 24 ? `${d} d ${h % 24} h` : `${d} d`;
}

/// "4.2" below ten seconds, "0:42", "1:02:05" above: a countdown that does not jump about.
export function countdown(ms: number): string {
  const left = Math.max(0, ms);
  if (left < 10_000) return (Math.ceil(left / 100) / 10).toFixed(1);
  const s = Math.ceil(left / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const h = Math.floor(s / 3600);
  return h ? `${h}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

export const plural = (n: number, one: string, many: string) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/// "just now", "4 s ago", "3 h 05 min ago"
export const sinceWords = (ms: number) => (ms < 1000 ? "just now" : `${duration(Math.floor(ms / 1000) * 1000)} ago`);

/// "+0.4 s", "−12 min 3 s", "none"
export function signedSeconds(ms: number): string {
  const size = Math.abs(ms);
  if (size < 50) return "none";
  return `${ms < 0 ? "−" : "+"}${size < 10_000 ? `${(size / 1000).toFixed(1)} s` : duration(size)}`;
}

/// "30 Nov, 02:04"
export const day = (ms: number) => new Date(ms).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/// "30 Nov 2026, 02:04:46"
export const dayAndTime = (ms: number) => `${new Date(ms).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" })}, ${clock(ms)}`;

/// "00:14:07.330": since something began.
export function elapsed(ms: number): string {
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(Math.floor(ms) % 1000).padStart(3, "0")}`;
}

/// "02:04:46.330", by the viewer's clock.
export const clockMs = (ms: number) => `${clock(ms)}.${String(Math.floor(ms) % 1000).padStart(3, "0")}`;
