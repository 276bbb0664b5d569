import { useState } from "preact/hooks";
import { clock } from "../format";
import { useNow } from "../hooks";
import { type Model, isFrozen, isLive } from "../model";
import { verbs } from "../store";
import { text } from "../text";
import { ListIcon } from "./icons";

const kExposureMax = 60_000; // ms; no answer by then means it was lost, and the button must not stay dead

/// The bottom bar: what happened last, the shutter under the thumb, the device's time.
export function Dock({ model }: { model: Model }) {
  const live = isLive(model);
  const now = useNow(1000, live);
  return (
    <footer class="dock">
      <Log model={model} />
      <Shutter model={model} now={now} />
      <div class="dock-clock" data-known={model.statusAt > 0}>
        <span class="dock-clock-name">{text.deviceTime}</span>
        <time>{model.statusAt > 0 ? clock((isFrozen(model) ? model.heardAt : now) + model.clockAhead) : "--:--:--"}</time>
      </div>
    </footer>
  );
}

function Shutter({ model, now }: { model: Model; now: number }) {
  const busy = model.photoPendingSince !== null && now - model.photoPendingSince < kExposureMax;
  const ready = isLive(model) && model.camera?.connected === true;
  const label = busy ? text.shutter.busy : ready ? text.shutter.label : `${text.shutter.label} (${text.shutter.unready})`;
  return (
    <button type="button" class="shutter" data-busy={busy} disabled={!ready || busy} aria-label={label} title={label} onClick={verbs.takePhoto}>
      <span class="shutter-core" />
    </button>
  );
}

function Log({ model }: { model: Model }) {
  const [open, setOpen] = useState(false);
  const shown = model.log.slice(0, open ? 8 : 2);
  return (
    <div class="log" data-open={open}>
      <button type="button" class="log-toggle" aria-expanded={open} aria-controls="log" aria-label={open ? text.logHide : text.logShow} onClick={() => setOpen(!open)}>
        <ListIcon />
      </button>
      <div id="log" role="log" aria-live="polite" aria-label={text.log}>
        <ol class="log-entries">
          {shown.length === 0 && <li class="log-empty">{text.logEmpty}</li>}
          {shown.map((entry) => (
            <li key={entry.id} data-tone={entry.tone}>
              <time>{clock(entry.at)}</time> <span>{entry.words}</span>
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}
