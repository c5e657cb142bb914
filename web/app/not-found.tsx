import Link from "next/link";

import ui from "@/components/ui.module.css";
import { dictionary } from "@/lib/i18n";
import { visitorLocale } from "@/lib/visitor";

export default async function NotFound() {
  const t = dictionary(await visitorLocale()).errors;
  return (
    <div className={`${ui.card} ${ui.empty}`}>
      <h1>{t.notFound}</h1>
      <Link className={ui.button} href="/">
        {t.goHome}
      </Link>
    </div>
  );
}
