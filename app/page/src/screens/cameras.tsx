import { useState } from "preact/hooks";
import type { ScreenProps } from "../app";
import { clock, sinceWords } from "../format";
import { useNow } from "../hooks";
import { kCameraNameMax } from "../limits";
import { isLive } from "../model";
import type { KnownCamera } from "../parts";
import { verbs } from "../store";
import { text } from "../text";
import { AddressForm } from "../view/address_form";
import { CameraCard } from "../view/camera_card";
import { Fact } from "../view/fact";
import { HoldButton } from "../view/hold_button";
import { StarIcon } from "../view/icons";
import { LiveViewCard } from "../view/live_view_card";
import { SettingsCard } from "../view/settings_card";

export function CamerasScreen({ model }: ScreenProps) {
  const { cameras, discovering } = model.parts;
  const live = isLive(model);
  const now = useNow(10_000, live) + model.clockAhead;
  const sorted = [...cameras].sort((a, b) => Number(b.primary) - Number(a.primary) || a.name.localeCompare(b.name));
  return (
    <div class="halves">
      <div class="stack">
        <CameraCard model={model} leads={false} />
        <SettingsCard model={model} />
        <LiveViewCard model={model} />
        <section class="card" aria-labelledby="find-heading">
          <h2 id="find-heading">{text.cameras.find}</h2>
          <p class="about">{text.cameras.findAbout}</p>
          <button type="button" class="button wide" disabled={!live || discovering} onClick={verbs.lookForCameras}>
            {discovering ? text.cameras.looking : text.cameras.look}
          </button>
          <AddressForm camera={model.camera} live={live} />
        </section>
      </div>
      <section class="card" aria-labelledby="known-heading">
        <h2 id="known-heading">{text.cameras.known}</h2>
        {sorted.length === 0 && <p class="about">{text.cameras.none}</p>}
        <ul class="cameras">
          {sorted.map((camera) => (
            <CameraEntry key={camera.uuid} camera={camera} now={now} live={live} />
          ))}
        </ul>
      </section>
    </div>
  );
}

function CameraEntry({ camera, now, live }: { camera: KnownCamera; now: number; live: boolean }) {
  const [open, setOpen] = useState(false);
  const here = camera.status !== "offline";
  const [address, ...earlier] = camera.addresses;
  return (
    <li class="known" data-primary={camera.primary}>
      <div class="known-head">
        <span class="lamp" data-tone={here ? "good" : "none"} aria-hidden="true" />
        <div class="known-name">
          <strong>{camera.name}</strong>
          <span>{text.cameras.status[camera.status] ?? camera.status}{address && ` · ${address}`}</span>
        </div>
        {camera.primary && (
          <span class="known-primary">
            <StarIcon />
            {text.cameras.primary}
          </span>
        )}
      </div>
      <dl class="facts">
        {camera.model && camera.model !== camera.name && <Fact name={text.cameras.model}>{camera.model}</Fact>}
        {camera.serial && <Fact name={text.cameras.serial}>{camera.serial}</Fact>}
        {camera.lastSeen !== undefined && <Fact name={text.cameras.lastSeen}>{now - camera.lastSeen < 86_400_000 ? sinceWords(now - camera.lastSeen) : clock(camera.lastSeen, false)}</Fact>}
        {earlier.length > 0 && <Fact name={text.cameras.earlier}>{earlier.join(", ")}</Fact>}
        {camera.lastError && !here && <Fact name={text.cameras.lastError}>{camera.lastError}</Fact>}
      </dl>
      <div class="known-verbs">
        {!camera.primary && (
          <button type="button" class="button" disabled={!live} onClick={() => verbs.makePrimary(camera.uuid)}>
            {text.cameras.makePrimary}
          </button>
        )}
        <button type="button" class="button" aria-expanded={open} disabled={!live} onClick={() => setOpen(!open)}>
          {text.cameras.rename}
        </button>
        <HoldButton
          class="button" disabled={!live} label={text.cameras.forget} holding={text.hold.holding} confirm={text.hold.confirm}
          onHeld={() => verbs.forgetCamera(camera.uuid)}
        />
      </div>
      {open && <NameForm camera={camera} close={() => setOpen(false)} />}
    </li>
  );
}

function NameForm({ camera, close }: { camera: KnownCamera; close: () => void }) {
  const [typed, setTyped] = useState(camera.name);
  const submit = (event: Event) => {
    event.preventDefault();
    if (verbs.renameCamera(camera.uuid, typed.trim())) close();
  };
  const id = `name-${camera.uuid}`;
  return (
    <form class="name-form" onSubmit={submit}>
      <label for={id} class="unseen">
        {text.cameras.name}
      </label>
      <input id={id} class="input" maxLength={kCameraNameMax} autocomplete="off" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
      <button type="submit" class="button button-strong">
        {text.cameras.keepName}
      </button>
    </form>
  );
}
