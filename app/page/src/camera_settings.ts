// What the camera is set to, with what it could be set to.
import { useEffect, useState } from "preact/hooks";
import { ask } from "./api";
import { fields, list, words } from "./json";
import type { Model } from "./model";

export interface CameraSetting {
  name: string;
  value: string;
  choices: string[]; // two or more; the camera changes them with its mode
}

/// Those a night needs, in this order; the camera has dozens.
const kShown = ["shootingmodedial", "av", "tv", "iso", "exposure", "wb", "drive", "stillimagequality"];

export function parseSettings(answer: unknown): CameraSetting[] {
  const from = fields(answer);
  return kShown.flatMap((name) => {
    const { value, ability } = fields(from[name]);
    return words(value) ? [{ name, value: String(value), choices: list(ability).flatMap((choice) => words(choice) ?? []) }] : [];
  });
}

/// CCAPI writes 1/250 s as "1/250", 0.8 s as 0"8, 30 s as 30"; a bulb has none.
export function exposureOf(tv: string | undefined): number | undefined {
  const part = /^1\/(\d+)$/.exec(tv ?? "");
  if (part) return 1 / Number(part[1]);
  const whole = /^(\d+)"(\d*)$/.exec(tv ?? "");
  return whole ? Number(`${whole[1]}.${whole[2] || 0}`) : undefined;
}

/// Asked anew when the camera is, and when something was set, here or at the camera; null until they are known.
export function useCameraSettings({ camera, settingsChanged }: Model) {
  const [settings, setSettings] = useState<CameraSetting[] | null>(null);
  const asked = camera?.connected === true && camera.tellsSettings;
  useEffect(() => {
    if (!asked) return undefined;
    let wanted = true;
    ask("GET", "/api/camera/settings").then(
      (answer) => wanted && setSettings(parseSettings(answer)),
      () => {}, // not now: it is busy, or has just gone
    );
    return () => {
      wanted = false;
    };
  }, [asked, settingsChanged]);
  return asked ? settings : null;
}
