// Which screen is shown: the address after '#', so that the browser's back button and a bookmark do what they should.
import { useEffect, useState } from "preact/hooks";

export const kScreens = ["now", "timelapse", "cameras", "links", "machines"] as const;
export type Screen = (typeof kScreens)[number];

export interface Route {
  screen: Screen;
  detail: string; // of a screen: a report's id, a machine's name; empty = none
}

function routeOf(hash: string): Route {
  const [, name = "", detail = ""] = hash.replace(/^#/, "").split("/");
  return { screen: kScreens.find((screen) => screen === name) ?? "now", detail: decoded(detail) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return ""; // a broken bookmark
  }
}

export const addressOf = (screen: Screen, detail = "") => `#/${screen}${detail && `/${encodeURIComponent(detail)}`}`;

export function go(screen: Screen, detail = "") {
  location.hash = addressOf(screen, detail);
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const changed = () => setRoute(routeOf(location.hash));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}
