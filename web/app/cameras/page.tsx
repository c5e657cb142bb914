import type { Metadata } from "next";

import { CamerasList } from "@/components/cameras/cameras-list";
import { visitor } from "@/lib/accounts/session";
import { listCameraLines } from "@/lib/cameras-service";
import { dictionary } from "@/lib/i18n";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).cameras.title };
}

/** Where faces are seen: every camera, what it saw of late, and how a device reports as it. */
export default async function CamerasPage() {
  const [locale, who, { lines, isRelayAway }] = await Promise.all([visitorLocale(), visitor(), listCameraLines()]);
  const t = dictionary(locale).cameras;
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{t.title}</h1>
          <p className="lead">{t.intro}</p>
        </div>
      </div>
      <CamerasList lines={lines} isRelayAway={isRelayAway} mayChange={who?.role === "admin"} />
    </>
  );
}
