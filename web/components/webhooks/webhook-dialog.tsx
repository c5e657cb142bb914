"use client";

import { useId, useState, type FormEvent } from "react";

import { callWebhooks, secretIn } from "@/lib/webhook-calls";
import { addressProblem, TEXT_MAX_CHARS, type WebhookDraft, type WebhookProblem } from "@/lib/webhook-changes";
import { TOPICS, type Webhook } from "@/lib/webhooks";
import type { FilterPerson } from "@/lib/webhooks-service";

import dialogStyles from "../dialog.module.css";
import { useI18n } from "../i18n-provider";
import { Modal } from "../modal";
import ui from "../ui.module.css";
import { PeopleChoice } from "./people-choice";
import styles from "./webhooks.module.css";

interface WebhookDialogProps {
  /** What is changed; `null` for a new one. */
  webhook: Webhook | null;
  people: readonly FilterPerson[];
  /** It is stored; with its secret where it is new. */
  onSaved: (secret: string | null) => void;
  onClose: () => void;
}

/** A receiver's address, and what it is told of. */
export function WebhookDialog({ webhook, people, onSaved, onClose }: WebhookDialogProps) {
  const { webhooks } = useI18n().t;
  const { form } = webhooks;
  const id = useId();
  const shown = webhook === null || webhook.urlIsPartial ? "" : (webhook.url ?? "");
  const [url, setUrl] = useState(shown);
  const [topics, setTopics] = useState<ReadonlySet<string>>(new Set(webhook?.filter.topics ?? ["known", "unknown"]));
  const [chosenPeople, setChosenPeople] = useState<ReadonlySet<string>>(new Set(webhook?.filter.people));
  const [state, setState] = useState<"asking" | "working" | WebhookProblem>("asking");
  const problem = state === "asking" || state === "working" ? null : state;
  const isAddressWrong = problem === "no-address" || problem?.startsWith("address-") === true;

  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const draft: WebhookDraft = {
      description: String(fields.get("description") ?? ""),
      filter: {
        topics: TOPICS.filter((topic) => topics.has(topic)),
        cameras: String(fields.get("cameras") ?? "").split("\n"),
        people: [...chosenPeople],
      },
      send_bearer: fields.get("bearer") === "on",
      ...((webhook === null || url.trim() !== shown) && { url }),
    };
    const wrong = draft.url === undefined ? null : addressProblem(draft.url);
    if (wrong !== null || draft.filter.topics.length === 0) {
      setState(wrong ?? "no-topics");
      return;
    }
    setState("working");
    const called = await (webhook === null
      ? callWebhooks("POST", [], draft)
      : callWebhooks("PATCH", [webhook.id], draft));
    if (called.ok) onSaved(secretIn(called));
    else setState(called.problem);
  }

  return (
    <Modal labelledBy={`${id}-title`} testId="webhook-dialog" wide onClose={onClose}>
      <form noValidate onSubmit={(event) => void save(event)}>
        <h2 id={`${id}-title`}>{webhook === null ? form.addTitle : form.changeTitle}</h2>
        <label className={dialogStyles.field}>
          <span>{form.url}</span>
          <input
            type="url"
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            placeholder="https://"
            value={url}
            aria-invalid={isAddressWrong}
            aria-describedby={`${id}-url`}
            data-testid="webhook-url"
            onChange={(event) => setUrl(event.target.value)}
          />
        </label>
        <p className="muted small" id={`${id}-url`}>
          {webhook?.urlIsPartial ? form.urlKept : form.urlHint}
        </p>
        {problem !== null && isAddressWrong && <Problem key={problem} problem={problem} />}
        <label className={dialogStyles.field}>
          <span>{form.description}</span>
          <input
            type="text"
            name="description"
            maxLength={TEXT_MAX_CHARS}
            autoComplete="off"
            defaultValue={webhook?.description ?? ""}
            data-testid="webhook-description"
          />
        </label>
        <fieldset className={styles.topics}>
          <legend>{form.topics}</legend>
          {TOPICS.map((topic) => (
            <label key={topic}>
              <input
                type="checkbox"
                checked={topics.has(topic)}
                aria-describedby={topic === "mismatch" ? `${id}-mismatch` : undefined}
                data-testid={`webhook-topic-${topic}`}
                onChange={({ target }) => setTopics((before) => toggled(before, topic, target.checked))}
              />
              {webhooks.topics[topic]}
            </label>
          ))}
          <p className="muted small" id={`${id}-mismatch`}>
            {form.mismatchHint}
          </p>
        </fieldset>
        <label className={dialogStyles.field}>
          <span>{form.cameras}</span>
          <textarea
            name="cameras"
            rows={2}
            autoComplete="off"
            spellCheck={false}
            defaultValue={webhook?.filter.cameras.join("\n")}
            aria-describedby={`${id}-cameras`}
            data-testid="webhook-cameras"
          />
        </label>
        <p className="muted small" id={`${id}-cameras`}>
          {form.camerasHint}
        </p>
        <PeopleChoice
          people={people}
          chosen={chosenPeople}
          onChoose={(person, isChosen) => setChosenPeople((before) => toggled(before, person, isChosen))}
        />
        <label className={styles.check}>
          <input
            type="checkbox"
            name="bearer"
            defaultChecked={webhook?.sendBearer ?? false}
            aria-describedby={`${id}-bearer`}
            data-testid="webhook-bearer"
          />
          {form.bearer}
        </label>
        <p className="muted small" id={`${id}-bearer`}>
          {form.bearerHint}
        </p>
        {problem !== null && !isAddressWrong && <Problem key={problem} problem={problem} />}
        <div className={dialogStyles.actions}>
          <button className={`${ui.button} ${ui.quiet}`} type="button" onClick={onClose}>
            {webhooks.cancel}
          </button>
          <button className={ui.button} type="submit" data-testid="webhook-save" disabled={state === "working"}>
            {state === "working" ? webhooks.working : webhook === null ? form.add : form.save}
          </button>
        </div>
      </form>
    </Modal>
  );
}

/** What was in the way, where it can be seen. */
function Problem({ problem }: { problem: WebhookProblem }) {
  const { webhooks } = useI18n().t;
  return (
    <p
      ref={(element) => element?.scrollIntoView({ block: "nearest" })}
      className={ui.notice}
      data-tone="bad"
      role="alert"
      data-testid="webhook-problem"
      data-problem={problem}
    >
      {webhooks.problems[problem]}
    </p>
  );
}

function toggled(chosen: ReadonlySet<string>, item: string, isChosen: boolean): ReadonlySet<string> {
  const next = new Set(chosen);
  if (isChosen) next.add(item);
  else next.delete(item);
  return next;
}
