import { useEffect, useState } from "preact/hooks";
import { useDialogue } from "../hooks";
import type { Model } from "../model";
import { verbs } from "../store";
import { text } from "../text";
import { tokenQuery } from "../token";

/// Asks for the device's token when it refuses us; the browser remembers it.
export function LoginDialogue({ model }: { model: Model }) {
  const { state, failure } = model.connection;
  const refused = state === "error" && failure === "refused";
  const left = state === "disconnected" && model.connection.left;
  const [typed, setTyped] = useState("");
  const wanted = refused || left;
  const { dialogue, first } = useDialogue(wanted);
  useEffect(() => {
    if (!wanted) setTyped("");
  }, [wanted]);
  const submit = (event: Event) => {
    event.preventDefault();
    if (typed.trim()) verbs.logIn(typed.trim());
  };
  return (
    <dialog ref={dialogue} class="dialogue" aria-labelledby="login-heading" onCancel={(event) => event.preventDefault()}>
      {wanted && (
        <form onSubmit={submit} class="dialogue-body">
          <h2 id="login-heading" ref={first} tabIndex={-1}>
            {text.login.heading}
          </h2>
          <p>{refused && tokenQuery() ? text.login.wrong : text.login.about}</p>
          <div class="field">
            <label for="token">{text.login.token}</label>
            <input
              id="token" class="input" type="password" autocomplete="current-password" value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </div>
          <button type="submit" class="button button-strong" disabled={!typed.trim()}>
            {text.login.enter}
          </button>
        </form>
      )}
    </dialog>
  );
}
