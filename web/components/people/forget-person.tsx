"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";

import type { PersonLine } from "@/lib/people";

import { useI18n } from "../i18n-provider";
import ui from "../ui.module.css";
import { ForgetDialog } from "./forget-dialog";

/** Forgets the person whose page this is, which then leads back to the others. */
export function ForgetPerson({ person, disabled }: { person: PersonLine; disabled: boolean }) {
  const { t } = useI18n();
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  function leave() {
    router.push("/people");
    router.refresh();
  }
  return (
    <>
      <button
        className={`${ui.button} ${ui.quiet}`}
        type="button"
        data-testid="person-forget"
        disabled={disabled}
        onClick={() => setAsking(true)}
      >
        {t.people.forget}
      </button>
      {asking && <ForgetDialog person={person} onForgotten={leave} onClose={() => setAsking(false)} />}
    </>
  );
}
