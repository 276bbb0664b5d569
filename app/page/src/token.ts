// The secret of a device that has one (auth.token): asked once, remembered by this browser.
import { remember, remembered } from "./settings";

let token = remembered("token", { value: "" }).value;

export const tokenQuery = () => (token ? `token=${encodeURIComponent(token)}` : "");
export const bearer = (): Record<string, string> => (token ? { Authorization: `Bearer ${token}` } : {});

export function keepToken(value: string) {
  token = value;
  remember("token", { value });
}

/// One that came with the address is kept, and taken out of what a person may show or share.
export function takeTokenFromAddress() {
  const query = new URLSearchParams(location.search);
  const given = query.get("token");
  if (given === null) return;
  keepToken(given);
  query.delete("token");
  const rest = query.toString();
  history.replaceState(null, "", `${location.pathname}${rest && `?${rest}`}${location.hash}`);
}
