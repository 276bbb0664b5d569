import type { ComponentChildren } from "preact";

/// A name and what it is, as a row of a <dl class="facts">.
export function Fact({ name, tone, children }: { name: string; tone?: "warn" | "bad"; children: ComponentChildren }) {
  return (
    <div class="fact" data-tone={tone}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
