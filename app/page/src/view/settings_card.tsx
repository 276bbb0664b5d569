import { useEffect, useRef, useState } from "preact/hooks";
import { type CameraSetting, useCameraSettings } from "../camera_settings";
import { type Model, isLive } from "../model";
import { verbs } from "../store";
import { text } from "../text";
import { NextIcon, PreviousIcon } from "./icons";

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
          <SettingRow key={setting.name} setting={setting} live={isLive(model)} />
        ))}
      </ul>
    </section>
  );
}

function SettingRow({ setting, live }: { setting: CameraSetting; live: boolean }) {
  const [wanted, setWanted] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => setWanted(null), [setting.value]); // what the camera says rules
  useEffect(() => () => clearTimeout(timer.current), []);
  const { name, choices } = setting;
  const shown = wanted ?? setting.value;
  const at = choices.indexOf(shown);
  const words = text.settings.names[name] ?? name;
  const step = (to: number) => {
    const value = choices[to];
    if (value === undefined) return;
    setWanted(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(async () => {
      if (!(await verbs.rest("PUT", `/api/camera/settings/${encodeURIComponent(name)}`, { value }))) setWanted(null);
    }, kPause);
  };
  return (
    <li class="setting" data-setting={name} data-waiting={wanted !== null}>
      <span class="setting-name" id={`setting-${name}`}>{words}</span>
      <button type="button" class="round-button" aria-label={`${words}: ${text.form.fewer}`} disabled={!live || at <= 0} onClick={() => step(at - 1)}>
        <PreviousIcon />
      </button>
      <output class="setting-value" aria-labelledby={`setting-${name}`}>{shown}</output>
      <button type="button" class="round-button" aria-label={`${words}: ${text.form.more}`} disabled={!live || at < 0 || at >= choices.length - 1} onClick={() => step(at + 1)}>
        <NextIcon />
      </button>
    </li>
  );
}
