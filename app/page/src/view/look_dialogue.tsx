import { useDialogue } from "../hooks";
import { verbs } from "../store";
import { text } from "../text";
import { kDimMin, kModes, type useLook } from "../theme";
import { tokenQuery } from "../token";

interface Props {
  open: boolean;
  close: () => void;
  looks: ReturnType<typeof useLook>;
}

/// How the page looks, and leaving it.
export function LookDialogue({ open, close, looks }: Props) {
  const { dialogue, first } = useDialogue(open);
  return (
    <dialog
      ref={dialogue} class="dialogue" aria-labelledby="look-heading" onClose={close}
      onClick={(event) => event.target === event.currentTarget && close()}
    >
      {open && (
        <div class="dialogue-body">
          <h2 id="look-heading" ref={first} tabIndex={-1}>
            {text.look.heading}
          </h2>
          <Looks close={close} looks={looks} />
        </div>
      )}
    </dialog>
  );
}

function Looks({ close, looks: { look, setMode, setDim } }: Omit<Props, "open">) {
  return (
    <>
      <fieldset class="field">
        <legend class="unseen">{text.look.heading}</legend>
        <div class="segments">
          {kModes.map((mode) => (
            <label key={mode} class="segment">
              <input type="radio" name="mode" value={mode} checked={look.mode === mode} onChange={() => setMode(mode)} />
              <span>{text.look.modes[mode]}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {look.mode === "night" && (
        <div class="field">
          <label for="dim">{text.look.dim}</label>
          <input
            id="dim" class="slider" type="range" min={kDimMin} max={1} step={0.05} value={look.dim} aria-valuetext={`${Math.round(look.dim * 100)} %`}
            onInput={(event) => setDim(Number(event.currentTarget.value))}
          />
        </div>
      )}
      {tokenQuery() && (
        <button
          type="button" class="button"
          onClick={() => {
            close();
            verbs.logOut();
          }}
        >
          {text.login.out}
        </button>
      )}
      <button type="button" class="button button-strong" onClick={close}>
        {text.look.done}
      </button>
    </>
  );
}
