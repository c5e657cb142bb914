/** The app's own line icons; decorative, so hidden from screen readers. */
import type { ReactNode } from "react";

function Icon({ children, size = 22 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  );
}

/** The frame around a face. */
export function LogoIcon() {
  return (
    <Icon size={26}>
      <path d="M3 8V5.5A2.5 2.5 0 0 1 5.5 3H8M16 3h2.5A2.5 2.5 0 0 1 21 5.5V8M21 16v2.5a2.5 2.5 0 0 1-2.5 2.5H16M8 21H5.5A2.5 2.5 0 0 1 3 18.5V16" />
      <path d="M9 9.6v.9M15 9.6v.9M8.6 14.6c1.9 1.9 4.9 1.9 6.8 0" />
    </Icon>
  );
}

export function CameraIcon({ size }: { size?: number }) {
  return (
    <Icon {...(size !== undefined && { size })}>
      <rect x="2.5" y="6" width="13" height="12" rx="2.5" />
      <path d="m15.5 10.5 6-3.5v10l-6-3.5" />
    </Icon>
  );
}

/** A camera on a wall. */
export function DoorCameraIcon() {
  return (
    <Icon>
      <path d="M3.5 6.2 16 3.5l4.5 4.3-13.3 4.4ZM7.2 12.2l1.3 3.3 4.6-1.4-.6-3.6M3.5 20.5v-6M3.5 17.5h4l1-2" />
    </Icon>
  );
}

export function PeopleIcon() {
  return (
    <Icon>
      <circle cx="9" cy="8" r="3.5" />
      <path d="M2.5 20c.4-3.6 3-5.8 6.5-5.8s6.1 2.2 6.5 5.8M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.6c2 .8 3.2 2.7 3.5 5.4" />
    </Icon>
  );
}

export function EventsIcon() {
  return (
    <Icon>
      <path d="M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01" />
    </Icon>
  );
}

/** From here to elsewhere. */
export function WebhooksIcon() {
  return (
    <Icon>
      <path d="M3 12h11M10.5 7.5 15 12l-4.5 4.5M13 4.5h5A2.5 2.5 0 0 1 20.5 7v10a2.5 2.5 0 0 1-2.5 2.5h-5" />
    </Icon>
  );
}

/** A pulse. */
export function StatusIcon() {
  return (
    <Icon>
      <path d="M2.5 12.5h4.2l2.6-7 4.6 13 2.7-6h4.9" />
    </Icon>
  );
}

/** Sliders. */
export function SettingsIcon() {
  return (
    <Icon>
      <path d="M3 7h9M17 7h4M3 17h4M12 17h9" />
      <circle cx="14.5" cy="7" r="2.5" />
      <circle cx="9.5" cy="17" r="2.5" />
    </Icon>
  );
}

export function SunIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 2.5v2M12 19.5v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2.5 12h2M19.5 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4" />
    </Icon>
  );
}

export function MoonIcon() {
  return (
    <Icon>
      <path d="M20.5 14.2A8.6 8.6 0 0 1 9.8 3.5a8.6 8.6 0 1 0 10.7 10.7Z" />
    </Icon>
  );
}

export function SystemThemeIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 3.5v17a8.5 8.5 0 0 0 0-17Z" fill="currentColor" />
    </Icon>
  );
}

export function CameraOffIcon({ size }: { size?: number }) {
  return (
    <Icon {...(size !== undefined && { size })}>
      <path d="M15.5 10.5 21.5 7v10l-6-3.5M3 3l18 18M10 6h3a2.5 2.5 0 0 1 2.5 2.5v3M15.3 16.3A2.5 2.5 0 0 1 13 18H5a2.5 2.5 0 0 1-2.5-2.5v-7A2.5 2.5 0 0 1 4.3 6" />
    </Icon>
  );
}

export function AccountIcon() {
  return (
    <Icon>
      <circle cx="12" cy="8.5" r="3.7" />
      <path d="M4.5 20.2a7.7 7.7 0 0 1 15 0" />
    </Icon>
  );
}
