import type { Model } from "../model";
import { verbs } from "../store";
import { text } from "../text";

/// An ended timelapse whose decision was put off.
export function UnsavedStrip({ model: { unsaved } }: { model: Model }) {
  if (!unsaved) return null;
  return (
    <div class="unsaved-strip">
      <div>
        <strong>{unsaved.title || text.session.untitled}</strong> {text.unsaved.strip}
      </div>
      <button type="button" class="button" onClick={verbs.decideNow}>
        {text.unsaved.decide}
      </button>
    </div>
  );
}
