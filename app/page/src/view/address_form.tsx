import { useState } from "preact/hooks";
import { checkAddress } from "../limits";
import type { Camera } from "../protocol";
import { verbs } from "../store";
import { text } from "../text";

/// For a camera that does not announce itself.
export function AddressForm({ camera, live }: { camera: Camera | null; live: boolean }) {
  const [typed, setTyped] = useState(camera?.ip ? `${camera.ip.includes(":") ? `[${camera.ip}]` : camera.ip}:${camera.port ?? 443}` : "");
  const [shown, setShown] = useState(false);
  const { value, problem } = checkAddress(typed);
  const submit = (event: Event) => {
    event.preventDefault();
    setShown(true);
    if (value) verbs.connectCamera(value.ip, value.port);
  };
  return (
    <form id="camera-address" class="address" onSubmit={submit} noValidate>
      <label for="address-input">
        {text.camera.addressLabel}
      </label>
      <input
        id="address-input" class="input" inputMode="url" autocomplete="off" autocapitalize="off" spellcheck={false} placeholder={text.camera.addressHint}
        value={typed} aria-invalid={shown && !!problem} aria-describedby="address-problem"
        onInput={(event) => setTyped(event.currentTarget.value)} onBlur={() => setShown(typed !== "")}
      />
      <button type="submit" class="button" disabled={!live}>
        {text.camera.connect}
      </button>
      <p id="address-problem" class="problem" role="alert">
        {shown ? problem : ""}
      </p>
    </form>
  );
}
