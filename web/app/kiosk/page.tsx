import type { Metadata } from "next";

import { KioskView } from "@/components/kiosk/kiosk-view";
import { dictionary } from "@/lib/i18n";
import { reportCoolDownSeconds } from "@/lib/settings";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).kiosk.title };
}

/** A camera that greets, for a tablet at the door: full screen, without the rest of the app. */
export default async function KioskPage() {
  const t = dictionary(await visitorLocale()).kiosk;
  return (
    <>
      <h1 className="visually-hidden">{t.title}</h1>
      <KioskView coolDownSeconds={reportCoolDownSeconds()} />
    </>
  );
}
