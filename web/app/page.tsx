import { LiveView } from "@/components/live/live-view";
import { dictionary } from "@/lib/i18n";
import { reportCoolDownSeconds } from "@/lib/settings";
import { visitorLocale } from "@/lib/visitor";

/** Live recognition. */
export default async function LivePage() {
  const t = dictionary(await visitorLocale()).live;
  return (
    <>
      <h1 className="visually-hidden">{t.title}</h1>
      <LiveView coolDownSeconds={reportCoolDownSeconds()} />
    </>
  );
}
