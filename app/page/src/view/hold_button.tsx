import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface Props {
  class: string;
  label: ComponentChildren;
  holding: string;
  confirm: string;
  disabled?: boolean;
  onHeld: () => void;
}

export const kHold = 1000; // ms; long enough for a sleeve brushing the glass, short enough for a cold finger
const kConfirmMax = 4000; // ms

/// A button that wants to be held, by finger or by key. A click that came from neither (a screen reader's) is asked for twice instead.
export function HoldButton({ class: name, label, holding, confirm, disabled, onHeld }: Props) {
  const [state, setState] = useState<"idle" | "holding" | "asking">("idle");
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const touched = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);

  const begin = () => {
    if (disabled) return;
    touched.current = true;
    setState("holding");
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setState("idle");
      navigator.vibrate?.(40);
      onHeld();
    }, kHold);
  };
  const end = () => {
    clearTimeout(timer.current);
    setState("idle");
  };
  const click = () => {
    if (touched.current) {
      touched.current = false; // the click that ends a press
      return;
    }
    if (state === "asking") {
      end();
      onHeld();
      return;
    }
    setState("asking");
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState("idle"), kConfirmMax);
  };
  const isHoldKey = (event: KeyboardEvent) => event.key === "Enter" || event.key === " ";
  return (
    <button
      type="button" class={`${name} hold`} data-state={state} disabled={disabled}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        begin();
      }}
      onPointerUp={end}
      onPointerCancel={() => {
        touched.current = false;
        end();
      }}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isHoldKey(event)) return;
        event.preventDefault();
        if (!event.repeat) begin();
      }}
      onKeyUp={(event) => {
        if (!isHoldKey(event)) return;
        event.preventDefault();
        touched.current = false;
        end();
      }}
      onBlur={end} onClick={click}
    >
      <span class="hold-fill" aria-hidden="true" />
      <span class="hold-label">{state === "holding" ? holding : state === "asking" ? confirm : label}</span>
    </button>
  );
}
