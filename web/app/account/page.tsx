import type { Metadata } from "next";
import { redirect } from "next/navigation";

import styles from "@/components/account/account.module.css";
import { AccountsCard } from "@/components/account/accounts-card";
import { OwnAccount } from "@/components/account/own-account";
import { listAccounts } from "@/lib/accounts/service";
import { visitor } from "@/lib/accounts/session";
import { dictionary } from "@/lib/i18n";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).accounts.own.title };
}

/** One's own account; for an admin, everybody's. */
export default async function AccountPage() {
  const [locale, who] = await Promise.all([visitorLocale(), visitor()]);
  if (who === null) redirect("/sign-in");
  const t = dictionary(locale).accounts;
  return (
    <>
      <div className="page-head">
        <h1>{t.own.title}</h1>
      </div>
      <div className={styles.cards}>
        <OwnAccount visitor={who} />
        {who.role === "admin" && <AccountsCard accounts={await listAccounts()} own={who.id} />}
      </div>
    </>
  );
}
