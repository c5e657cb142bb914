"use client";

import { plural } from "@/lib/i18n";
import type { SnapshotPolicy } from "@/lib/snapshots/policy";

import { useI18n } from "../i18n-provider";

/** Tells whoever stands before the camera that pictures are kept, of whom and for how long; nothing where none are. */
export function SnapshotNote({ policy: { of, days } }: { policy: SnapshotPolicy }) {
  const { t } = useI18n();
  if (of === "off") return null;
  return (
    <p className="muted small" data-testid="snapshot-note" data-of={of}>
      {plural(t.snapshots.note[of], days)}
    </p>
  );
}
