import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";

import ui from "@/components/ui.module.css";
import { Deliveries } from "@/components/webhooks/deliveries";
import { dictionary } from "@/lib/i18n";
import { pageQuery } from "@/lib/page-query";
import { visitorLocale } from "@/lib/visitor";
import { readDeliveriesWanted } from "@/lib/webhook-changes";
import { ENV_ID } from "@/lib/webhooks";
import { findWebhook, listDeliveries } from "@/lib/webhooks-service";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).webhooks.deliveries.title };
}

/** What became of one receiver's deliveries. */
export default async function DeliveriesPage({ params, searchParams }: PageProps<"/webhooks/[id]">) {
  const [locale, { id }, asked] = await Promise.all([visitorLocale(), params, searchParams]);
  const t = dictionary(locale).webhooks;
  const wanted = readDeliveriesWanted(pageQuery(asked));
  const [webhook, page, dead] = await Promise.all([
    findWebhook(id),
    listDeliveries(id, wanted),
    listDeliveries(id, { state: "dead", before: null }, 1),
  ]);
  if (!webhook.ok && webhook.problem === "gone") notFound();
  return (
    <>
      <div className="page-head">
        <div>
          <p className="crumb">
            <Link href="/webhooks">{t.back}</Link>
          </p>
          <h1>{t.deliveries.title}</h1>
          {webhook.ok && (
            <p className="lead" data-testid="deliveries-of">
              {webhook.value.description ?? (id === ENV_ID ? t.ofConfiguration : t.unnamed)} · {webhook.value.url ?? t.noAddress}
            </p>
          )}
        </div>
      </div>
      {wanted.wrong && (
        <p className={`${ui.notice} ${ui.spaced}`} data-tone="warn" role="status" data-testid="deliveries-wrong">
          {t.deliveries.wrong}
        </p>
      )}
      {webhook.ok && page.ok ? (
        <Deliveries
          webhookId={id}
          page={page.value}
          state={wanted.state}
          isLater={wanted.before !== null}
          hasDead={dead.ok && dead.value.deliveries.length > 0}
        />
      ) : (
        <p className={ui.notice} data-tone="warn" role="status" data-testid="webhooks-relay-down">
          {t.relayDown}
        </p>
      )}
    </>
  );
}
