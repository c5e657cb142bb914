/** This app's own route for imports, called by its page. */
import { isRecord } from "../json";
import { batchesOf, type PlacedItem } from "./batch";
import { IMPORT_STATUS, type ImportProblem, type Outcome } from "./outcome";

export interface Sent {
  /** One for each item that was answered, in their order. */
  outcomes: Outcome[];
  /** What ended it before the last; `null` for nothing. */
  problem: ImportProblem | null;
}

/** Sends the items batch by batch; tells after each how many are done. Never rejects. */
export async function sendItems(
  items: readonly PlacedItem[],
  dry: boolean,
  onProgress: (done: number) => void,
): Promise<Sent> {
  const outcomes: Outcome[] = [];
  for (const batch of batchesOf(items)) {
    const answer = await send({ dry, items: batch.map(({ item }) => item) });
    if (typeof answer === "string") return { outcomes, problem: answer };
    outcomes.push(...answer);
    onProgress(outcomes.length);
    if (answer.some((outcome) => "refused" in outcome && outcome.refused === "relay-unreachable")) {
      return { outcomes, problem: "relay-unreachable" };
    }
  }
  return { outcomes, problem: null };
}

async function send(body: object): Promise<Outcome[] | ImportProblem> {
  try {
    const response = await fetch("/api/people/import", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (!isRecord(answer)) return "failed";
    if (response.ok && Array.isArray(answer.outcomes)) return answer.outcomes as Outcome[];
    const code = isRecord(answer.error) ? answer.error.code : undefined;
    return typeof code === "string" && Object.hasOwn(IMPORT_STATUS, code) ? (code as ImportProblem) : "failed";
  } catch {
    return "failed";
  }
}
