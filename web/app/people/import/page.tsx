import type { Metadata } from "next";
import Link from "next/link";

import { PeopleImport } from "@/components/import/people-import";
import { dictionary } from "@/lib/i18n";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).peopleImport.title };
}

/** Takes people from files. */
export default async function ImportPage() {
  const t = dictionary(await visitorLocale()).peopleImport;
  return (
    <>
      <div className="page-head">
        <div>
          <p className="crumb small">
            <Link href="/people">← {t.back}</Link>
          </p>
          <h1>{t.title}</h1>
          <p className="lead">{t.intro}</p>
        </div>
      </div>
      <PeopleImport />
    </>
  );
}
