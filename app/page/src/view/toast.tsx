import { useEffect, useState } from "preact/hooks";
import type { Model } from "../model";
import { text } from "../text";

const kShown = 4500; // ms

/// What has just happened, on the screens that have no messages of their own. Photos of a session are not worth one each.
export function Toast({ model }: { model: Model }) {
  const newest = model.log.find((entry) => entry.tone !== "plain");
  const [gone, setGone] = useState(newest?.id ?? 0);
  const shown = newest !== undefined && newest.id > gone ? newest : null;
  useEffect(() => {
    if (!shown) return undefined;
    const timer = setTimeout(() => setGone(shown.id), kShown);
    return () => clearTimeout(timer);
  }, [shown?.id]);
  return (
    <div class="toast-place" role="status">
      {shown && (
        <button type="button" class="toast" data-tone={shown.tone} title={text.dismiss} onClick={() => setGone(shown.id)}>
          {shown.words}
        </button>
      )}
    </div>
  );
}
