import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { schedstatMs } from "../lib/cpu.mjs";
import { takeTurns, timesFor } from "../lib/rounds.mjs";
import { difference, together } from "../lib/samples.mjs";
import { fileOf, line } from "../lib/server.mjs";
import { resized } from "../pages/contestants/onnx.js";

test("CPU time is read in nanoseconds", () => {
  assert.equal(schedstatMs("2500000 17 3\n"), 2.5);
  assert.throws(() => schedstatMs("no such thread"));
});

test("turns last about as long as is asked for", () => {
  assert.equal(timesFor(250, 10), 25);
  assert.equal(timesFor(250, 1000), 1);
  assert.equal(timesFor(250, 0), 1000);
});

test("contestants take turns, and samples are of one run", async () => {
  let clock = 0;
  const order = [];
  const contestant = (name, ms) => ({ name, run: (times) => { order.push(name); clock += ms * times; } });
  const samples = await takeTurns([contestant("a", 50), contestant("b", 125)], { rounds: 3, cpuMs: () => clock / 2, now: () => clock });
  assert.deepEqual(samples.a, { times: 5, wallMs: [50, 50, 50], cpuMs: [25, 25, 25] });
  assert.deepEqual(samples.b, { times: 2, wallMs: [125, 125, 125], cpuMs: [62.5, 62.5, 62.5] });
  assert.equal(order.slice(-6).join(""), "ababab");
});

test("the server stays in its folders", () => {
  const mounts = { pages: "/somewhere/pages" };
  assert.equal(fileOf("/pages/a/b.js?c", mounts), "/somewhere/pages/a/b.js");
  for (const url of ["/pages/..%2fsecret", "/pages/", "/other/a.js"]) assert.equal(fileOf(url, mounts), undefined, url);
});

test("all that is sent shares one line", () => {
  const carry = line(1000);
  assert.equal(carry(500, 0), 500);
  assert.equal(carry(500, 100), 900);
  assert.equal(carry(100, 5000), 100);
});

test("YuNet's file is cut to another input, and other files are left alone", async () => {
  const yunet = new Uint8Array(await readFile(new URL("../../models/yunet-2023mar.onnx", import.meta.url)));
  const other = resized(yunet, 256, 320);
  assert.ok(other.length < yunet.length);
  assert.equal(resized(other, 256, 320), other);
});

test("the difference of outputs is a share of their length", () => {
  assert.equal(difference([3, 4], [3, 4]), 0);
  assert.equal(difference([3, 8], [0, 4]), 5 / 4);
  assert.equal(difference(undefined, [1]), undefined);
});

test("seconds of a video are put together by frames", () => {
  const second = { ms: 1000, faces: 10, stagesMs: { embed: 20 }, latencyMs: [1], longTasks: [], errors: [] };
  const whole = together([{ ...second, frames: 10, cpuMs: 50, workerMs: 30 }, { ...second, frames: 30, cpuMs: 110, workerMs: 50 }]);
  assert.equal(whole.framesPerSecond, 20);
  assert.equal(whole.cpuMsPerFrame, 4);
  assert.equal(whole.workerMsPerFrame, 2);
  assert.deepEqual(whole.stagesMs, { embed: 1 });
});
