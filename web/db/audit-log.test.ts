import { describe, expect, it } from "vitest";

import { appendAudit, AUDIT_PAGE, forgetInAudit, listAudit } from "./audit-log";
import { temporaryDatabase } from "./testing";

const RECEPTION = { id: "u1", name: "Recepción" };
const ENTRY = { actor: RECEPTION, targetId: null, targetName: null, details: null };

describe("the audit log", () => {
  it("lists the newest first, a page at a time, and keeps what was said", async () => {
    const database = await temporaryDatabase();
    for (let minute = 0; minute <= AUDIT_PAGE; minute += 1) {
      // Times say nothing of the order: a clock may be set back.
      const at = new Date(Date.UTC(2026, 10, 22, 9, 59 - (minute % 60)));
      await appendAudit(database, { ...ENTRY, action: "settings.changed", targetId: String(minute), at });
    }
    const page = await listAudit(database);
    expect(page.map(({ targetId }) => Number(targetId))).toEqual(
      Array.from({ length: AUDIT_PAGE }, (_, place) => AUDIT_PAGE - place),
    );
    expect(page[0]).toMatchObject({ actorId: "u1", actorName: "Recepción", action: "settings.changed" });
    const rest = await listAudit(database, page.at(-1)?.sequence);
    expect(rest.map(({ targetId }) => targetId)).toEqual(["0"]);
  });

  it("forgets a person by id and by name, and nobody else", async () => {
    const database = await temporaryDatabase();
    const at = new Date();
    const details = { samples: 3 };
    await appendAudit(database, { ...ENTRY, action: "person.enrolled", targetId: "p1", targetName: "Ana", details, at });
    await appendAudit(database, { ...ENTRY, action: "person.changed", targetId: null, targetName: "Ana", at });
    await appendAudit(database, { ...ENTRY, action: "person.enrolled", targetId: "p2", targetName: "Anabel", details, at });
    await forgetInAudit(database, { ids: ["p1"], name: "Ana" });
    const left = (await listAudit(database)).map(({ targetName, details: kept }) => ({ targetName, kept }));
    expect(left).toEqual([
      { targetName: "Anabel", kept: details },
      { targetName: null, kept: null },
      { targetName: null, kept: null },
    ]);
  });

  it("forgets nothing when nobody is named", async () => {
    const database = await temporaryDatabase();
    await appendAudit(database, { ...ENTRY, action: "camera.added", targetName: "Puerta", at: new Date() });
    await forgetInAudit(database, { ids: [], name: null });
    expect(await listAudit(database)).toMatchObject([{ targetName: "Puerta" }]);
  });
});
