import { text } from "../text";

interface StepperProps {
  id: string;
  name: string;
  value: string;
  decimal?: boolean;
  invalid: boolean;
  describedBy: string;
  set: (value: string) => void;
}

const kSteps = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 90];

/// The next round value above or below: 10, 12, 15, 20 ..., then the same times ten.
function stepped(value: string, up: boolean): string {
  const from = Number(value.replace(",", ".")) || 0;
  const rounds = [0, 1, 2, 3].flatMap((power) => kSteps.map((step) => step * 10 ** power)).filter((round, i, all) => all.indexOf(round) === i).sort((a, b) => a - b);
  const next = up ? rounds.find((round) => round > from) : rounds.filter((round) => round < from).pop();
  return String(next ?? (up ? from : 1));
}

/// A number with a button on either side, for fingers that cannot type.
export function Stepper({ id, name, value, decimal, invalid, describedBy, set }: StepperProps) {
  return (
    <div class="stepper" data-invalid={invalid}>
      <button type="button" aria-label={`${name}: ${text.form.fewer}`} onClick={() => set(stepped(value, false))}>
        −
      </button>
      <input
        id={id} inputMode={decimal ? "decimal" : "numeric"} autocomplete="off" value={value} aria-invalid={invalid} aria-describedby={describedBy}
        onInput={(event) => set(event.currentTarget.value)} onFocus={(event) => event.currentTarget.select()}
        onKeyDown={(event) => {
          if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
          event.preventDefault();
          set(stepped(value, event.key === "ArrowUp"));
        }}
      />
      <button type="button" aria-label={`${name}: ${text.form.more}`} onClick={() => set(stepped(value, true))}>
        +
      </button>
    </div>
  );
}
