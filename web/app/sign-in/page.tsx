import type { Metadata } from "next";
import { redirect } from "next/navigation";

import styles from "@/components/account/account.module.css";
import { SignInForm } from "@/components/account/sign-in-form";
import { pageAfterSignIn } from "@/lib/accounts/access";
import { isFirstStart } from "@/lib/accounts/service";
import { visitor } from "@/lib/accounts/session";
import { dictionary } from "@/lib/i18n";
import { pageQuery } from "@/lib/page-query";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).accounts.signIn.title };
}

/** Where everybody begins who has no session. */
export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const [locale, query, who] = await Promise.all([visitorLocale(), searchParams, visitor()]);
  if (who !== null) redirect("/");
  if (await isFirstStart()) redirect("/welcome");
  const t = dictionary(locale).accounts.signIn;
  return (
    <div className={styles.entry}>
      <div>
        <h1>{t.title}</h1>
        <p className="lead">{t.intro}</p>
      </div>
      <SignInForm next={pageAfterSignIn(pageQuery(query).get("to"))} />
    </div>
  );
}
