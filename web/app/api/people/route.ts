import { RostroError } from "rostro/relay";

import { audit } from "@/lib/accounts/audit";
import { readEnrolment, type EnrolmentRefusal } from "@/lib/enrolment";
import { enrol, everybody } from "@/lib/people-service";
import { isSameOrigin } from "@/lib/request-guard";

/** Everybody who is enrolled, and whether the relay could be asked. */
export async function GET(): Promise<Response> {
  return Response.json(await everybody(), { headers: { "Cache-Control": "no-store" } });
}

/** Enrols a person: 201 `{name}`, or an {@link EnrolmentRefusal}. */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const reading = readEnrolment(await request.json().catch(() => null));
  if (!reading.ok) {
    const { field } = reading;
    return refusal(400, { code: "invalid-field", field, message: `the field ${field} is missing or not valid` });
  }
  try {
    const { id, name } = await enrol(reading.details, reading.samples);
    await audit("person.enrolled", { id, name, details: { samples: reading.samples.length } });
    return Response.json({ name }, { status: 201 });
  } catch (error) {
    if (!(error instanceof RostroError)) throw error;
    const { code, message } = error;
    if (code === "relay-unreachable" || code === "busy") {
      return refusal(503, { code: "relay-unreachable", message });
    }
    return refusal(502, { code: "relay-refused", message });
  }
}

function refusal(status: number, error: EnrolmentRefusal["error"]): Response {
  const body: EnrolmentRefusal = { error };
  return Response.json(body, { status });
}
