"use client";

import { useRouter } from "next/navigation";
import { useCallback, useState } from "react";

import type { SavingProblem, SavingRefusal } from "@/lib/relay-choices";

/** What became of the last change. */
export type SavingState = "idle" | "saving" | "saved" | SavingProblem;

/** Sends changes to this app's routes and has the page read again what is in force. */
export function useSaving() {
  const router = useRouter();
  const [state, setState] = useState<SavingState>("idle");
  const save = useCallback(
    async (address: string, method: "PUT" | "PATCH" | "POST", change: object) => {
      setState("saving");
      const problem = await send(address, method, change);
      setState(problem ?? "saved");
      router.refresh();
    },
    [router],
  );
  return { state, save };
}

async function send(address: string, method: string, change: object): Promise<SavingProblem | null> {
  try {
    const response = await fetch(address, {
      method,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(change),
    });
    if (response.ok) return null;
    const { error }: SavingRefusal = await response.json();
    return error.code ?? "failed";
  } catch {
    return "failed";
  }
}
