import { describe, expect, it } from "vitest";

import { boundedJson } from "./bounded-body";

function posted(body: BodyInit | null): Request {
  return new Request("http://app.example/", { method: "POST", body });
}

describe("boundedJson", () => {
  it.each([
    ["JSON", posted('{"a":"ñ"}'), { json: { a: "ñ" } }],
    ["something else", posted("a"), { json: null }],
    ["nothing", posted(null), { json: null }],
    ["too much", posted(JSON.stringify("x".repeat(30))), "too-large"],
  ])("%s", async (_, request, expected) => {
    expect(await boundedJson(request, 20)).toEqual(expected);
  });

  it("believes what comes, not what was announced", async () => {
    const pieces = new ReadableStream({
      start(controller) {
        for (let piece = 0; piece < 5; piece++) controller.enqueue(new TextEncoder().encode("[1],"));
      },
    });
    const request = new Request("http://app.example/", { method: "POST", body: pieces, duplex: "half" } as RequestInit);
    expect(await boundedJson(request, 10)).toBe("too-large");
  });
});
