// Reading what came from outside: a field is there and of its type, or absent.
export type Fields = Record<string, unknown>;

export const fields = (value: unknown): Fields => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {});
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const words = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
export const count = (value: unknown): number | undefined => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
export const flag = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);

/// An ISO 8601 time or milliseconds, as milliseconds since 1970.
export function instant(value: unknown): number | undefined {
  const ms = typeof value === "string" ? Date.parse(value) : count(value);
  return ms === undefined || Number.isNaN(ms) ? undefined : ms;
}
