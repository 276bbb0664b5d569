import { useState } from "preact/hooks";
import { kAttemptsMax } from "../connection/lifecycle";
import { useNow } from "../hooks";
import { type Model, isLive } from "../model";
import { text } from "../text";
import { useLook } from "../theme";
import { Badge } from "./badge";
import { Mark, MoonIcon, SlidersIcon } from "./icons";
import { LookDialogue } from "./look_dialogue";

export function Header({ model }: { model: Model }) {
  const looks = useLook();
  const [open, setOpen] = useState(false);
  const { state, attempt } = model.connection;
  const now = useNow(1000, isLive(model));
  const night = looks.look.mode === "night";
  return (
    <header class="header">
      <h1 class="wordmark">
        <Mark />
        <span>{text.name}</span>
      </h1>
      <Badge state={state} attempt={Math.min(attempt, kAttemptsMax)} attemptsMax={kAttemptsMax} ago={now - model.heardAt} announced />
      <button type="button" class="round-button" aria-label={text.look.night} aria-pressed={night} title={text.look.night} onClick={looks.toggleNight}>
        <MoonIcon />
      </button>
      <button type="button" class="round-button" aria-label={text.look.heading} aria-haspopup="dialog" title={text.look.heading} onClick={() => setOpen(true)}>
        <SlidersIcon />
      </button>
      <LookDialogue open={open} close={() => setOpen(false)} looks={looks} />
    </header>
  );
}
