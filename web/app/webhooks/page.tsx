import type { Metadata } from "next";

import ui from "@/components/ui.module.css";
import { WebhooksList, type WebhookLine } from "@/components/webhooks/webhooks-list";
import { dictionary } from "@/lib/i18n";
import { visitorLocale } from "@/lib/visitor";
import type { DeliveryState, Webhook } from "@/lib/webhooks";
import { filterPeople, listDeliveries, listWebhooks } from "@/lib/webhooks-service";

export async function generateMetadata(): Promise<Metadata> {
  return { title: dictionary(await visitorLocale()).webhooks.title };
}

/** Who is told of what the relay sees. */
export default async function WebhooksPage() {
  const [locale, webhooks, people] = await Promise.all([visitorLocale(), listWebhooks(), filterPeople()]);
  const t = dictionary(locale).webhooks;
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{t.title}</h1>
          <p className="lead">{t.intro}</p>
        </div>
      </div>
      {webhooks.ok ? (
        <WebhooksList webhooks={await Promise.all(webhooks.value.map(withTroubles))} people={people} />
      ) : (
        <p className={ui.notice} data-tone="warn" role="status" data-testid="webhooks-relay-down">
          {webhooks.problem === "relay-unreachable" ? t.relayDown : t.problems.failed}
        </p>
      )}
    </>
  );
}

async function withTroubles(webhook: Webhook): Promise<WebhookLine> {
  const has = async (state: DeliveryState) => {
    const page = await listDeliveries(webhook.id, { state, before: null }, 1);
    return page.ok && page.value.deliveries.length > 0;
  };
  const [failing, dead] = await Promise.all([has("failing"), has("dead")]);
  return { ...webhook, failing, dead };
}
