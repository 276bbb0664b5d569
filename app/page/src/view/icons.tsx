// Drawn in the colour of the text around them, so that night mode needs no second set.
import type { ComponentChildren } from "preact";

const Icon = ({ children }: { children: ComponentChildren }) => (
  <svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
    {children}
  </svg>
);

/// Star trails about the pole.
export const Mark = () => (
  <svg class="mark" viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true">
    <path d="M16 3a13 13 0 0 1 11.3 6.5" />
    <path d="M4.7 22.5a13 13 0 0 1 0-13" opacity=".5" />
    <path d="M23 27a13 13 0 0 1-8 2" opacity=".35" />
    <path d="M9 12a8 8 0 0 1 14.6 1.6" opacity=".85" />
    <path d="M21 22.3a8 8 0 0 1-11.4-1.6" opacity=".6" />
    <circle cx="16" cy="16" r="2.4" fill="currentColor" stroke="none" />
  </svg>
);
export const MoonIcon = () => (
  <Icon>
    <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z" />
  </Icon>
);
export const BatteryIcon = ({ level }: { level: number }) => (
  <Icon>
    <rect x="3" y="8" width="16" height="9" rx="2" />
    <path d="M22 11v3" />
    {level > 0 && <rect x="5" y="10" width={12 * level} height="5" rx=".8" fill="currentColor" stroke="none" />}
  </Icon>
);
export const HeatIcon = () => (
  <Icon>
    <path d="M10 14.2V5a2 2 0 1 1 4 0v9.2a4 4 0 1 1-4 0Z" />
    <path d="M12 10v7.5" />
  </Icon>
);
export const CardIcon = () => (
  <Icon>
    <path d="M6 3h8l4 4v13a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1Z" />
    <path d="M9 7v3M12 7v3M15 8v2" />
  </Icon>
);
export const LinkIcon = () => (
  <Icon>
    <path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1" />
    <path d="M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1" />
  </Icon>
);
export const StopIcon = () => (
  <Icon>
    <rect x="6.5" y="6.5" width="11" height="11" rx="2" fill="currentColor" />
  </Icon>
);
export const ListIcon = () => (
  <Icon>
    <path d="m6 14 6-6 6 6" />
  </Icon>
);
export const WarningIcon = () => (
  <Icon>
    <path d="M12 4 21.5 20h-19L12 4Z" />
    <path d="M12 10v4.5M12 17.3v.2" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="m5 12.5 5 5 9-11" />
  </Icon>
);
export const CrossIcon = () => (
  <Icon>
    <path d="m6 6 12 12M18 6 6 18" />
  </Icon>
);
