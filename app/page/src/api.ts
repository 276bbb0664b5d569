// Requests to the device's REST routes. An older program may lack one: its answer is an ApiError like any other.
import { bearer, tokenQuery } from "./token";

const kAnswerMax = 15_000; // ms

export class ApiError extends Error {
  constructor(
    readonly status: number, // 0 = no answer
    message: string,
  ) {
    super(message);
  }
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

/// The answer's JSON, for its reader to check.
export async function ask(method: Method, path: string, body?: object): Promise<unknown> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), kAnswerMax);
  try {
    const response = await fetch(path, {
      method,
      signal: giveUp.signal,
      headers: { ...bearer(), ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) return answer;
    const said = (answer as { error?: { message?: unknown } } | null)?.error?.message;
    throw new ApiError(response.status, typeof said === "string" ? said : `${response.status}`);
  } catch (failure) {
    throw failure instanceof ApiError ? failure : new ApiError(0, "");
  } finally {
    clearTimeout(timer);
  }
}

/// Does the device want another token than the one we have?
export const isRefused = () => ask("GET", "/api/status").then(() => false, (failure: ApiError) => failure.status === 401 || failure.status === 403);

/// For what the browser fetches by itself, where no header can be given: pictures, downloads.
export function withToken(path: string): string {
  const query = tokenQuery();
  return query ? `${path}${path.includes("?") ? "&" : "?"}${query}` : path;
}
