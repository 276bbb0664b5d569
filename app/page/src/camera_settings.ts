// What the camera is set to, with what it could be set to.
import { useEffect, useState } from "preact/hooks";
import { ask } from "./api";
import { type Fields, fields, list, words } from "./json";
import type { Model } from "./model";

export interface CameraSetting {
  name: string;
  value: string;
  choices: string[]; // two or more; the camera changes them with its mode
  part?: { of: string; whole: Fields }; // it is one member of a setting that has several
}

/// Those a night needs, in this order; the camera has dozens.
const kShown = ["shootingmodedial", "av", "tv", "iso", "exposure", "wb", "drive", "stillimagequality"];

export function parseSettings(answer: unknown): CameraSetting[] {
  const from = fields(answer);
  return kShown.flatMap((name) => {
    const { value, ability } = fields(from[name]);
    const choices = (of: unknown) => list(of).flatMap((choice) => words(choice) ?? []);
    if (words(value)) return [{ name, value: String(value), choices: choices(ability) }];
    const whole = fields(value);
    return Object.keys(whole).flatMap((member) => {
      const part = { of: name, whole };
      return words(whole[member]) ? [{ name: `${name}.${member}`, value: String(whole[member]), choices: choices(fields(ability)[member]), part }] : [];
    });
  });
}

/// What the device is asked for, so that the setting has this value.
export function requestOf({ name, part }: CameraSetting, value: string): [path: string, body: object] {
  const of = part?.of ?? name;
  return [`/api/camera/settings/${encodeURIComponent(of)}`, { value: part ? { ...part.whole, [name.slice(of.length + 1)]: value } : value }];
}

export const kBulb = "bulb"; // as a shutter speed: open for as long as the device says

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
  const asked = camera?.connected === true && camera.bulb !== undefined; // devices that know of bulb exposures know of the settings
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
