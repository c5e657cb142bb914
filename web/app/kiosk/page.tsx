import type { Metadata } from "next";

import { KioskView } from "@/components/kiosk/kiosk-view";
import { CAMERA_ID, cameraIn, manifestPath } from "@/lib/camera-id";
import { reportingCamera } from "@/lib/cameras-service";
import { dictionary } from "@/lib/i18n";
import { pageQuery } from "@/lib/page-query";
import { reportCoolDownSeconds } from "@/lib/settings";
import { snapshotPolicy } from "@/lib/snapshots/service";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata({ searchParams }: PageProps<"/kiosk">): Promise<Metadata> {
  const [locale, query] = await Promise.all([visitorLocale(), searchParams]);
  const id = cameraIn(pageQuery(query)) ?? CAMERA_ID;
  return { title: dictionary(locale).kiosk.title, manifest: manifestPath(id) };
}

/** A camera that greets, for a tablet at the door: full screen, without the rest of the app. */
export default async function KioskPage({ searchParams }: PageProps<"/kiosk">) {
  const [locale, camera, snapshots] = await Promise.all([
    visitorLocale(),
    searchParams.then(pageQuery).then(reportingCamera),
    snapshotPolicy(),
  ]);
  const t = dictionary(locale).kiosk;
  return (
    <>
      <h1 className="visually-hidden">{t.title}</h1>
      <KioskView camera={camera} coolDownSeconds={reportCoolDownSeconds()} snapshots={snapshots} />
    </>
  );
}
