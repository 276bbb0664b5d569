import { useEffect, useState } from "preact/hooks";
import { useDialogue } from "../hooks";
import { kTitleMax } from "../limits";
import { type Model, isLive } from "../model";
import { verbs } from "../store";
import { text } from "../text";
import { HoldButton } from "./hold_button";

/// Asks what shall become of an ended timelapse; can be put off, and then waits as a strip over the form.
export function UnsavedDialogue({ model }: { model: Model }) {
  const { unsaved } = model;
  const wanted = unsaved !== null && model.deferred !== unsaved.sessionId;
  const { dialogue, first } = useDialogue(wanted);
  const [title, setTitle] = useState("");
  const live = isLive(model);

  useEffect(() => setTitle(unsaved?.title ?? ""), [unsaved?.sessionId]);
  const save = (event: Event) => {
    event.preventDefault();
    if (unsaved) verbs.save(unsaved.sessionId, title.trim());
  };
  return (
    <dialog
      ref={dialogue} class="dialogue" aria-labelledby="unsaved-heading"
      onCancel={(event) => {
        event.preventDefault();
        verbs.decideLater();
      }}
    >
      {unsaved && (
        <form onSubmit={save} class="dialogue-body">
          <h2 id="unsaved-heading" ref={first} tabIndex={-1}>{text.unsaved.heading}</h2>
          <p>
            {text.unsaved.about(unsaved.stats.shotsSuccessful, unsaved.stats.shotsFailed, unsaved.stats.shotsMissed)} {text.unsaved.note}
          </p>
          <div class="field">
            <label for="report-title">{text.unsaved.title}</label>
            <input
              id="report-title" class="input" maxLength={kTitleMax} autocomplete="off" placeholder={text.form.titleHint} value={title}
              onInput={(event) => setTitle(event.currentTarget.value)}
            />
          </div>
          <button type="submit" class="button button-strong" disabled={!live}>
            {text.unsaved.save}
          </button>
          <HoldButton
            class="button discard" disabled={!live} label={text.unsaved.discard} holding={text.unsaved.discardHolding} confirm={text.unsaved.discardConfirm}
            onHeld={() => verbs.discard(unsaved.sessionId)}
          />
          <button type="button" class="button button-quiet" onClick={verbs.decideLater}>
            {text.unsaved.later}
          </button>
        </form>
      )}
    </dialog>
  );
}
