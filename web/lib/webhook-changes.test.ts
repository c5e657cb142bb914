import { describe, expect, it } from "vitest";

import {
  addressProblem,
  isWebhookId,
  readDeliveriesWanted,
  readNewWebhook,
  readReplay,
  readWebhookChange,
} from "./webhook-changes";

const DRAFT = {
  url: "https://hooks.example.com/rostro",
  description: "Turnstile",
  filter: { topics: ["known"], cameras: [], people: [] },
  send_bearer: false,
};

describe("readNewWebhook", () => {
  it("takes a draft, trims it, and leaves out what is said twice or not at all", () => {
    const draft = {
      url: " https://hooks.example.com/rostro ",
      description: "  Turnstile ",
      filter: { topics: ["mismatch", "known", "known"], cameras: [" door ", "", "door"], people: ["p1"] },
      send_bearer: true,
      secret: "chosen elsewhere",
    };
    expect(readNewWebhook(draft)).toEqual({
      ok: true,
      value: {
        url: "https://hooks.example.com/rostro",
        description: "Turnstile",
        filter: { topics: ["known", "mismatch"], cameras: ["door"], people: ["p1"] },
        send_bearer: true,
      },
    });
  });

  it.each([
    ["nothing", null, "invalid"],
    ["no address", { ...DRAFT, url: undefined }, "no-address"],
    ["what is no address", { ...DRAFT, url: "turnstile" }, "no-address"],
    ["a number for an address", { ...DRAFT, url: 7 }, "no-address"],
    ["a password in it", { ...DRAFT, url: "https://a:b@host/" }, "address-credentials"],
    ["a long description", { ...DRAFT, description: "x".repeat(201) }, "description"],
    ["no description", { ...DRAFT, description: undefined }, "description"],
    ["no filter", { ...DRAFT, filter: undefined }, "invalid"],
    ["no topics", { ...DRAFT, filter: { ...DRAFT.filter, topics: [] } }, "no-topics"],
    ["topics that there are not", { ...DRAFT, filter: { ...DRAFT.filter, topics: ["all"] } }, "no-topics"],
    ["topics in a text", { ...DRAFT, filter: { ...DRAFT.filter, topics: "known" } }, "invalid"],
    ["a camera's long name", { ...DRAFT, filter: { ...DRAFT.filter, cameras: ["x".repeat(201)] } }, "filter"],
    ["numbers for cameras", { ...DRAFT, filter: { ...DRAFT.filter, cameras: [1] } }, "filter"],
    ["too many people", { ...DRAFT, filter: { ...DRAFT.filter, people: Array.from({ length: 1001 }, (_, id) => `p${id}`) } }, "filter"],
    ["a word for yes", { ...DRAFT, send_bearer: "on" }, "invalid"],
  ])("refuses %s", (_, body, problem) => {
    expect(readNewWebhook(body)).toEqual({ ok: false, problem });
  });

  it("takes 200 characters, however many bytes they are", () => {
    expect(readNewWebhook({ ...DRAFT, description: "😀".repeat(200) })).toMatchObject({ ok: true });
  });
});

describe("readWebhookChange", () => {
  it("takes on and off alone", () => {
    expect(readWebhookChange({ enabled: false, url: "https://elsewhere" })).toEqual({ ok: true, value: { enabled: false } });
    expect(readWebhookChange({ enabled: "no" })).toEqual({ ok: false, problem: "invalid" });
  });

  it("takes a draft whose address stays as it is", () => {
    const { url, ...rest } = DRAFT;
    expect(readWebhookChange(rest)).toEqual({ ok: true, value: rest });
    expect(readWebhookChange({ ...rest, url })).toEqual({ ok: true, value: DRAFT });
    expect(readWebhookChange({ ...rest, url: "" })).toEqual({ ok: false, problem: "no-address" });
  });
});

describe("addressProblem", () => {
  it.each([
    ["https://hooks.example.com", null],
    ["http://127.0.0.1:9/hook?token=x", null],
    ["", "no-address"],
    ["hooks.example.com", "no-address"],
    ["ftp://hooks.example.com", "no-address"],
    ["javascript:alert(1)", "no-address"],
    ["https://", "no-address"],
    [`https://host/${"x".repeat(2048)}`, "no-address"],
    ["https://user@host/", "address-credentials"],
  ])("%s", (address, problem) => {
    expect(addressProblem(address)).toBe(problem);
  });
});

describe("readReplay", () => {
  it.each([
    [{ delivery: 7 }, { ok: true, value: { delivery_id: 7 } }],
    [{ all: "dead" }, { ok: true, value: { from_event: 0 } }],
    [{ all: "delivered" }, { ok: false, problem: "invalid" }],
    [{ delivery: "7" }, { ok: false, problem: "invalid" }],
    [{ delivery: -1 }, { ok: false, problem: "invalid" }],
    [{}, { ok: false, problem: "invalid" }],
    [null, { ok: false, problem: "invalid" }],
  ])("%j", (body, reading) => {
    expect(readReplay(body)).toEqual(reading);
  });
});

describe("readDeliveriesWanted", () => {
  it.each([
    ["", { state: null, before: null, wrong: false }],
    ["state=dead&before=7", { state: "dead", before: 7, wrong: false }],
    ["state=lost", { state: null, before: null, wrong: true }],
    ["before=-1", { state: null, before: null, wrong: true }],
    ["before=1234567890123456", { state: null, before: null, wrong: true }],
    ["state=dead&state=pending", { state: "dead", before: null, wrong: true }],
  ])("%s", (query, wanted) => {
    expect(readDeliveriesWanted(new URLSearchParams(query))).toEqual(wanted);
  });
});

describe("isWebhookId", () => {
  it.each([
    ["env", true],
    ["wh_019a2b3c", true],
    ["", false],
    ["../people", false],
    ["a/b", false],
    ["x".repeat(65), false],
  ])("«%s»: %s", (id, expected) => {
    expect(isWebhookId(id)).toBe(expected);
  });
});
