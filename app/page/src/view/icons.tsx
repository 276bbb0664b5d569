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
export const EditIcon = () => (
  <Icon>
    <path d="M4 20h4L19 9l-4-4L4 16v4Z" />
  </Icon>
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
export const SlidersIcon = () => (
  <Icon>
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
    <circle cx="15" cy="7" r="2" />
    <circle cx="9" cy="17" r="2" />
  </Icon>
);
export const NowIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <circle cx="12" cy="12" r="3.2" fill="currentColor" stroke="none" />
  </Icon>
);
export const FilmIcon = () => (
  <Icon>
    <circle cx="12" cy="13" r="7.5" />
    <path d="M12 9v4l2.5 2M9.5 2.8h5" />
  </Icon>
);
export const CamerasIcon = () => (
  <Icon>
    <path d="M4 8h3.5L9 5.5h6L16.5 8H20a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1Z" />
    <circle cx="12" cy="13" r="3.4" />
  </Icon>
);
export const LinksIcon = () => (
  <Icon>
    <path d="M4.5 10.5a11 11 0 0 1 15 0M7.8 14a6.2 6.2 0 0 1 8.4 0" />
    <circle cx="12" cy="18" r="1.4" fill="currentColor" stroke="none" />
  </Icon>
);
export const MachinesIcon = () => (
  <Icon>
    <rect x="3.5" y="4" width="7" height="5" rx="1.5" />
    <rect x="13.5" y="15" width="7" height="5" rx="1.5" />
    <path d="M10.5 6.5H15a2 2 0 0 1 2 2V15M13.5 17.5H9a2 2 0 0 1-2-2V9" />
  </Icon>
);
export const StarIcon = () => (
  <Icon>
    <path d="m12 4 2.4 5.2 5.600.6-4.2 3.8 1.2 5.600L12 16.300l-5 2.900 1.2-5.600L4 9.8l5.600-.6L12 4Z" fill="currentColor" />
  </Icon>
);
export const PreviousIcon = () => (
  <Icon>
    <path d="m14.5 6-6 6 6 6" />
  </Icon>
);
export const NextIcon = () => (
  <Icon>
    <path d="m9.5 6 6 6-6 6" />
  </Icon>
);
export const SignalIcon = ({ percent }: { percent: number }) => (
  <svg class="icon" viewBox="0 0 24 24" role="img" aria-label={`${Math.round(percent)} %`}>
    {[0, 1, 2, 3].map((bar) => (
      <rect key={bar} x={3 + bar * 5} y={15 - bar * 4} width="3.4" height={5 + bar * 4} rx="1" fill="currentColor" opacity={percent > bar * 25 ? 1 : 0.25} />
    ))}
  </svg>
);
