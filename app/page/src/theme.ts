// Dark by default; night is pure red on black, for eyes that have to stay adapted to the dark.
import { useState } from "preact/hooks";
import { remember, remembered } from "./settings";

type Theme = "dark" | "night";
const kBars: Record<Theme, string> = { dark: "#06080c", night: "#000000" };

const current = (): Theme => (remembered("theme", { name: "dark" }).name === "night" ? "night" : "dark");

export function applyTheme(theme: Theme = current()) {
  document.documentElement.dataset.theme = theme;
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", kBars[theme]);
}

export function useNight(): [boolean, () => void] {
  const [night, setNight] = useState(current() === "night");
  return [
    night,
    () => {
      const theme: Theme = night ? "dark" : "night";
      remember("theme", { name: theme });
      applyTheme(theme);
      setNight(!night);
    },
  ];
}
