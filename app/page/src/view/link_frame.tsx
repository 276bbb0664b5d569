import type { ComponentChildren } from "preact";

/// One of the things the device is tied to.
export function LinkFrame({ name, heading, badge, children }: { name: string; heading: string; badge?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="card link" aria-labelledby={`${name}-heading`} data-link={name}>
      <div class="link-head">
        <h2 id={`${name}-heading`}>{heading}</h2>
        {badge}
      </div>
      {children}
    </section>
  );
}
