// Dark by default; light for the day; night is pure red on black, for eyes that have to stay adapted, and can be dimmed.
import { useState } from "preact/hooks";
import { remember, remembered } from "./settings";

export const kModes = ["dark", "light", "night"] as const;
export type Mode = (typeof kModes)[number];

export interface Look {
  mode: Mode;
  day: "dark" | "light"; // what night mode goes back to
  dim: number; // of night mode: 1 = as bright as it gets
}

export const kDimMin = 0.25; // below it the words are no longer to be read
const kBars: Record<Mode, string> = { dark: "#06080c", light: "#f3f0e9", night: "#000000" };

function current(): Look {
  const look = remembered<Look>("look", { mode: "dark", day: "dark", dim: 1 });
  return {
    mode: kModes.find((mode) => mode === look.mode) ?? "dark",
    day: look.day === "light" ? "light" : "dark",
    dim: Math.min(1, Math.max(kDimMin, Number(look.dim) || 1)),
  };
}

export function applyLook(look: Look = current()) {
  const root = document.documentElement;
  root.dataset.theme = look.mode;
  root.style.setProperty("--dim", String(look.dim));
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", kBars[look.mode]);
  document.querySelector('meta[name="color-scheme"]')?.setAttribute("content", look.mode === "light" ? "light" : "dark");
}

export function useLook() {
  const [look, setLook] = useState(current);
  const take = (next: Look) => {
    remember("look", next);
    applyLook(next);
    setLook(next);
  };
  return {
    look,
    setMode: (mode: Mode) => take({ ...look, mode, day: mode === "night" ? look.day : mode }),
    setDim: (dim: number) => take({ ...look, dim }),
    toggleNight: () => take({ ...look, mode: look.mode === "night" ? look.day : "night" }),
  };
}
