import { describe, expect, it } from "vitest";

import { boundedBytes, boundedJson } from "./bounded-body";

function posted(body: BodyInit | null): Request {
  return new Request("http://app.example/", { method: "POST", body });
}

/** A body in pieces, which announces nothing. */
function pieces(): Request {
  const body = new ReadableStream({
    start(controller) {
      for (let piece = 0; piece < 5; piece++) controller.enqueue(new TextEncoder().encode("[1],"));
      controller.close();
    },
  });
  return new Request("http://app.example/", { method: "POST", body, duplex: "half" } as RequestInit);
}

describe("boundedBytes", () => {
  it("are those that came", async () => {
    expect(await boundedBytes(posted(Uint8Array.of(1, 2, 3)), 3)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await boundedBytes(posted(null), 3)).toEqual(new Uint8Array());
    expect(await boundedBytes(pieces(), 20)).toEqual(new TextEncoder().encode("[1],".repeat(5)));
  });

  it("are no more than may come, whatever was announced", async () => {
    expect(await boundedBytes(posted(Uint8Array.of(1, 2, 3)), 2)).toBe("too-large");
    expect(await boundedBytes(pieces(), 19)).toBe("too-large");
  });
});

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
    expect(await boundedJson(pieces(), 10)).toBe("too-large");
  });
});
