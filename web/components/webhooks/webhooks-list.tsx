"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { useRefresh } from "@/hooks/use-refresh";
import { fill, plural } from "@/lib/i18n";
import { callWebhooks, secretIn } from "@/lib/webhook-calls";
import type { WebhookProblem } from "@/lib/webhook-changes";
import { ENV_ID, type Webhook } from "@/lib/webhooks";
import type { FilterPerson } from "@/lib/webhooks-service";

import { useI18n } from "../i18n-provider";
import { LocalTime } from "../time";
import ui from "../ui.module.css";
import { ConfirmDialog } from "./confirm-dialog";
import { SecretDialog } from "./secret-dialog";
import { WebhookDialog } from "./webhook-dialog";
import styles from "./webhooks.module.css";

const REFRESH_MS = 10_000;

/** A receiver, and whether any of its deliveries is tried again or was given up. */
export interface WebhookLine extends Webhook {
  failing: boolean;
  dead: boolean;
}

type Open =
  | { dialog: "form"; webhook: Webhook | null }
  | { dialog: "delete" | "rotate"; webhook: Webhook }
  | { dialog: "secret"; secret: string };

/** The receivers, each with what can be done to it. */
export function WebhooksList({ webhooks: lines, people }: { webhooks: WebhookLine[]; people: FilterPerson[] }) {
  const { t } = useI18n();
  const { webhooks } = t;
  const router = useRouter();
  const [open, setOpen] = useState<Open | null>(null);
  const [note, setNote] = useState("");
  useRefresh(REFRESH_MS);
  const close = () => setOpen(null);

  function saved(secret: string | null) {
    setOpen(secret === null ? null : { dialog: "secret", secret });
    setNote(webhooks.stored);
    router.refresh();
  }

  async function remove(webhook: Webhook): Promise<WebhookProblem | null> {
    const called = await callWebhooks("DELETE", [webhook.id]);
    // Somebody else may have removed it a moment before.
    if (!called.ok && called.problem !== "gone") return called.problem;
    setNote(webhooks.deleted);
    router.refresh();
    return null;
  }

  async function rotate(webhook: Webhook): Promise<WebhookProblem | null> {
    const called = await callWebhooks("POST", [webhook.id, "secret"]);
    if (!called.ok) return called.problem;
    saved(secretIn(called));
    return null;
  }

  return (
    <>
      <ul className={styles.list}>
        {lines.map((webhook) => (
          <WebhookCard
            key={webhook.id}
            webhook={webhook}
            people={people}
            onChange={() => setOpen({ dialog: "form", webhook })}
            onDelete={() => setOpen({ dialog: "delete", webhook })}
            onRotate={() => setOpen({ dialog: "rotate", webhook })}
          />
        ))}
      </ul>
      <p className={styles.add}>
        <button
          className={ui.button}
          type="button"
          data-testid="webhook-add"
          onClick={() => setOpen({ dialog: "form", webhook: null })}
        >
          {webhooks.add}
        </button>
        <span className={styles.note} role="status" data-testid="webhooks-note">
          {note}
        </span>
      </p>
      {open?.dialog === "form" && (
        <WebhookDialog webhook={open.webhook} people={people} onSaved={saved} onClose={close} />
      )}
      {open?.dialog === "delete" && (
        <ConfirmDialog
          title={webhooks.delete.title}
          text={webhooks.delete.text}
          address={open.webhook.url}
          confirm={webhooks.delete.confirm}
          isDangerous
          onConfirm={() => remove(open.webhook)}
          onClose={close}
        />
      )}
      {open?.dialog === "rotate" && (
        <ConfirmDialog
          title={webhooks.rotate.title}
          text={webhooks.rotate.text}
          address={open.webhook.url}
          confirm={webhooks.rotate.confirm}
          onConfirm={() => rotate(open.webhook)}
          // The new secret's window takes its place.
          onClose={() => setOpen((now) => (now?.dialog === "secret" ? now : null))}
        />
      )}
      {open?.dialog === "secret" && <SecretDialog secret={open.secret} onClose={close} />}
    </>
  );
}

interface WebhookCardProps {
  webhook: WebhookLine;
  people: readonly FilterPerson[];
  onChange: () => void;
  onDelete: () => void;
  onRotate: () => void;
}

function WebhookCard({ webhook, people, onChange, onDelete, onRotate }: WebhookCardProps) {
  const { t } = useI18n();
  const { webhooks } = t;
  const { id, url, description, disabled, dead, failing, sendBearer, previousSecretUntil } = webhook;
  const isEnv = id === ENV_ID;
  const title = description ?? (isEnv ? webhooks.ofConfiguration : webhooks.unnamed);
  const state = disabled ?? (url === null ? "none" : "on");
  const quiet = `${ui.button} ${ui.quiet} ${ui.compact}`;
  return (
    <li className={`${ui.card} ${styles.webhook}`} data-testid="webhook" data-id={id} data-state={state}>
      <div className={styles.head}>
        <h2>{title}</h2>
        <span className={ui.badge} data-tone={state === "on" ? "good" : "warn"} data-testid="webhook-state">
          {webhooks.states[state]}
        </span>
        {failing && (
          <span className={ui.badge} data-tone="warn" data-testid="webhook-failing">
            {webhooks.failing}
          </span>
        )}
        {dead && (
          <span className={ui.badge} data-tone="bad" data-testid="webhook-dead">
            {webhooks.dead}
          </span>
        )}
      </div>
      <p className={styles.url} data-testid="webhook-address">
        {url ?? webhooks.noAddress}
        {webhook.urlIsPartial && <span className="muted">…</span>}
      </p>
      {disabled !== null && <p className="muted small">{webhooks.why[disabled]}</p>}
      <dl className={styles.facts}>
        <div>
          <dt>{webhooks.toldOf}</dt>
          <dd>{webhook.filter.topics.map((topic) => webhooks.topics[topic]).join(", ")}</dd>
        </div>
        <div>
          <dt>{webhooks.cameras}</dt>
          <dd>{webhook.filter.cameras.length === 0 ? webhooks.all : webhook.filter.cameras.join(", ")}</dd>
        </div>
        <div>
          <dt>{webhooks.people}</dt>
          <dd>
            <FilteredPeople ids={webhook.filter.people} people={people} />
          </dd>
        </div>
        <div>
          <dt>{webhooks.signed}</dt>
          <dd>
            {sendBearer ? webhooks.signedAndBearer : webhooks.signedOnly}
            {previousSecretUntil !== null && (
              <span className="muted small">
                {" "}
                {webhooks.previousUntil} <LocalTime iso={previousSecretUntil} />
              </span>
            )}
          </dd>
        </div>
      </dl>
      {isEnv && <p className="muted small">{webhooks.envText}</p>}
      <div className={styles.actions}>
        <Link className={quiet} href={`/webhooks/${id}`} data-testid="webhook-deliveries">
          {webhooks.deliveries.title}
          <span className="visually-hidden">: {title}</span>
        </Link>
        {!isEnv && (
          <>
            <button className={quiet} type="button" data-testid="webhook-change" onClick={onChange}>
              {webhooks.change}
              <span className="visually-hidden">: {title}</span>
            </button>
            <Switch webhook={webhook} title={title} />
            <button className={quiet} type="button" data-testid="webhook-rotate" onClick={onRotate}>
              {webhooks.rotate.button}
              <span className="visually-hidden">: {title}</span>
            </button>
            <button className={quiet} type="button" data-testid="webhook-delete" onClick={onDelete}>
              {webhooks.delete.button}
              <span className="visually-hidden">: {title}</span>
            </button>
          </>
        )}
      </div>
    </li>
  );
}

/** Names of a filter that are spelled out. */
const NAMES_SHOWN = 5;

/** Of whom a filter lets through, by name. */
function FilteredPeople({ ids, people }: { ids: readonly string[]; people: readonly FilterPerson[] }) {
  const { webhooks } = useI18n().t;
  if (ids.length === 0) return webhooks.all;
  const names = ids.map((id) => people.find((person) => person.id === id)?.name ?? webhooks.form.personGone);
  const more = names.length - NAMES_SHOWN;
  const shown = names.slice(0, NAMES_SHOWN).join(", ");
  return more > 0 ? fill(webhooks.andMore, { names: shown, more: plural(webhooks.others, more) }) : shown;
}

/** On and off. */
function Switch({ webhook: { id, disabled }, title }: { webhook: Webhook; title: string }) {
  const { webhooks } = useI18n().t;
  const router = useRouter();
  const [state, setState] = useState<"idle" | "working" | WebhookProblem>("idle");
  async function turn() {
    setState("working");
    const called = await callWebhooks("PATCH", [id], { enabled: disabled !== null });
    setState(called.ok ? "idle" : called.problem);
    router.refresh();
  }
  return (
    <>
      <button
        className={`${ui.button} ${ui.quiet} ${ui.compact}`}
        type="button"
        data-testid="webhook-switch"
        disabled={state === "working"}
        onClick={() => void turn()}
      >
        {disabled === null ? webhooks.switchOff : webhooks.switchOn}
        <span className="visually-hidden">: {title}</span>
      </button>
      {state !== "idle" && state !== "working" && (
        <span className={styles.problem} role="alert">
          {webhooks.problems[state]}
        </span>
      )}
    </>
  );
}
