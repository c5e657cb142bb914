import type { Metadata } from "next";
import Link from "next/link";

import { EnrolmentForm } from "@/components/enrol/enrolment-form";
import { dictionary } from "@/lib/i18n";
import { pageQuery } from "@/lib/page-query";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).enrol.title };
}

/** Adds somebody, or samples to somebody: to `?name=`, where the address says so. */
export default async function EnrolmentPage({ searchParams }: PageProps<"/people/new">) {
  const [locale, asked] = await Promise.all([visitorLocale(), searchParams]);
  const name = pageQuery(asked).get("name") ?? "";
  const t = dictionary(locale).enrol;
  return (
    <>
      <div className="page-head">
        <div>
          <p className="crumb small">
            <Link href="/people">← {t.back}</Link>
          </p>
          <h1>{t.title}</h1>
          <p className="lead">{t.samplesHint}</p>
        </div>
      </div>
      <EnrolmentForm key={name} name={name} />
    </>
  );
}
