import { Webhook } from "standardwebhooks";
import { describe, expect, it, vi } from "vitest";
import { CameraNotFound, createWebhookHandler, RecentDeliveries } from "../../src/next.js";

const result = {
  timestamp: "2026-11-22T10:00:00",
  name: "Ana",
  confidence: 0.7,
  distance: 0.3,
  box: { top: 1, right: 2, bottom: 3, left: 0 },
};
const body = { result, camera_id: "front" };
const stored = {
  id: "d1",
  status: "MATCHED" as const,
  clientId: "c1",
  confidence: 0.7,
  occurredAt: new Date("2026-11-22T10:00:00Z"),
};

function post(content: string, headers: Record<string, string> = {}): Request {
  return new Request("http://localhost/api/facial-recognition/webhook", { method: "POST", body: content, headers });
}

async function answer(
  request: Request,
  options: Partial<Parameters<typeof createWebhookHandler>[0]> = {},
): Promise<{ status: number; body: unknown }> {
  const handler = createWebhookHandler({ secret: "s3cret", onDetection: async () => stored, ...options });
  const response = await handler(request);
  return { status: response.status, body: await response.json() };
}

const bearer = { authorization: "Bearer s3cret" };

it("stores and answers 201 with the detection", async () => {
  const onDetection = vi.fn(async () => stored);
  const request = post(JSON.stringify(body), { ...bearer, "webhook-id": "msg_1" });
  expect(await answer(request, { onDetection })).toEqual({
    status: 201,
    body: { success: true, detection: { ...stored, occurredAt: "2026-11-22T10:00:00.000Z" } },
  });
  expect(onDetection).toHaveBeenCalledWith(body, { webhookId: "msg_1" });
});

describe("401", () => {
  const wrong: [string, Record<string, string>][] = [
    ["nothing", {}],
    ["another secret", { authorization: "Bearer s3cre7" }],
    ["its beginning", { authorization: "Bearer s3cr" }],
    ["more than it", { authorization: "Bearer s3crets" }],
    ["no Bearer", { authorization: "s3cret" }],
  ];
  it.each(wrong)("%s", async (_name, headers) => {
    const onDetection = vi.fn(async () => stored);
    expect(await answer(post(JSON.stringify(body), headers), { onDetection })).toEqual({
      status: 401,
      body: { error: "Unauthorized" },
    });
    expect(onDetection).not.toHaveBeenCalled();
  });
});

describe("a signature", () => {
  const content = JSON.stringify({ ...body, result: { ...result, name: "Ana Peña" } });
  const base64 = (secret: string) => `whsec_${Buffer.from(secret).toString("base64")}`;

  /** As another sender signs, `ago` seconds ago. */
  const signed = (secret: string, ago = 0, of = content) => {
    const at = new Date(Date.now() - 1000 * ago);
    const signature = new Webhook(base64(secret)).sign("msg_1", at, of);
    const timestamp = String(Math.floor(at.getTime() / 1000));
    return { ...bearer, "webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": signature };
  };
  const status = async (headers: Record<string, string>, options: Parameters<typeof answer>[1] = {}) =>
    (await answer(post(content, headers), options)).status;

  it("that is right is taken", async () => {
    for (const ago of [0, 290, -290]) expect(await status(signed("s3cret", ago))).toBe(201);
    const several = { ...signed("s3cret"), "webhook-signature": `v1a,xyz v1,AAAA ${signed("s3cret")["webhook-signature"]}` };
    expect(await status(several)).toBe(201);
  });

  it("that is wrong, old or of something else is refused", async () => {
    expect(await status(signed("another"))).toBe(401);
    for (const ago of [310, -310]) expect(await status(signed("s3cret", ago))).toBe(401);
    expect(await status(signed("s3cret", 0, content.replace("Ana", "Bea")))).toBe(401);
    expect(await status({ ...signed("s3cret"), "webhook-id": "msg_2" })).toBe(401);
    for (const timestamp of ["", "soon", "1e9", "NaN"]) {
      expect(await status({ ...signed("s3cret"), "webhook-timestamp": timestamp })).toBe(401);
    }
    for (const signature of ["", "v1,", "v1,?", "v2,AAAA"]) {
      expect(await status({ ...signed("s3cret"), "webhook-signature": signature })).toBe(401);
    }
  });

  it("is not looked at, nor is the body read, without the Bearer secret", async () => {
    const request = post(content, { ...signed("s3cret"), authorization: "Bearer another" });
    expect((await answer(request)).status).toBe(401);
    expect(request.bodyUsed).toBe(false);
  });

  it("does not stand in for a Bearer that is wrong", async () => {
    expect(await status({ ...signed("s3cret"), authorization: "Bearer another" })).toBe(401);
  });

  it("is enough where no Bearer is sent, as to receivers that were added over the API", async () => {
    const { authorization: _, ...alone } = signed("s3cret");
    expect(await status(alone)).toBe(201);
    expect(await status(alone, { requireSignature: true })).toBe(201);
    expect(await status(alone, { secret: "another" })).toBe(401);
    expect(await status({ ...alone, "webhook-id": "msg_2" })).toBe(401);
  });

  it("is asked for only where that is said", async () => {
    expect(await status(bearer)).toBe(201);
    expect(await status(bearer, { requireSignature: true })).toBe(401);
    expect(await status(signed("s3cret"), { requireSignature: true })).toBe(201);
  });

  it("may be of the secret before or after a change", async () => {
    const changing = { secret: ["new", "s3cret"], requireSignature: true };
    expect(await status(signed("s3cret"), changing)).toBe(201);
    expect(await status({ ...signed("new"), authorization: "Bearer new" }, changing)).toBe(201);
    expect(await status(signed("another"), changing)).toBe(401);
  });

  it("is by a secret in base64 where it is written so", async () => {
    const secret = base64("s3cret");
    expect(await status({ ...signed("s3cret"), authorization: `Bearer ${secret}` }, { secret })).toBe(201);
  });
});

describe("400", () => {
  it.each(["", "nothing", "null", "[]", "{}", '{"result":null}', '{"result":5}', '{"result":{}}'])(
    "without a result: %s",
    async (content) => {
      expect(await answer(post(content, bearer))).toEqual({
        status: 400,
        body: { error: "Missing required field: result" },
      });
    },
  );

  it("without a camera", async () => {
    const onDetection = async () => {
      throw new CameraNotFound("Register it first.");
    };
    expect(await answer(post(JSON.stringify(body), bearer), { onDetection })).toEqual({
      status: 400,
      body: { error: "No camera found. Register it first." },
    });
  });
});

it("500 with a message when it cannot be stored", async () => {
  const onDetection = async () => {
    throw new Error("the database is locked");
  };
  expect(await answer(post(JSON.stringify(body), bearer), { onDetection })).toEqual({
    status: 500,
    body: { error: "The detection could not be stored", message: "the database is locked" },
  });
});

it.each([undefined, ""])("without a secret (%j) nothing is let in", async (secret) => {
  const onDetection = vi.fn(async () => stored);
  const request = post(JSON.stringify(body), { authorization: "Bearer " });
  expect((await answer(request, { secret, onDetection })).status).toBe(500);
  expect(onDetection).not.toHaveBeenCalled();
});

it("`null` asks for no secret, in so many words", async () => {
  expect((await answer(post(JSON.stringify(body)), { secret: null })).status).toBe(201);
});

it("a body that is far too long is not read to its end", async () => {
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled += 1;
      controller.enqueue(new Uint8Array(10_000));
    },
  });
  const url = "http://localhost/api/facial-recognition/webhook";
  const request = new Request(url, { method: "POST", body: endless, headers: bearer, duplex: "half" } as RequestInit);
  expect((await answer(request)).status).toBe(413);
  expect(pulled).toBeLessThan(20);
});

describe("a delivery that comes again", () => {
  const handlerWith = (options: Partial<Parameters<typeof createWebhookHandler>[0]>) =>
    createWebhookHandler({ secret: "s3cret", onDetection: async () => stored, ...options });
  const again = (id = "msg_1") => post(JSON.stringify(body), { ...bearer, "webhook-id": id });

  it("is answered as the first time and stored once, also where both are under way", async () => {
    const onDetection = vi.fn(async () => ({ ...stored, id: `d${onDetection.mock.calls.length}` }));
    const handler = handlerWith({ onDetection });
    const answers = await Promise.all([handler(again()), handler(again())]);
    answers.push(await handler(again()), await handler(again("msg_2")));
    const ids = await Promise.all(answers.map(async (one) => ((await one.json()) as { detection: { id: string } }).detection.id));
    expect(ids).toEqual(["d1", "d1", "d1", "d2"]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  });

  it("is stored if it failed the first time", async () => {
    const onDetection = vi.fn(async () => stored).mockRejectedValueOnce(new Error("the disk is full"));
    const handler = handlerWith({ onDetection });
    expect((await handler(again())).status).toBe(500);
    expect((await handler(again())).status).toBe(201);
  });

  it("is forgotten after so many others, and where the app sees to it itself", async () => {
    const onDetection = vi.fn(async () => stored);
    const small = handlerWith({ onDetection, memory: new RecentDeliveries(2) });
    for (const id of ["a", "b", "c", "a"]) await small(again(id));
    expect(onDetection).toHaveBeenCalledTimes(4);
    const own = handlerWith({ onDetection, memory: false });
    for (const id of ["a", "a"]) await own(again(id));
    expect(onDetection).toHaveBeenCalledTimes(6);
  });
});
