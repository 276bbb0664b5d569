import { useEffect, useRef, useState } from "preact/hooks";
import { type CameraSetting, kBulb, requestOf, useCameraSettings } from "../camera_settings";
import { type Model, isLive } from "../model";
import { verbs } from "../store";
import { text } from "../text";
import { NextIcon, PreviousIcon } from "./icons";

const kBulbs = [0, 1, 2, 4, 8, 10, 15, 20, 25, 30, 40, 50, 60]; // s; the device holds it open no longer
const kPause = 500; // ms; whoever steps through values means the one they stop at

/// One row a setting, stepped through by thumb: a list that drops down would shine at night.
export function SettingsCard({ model }: { model: Model }) {
  const settings = useCameraSettings(model);
  if (!settings) return null;
  return (
    <section class="card" aria-labelledby="settings-heading">
      <h2 id="settings-heading">{text.settings.heading}</h2>
      {settings.length === 0 && <p class="about">{text.settings.none}</p>}
      <ul class="settings">
        {settings.map((setting) => (
          <SettingRow key={setting.name} setting={setting} live={isLive(model)} set={(value) => verbs.rest("PUT", ...requestOf(setting, value))} />
        ))}
        {settings.some(({ name, value }) => name === "tv" && value === kBulb) && <BulbRow seconds={model.camera?.bulb ?? 0} live={isLive(model)} />}
      </ul>
    </section>
  );
}

/// How long the shutter is open: the camera knows it from us.
function BulbRow({ seconds, live }: { seconds: number; live: boolean }) {
  const all = [...new Set([...kBulbs, seconds])].sort((a, b) => a - b);
  const setting = { name: kBulb, value: text.settings.seconds(seconds), choices: all.map(text.settings.seconds) };
  return <SettingRow setting={setting} live={live} set={async (value) => verbs.setBulb(all[setting.choices.indexOf(value)] ?? 0)} />;
}

interface RowProps {
  setting: CameraSetting;
  live: boolean;
  set: (value: string) => Promise<boolean>; // false: it was not set, and that was said
}

function SettingRow({ setting, live, set }: RowProps) {
  const [wanted, setWanted] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => setWanted(null), [setting.value]); // what the camera says rules
  useEffect(() => () => clearTimeout(timer.current), []);
  const { name, choices } = setting;
  const shown = wanted ?? setting.value;
  const at = choices.indexOf(shown);
  const words = name === kBulb ? text.settings.bulb : (text.settings.names[name] ?? name);
  const step = (to: number) => {
    const value = choices[to];
    if (value === undefined) return;
    setWanted(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(async () => {
      if (!(await set(value))) setWanted(null);
    }, kPause);
  };
  return (
    <li class="setting" data-setting={name} data-waiting={wanted !== null}>
      <span class="setting-name" id={`setting-${name}`}>{words}</span>
      <button type="button" class="round-button" aria-label={`${words}: ${text.form.fewer}`} disabled={!live || at <= 0} onClick={() => step(at - 1)}>
        <PreviousIcon />
      </button>
      <output class="setting-value" aria-labelledby={`setting-${name}`}>{shown.replace(/_/g, " ")}</output>
      <button type="button" class="round-button" aria-label={`${words}: ${text.form.more}`} disabled={!live || at < 0 || at >= choices.length - 1} onClick={() => step(at + 1)}>
        <NextIcon />
      </button>
    </li>
  );
}
