import { LiveView } from "@/components/live/live-view";
import { reportingCamera } from "@/lib/cameras-service";
import { dictionary } from "@/lib/i18n";
import { pageQuery } from "@/lib/page-query";
import { reportCoolDownSeconds } from "@/lib/settings";
import { snapshotPolicy } from "@/lib/snapshots/service";
import { visitorLocale } from "@/lib/visitor";

/** Live recognition, as the camera that the address names. */
export default async function LivePage({ searchParams }: PageProps<"/">) {
  const [locale, camera, snapshots] = await Promise.all([
    visitorLocale(),
    searchParams.then(pageQuery).then(reportingCamera),
    snapshotPolicy(),
  ]);
  const t = dictionary(locale).live;
  return (
    <>
      <h1 className="visually-hidden">{t.title}</h1>
      <LiveView camera={camera} coolDownSeconds={reportCoolDownSeconds()} snapshots={snapshots} />
    </>
  );
}
