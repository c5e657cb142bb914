import type { Metadata } from "next";
import { redirect } from "next/navigation";

import styles from "@/components/account/account.module.css";
import { FirstAccountForm } from "@/components/account/first-account-form";
import ui from "@/components/ui.module.css";
import { codeNeeded, isFirstStart } from "@/lib/accounts/service";
import { dictionary } from "@/lib/i18n";
import { visitorLocale } from "@/lib/visitor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).accounts.welcome.title };
}

/** The first account, while there is none. */
export default async function WelcomePage() {
  if (!(await isFirstStart())) redirect("/sign-in");
  const t = dictionary(await visitorLocale()).accounts.welcome;
  const needed = codeNeeded();
  return (
    <div className={styles.entry}>
      <div>
        <h1>{t.title}</h1>
        <p className="lead">{t.intro}</p>
      </div>
      {needed === "unset" ? (
        <p className={ui.notice} data-tone="warn" role="status" data-testid="no-code">
          {t.noCode}
        </p>
      ) : (
        <FirstAccountForm asksForCode={needed === "code"} />
      )}
    </div>
  );
}
