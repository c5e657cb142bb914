import { beforeEach, expect, it, vi } from "vitest";
import { watchFrames } from "../../src/watch.js";

/** A video whose frames come when the test says so. */
class FakeVideo {
  #waiting = new Map<number, () => void>();
  #handle = 0;
  frame = 0;

  requestVideoFrameCallback(then: () => void): number {
    this.#waiting.set(++this.#handle, then);
    return this.#handle;
  }

  cancelVideoFrameCallback(handle: number): void {
    this.#waiting.delete(handle);
  }

  get watched(): boolean {
    return this.#waiting.size > 0;
  }

  show(): void {
    this.frame += 1;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const then of waiting) then();
  }
}

interface Taken {
  frame: number;
  answer: (result: string) => void;
  fail: (error: Error) => void;
}

let video: FakeVideo;
let taken: Taken[];
const onResult = vi.fn();
const onError = vi.fn();

function recognize(): Promise<string> {
  return new Promise((answer, fail) => {
    taken.push({ frame: video.frame, answer, fail });
  });
}

function watch() {
  // Only two methods of a video are used.
  const element: unknown = video;
  return watchFrames(element as HTMLVideoElement, recognize, { onResult, onError });
}

beforeEach(() => {
  video = new FakeVideo();
  taken = [];
  vi.clearAllMocks();
});

const settled = () => new Promise((resolve) => setTimeout(resolve));

it("takes one frame at a time, and then the newest", async () => {
  watch();
  for (let frame = 0; frame < 5; frame += 1) video.show();
  expect(taken.map((one) => one.frame)).toEqual([1]);
  taken[0]?.answer("first");
  await settled();
  expect(onResult).toHaveBeenCalledWith("first");
  expect(taken.map((one) => one.frame)).toEqual([1, 5]);
  taken[1]?.answer("second");
  await settled();
  expect(taken).toHaveLength(2);
  video.show();
  expect(taken.map((one) => one.frame)).toEqual([1, 5, 6]);
});

it("goes on after a frame that fails", async () => {
  watch();
  video.show();
  taken[0]?.fail(new Error("no"));
  await settled();
  expect(onError).toHaveBeenCalledTimes(1);
  video.show();
  expect(taken).toHaveLength(2);
});

it("says nothing after stop", async () => {
  const watching = watch();
  video.show();
  watching.stop();
  taken[0]?.answer("late");
  await settled();
  expect(onResult).not.toHaveBeenCalled();
  expect(video.watched).toBe(false);
});
