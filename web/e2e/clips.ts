/** Makes clips for Chromium's fake camera out of portraits: motion JPEG, which is JPEG files one after the other. */
import { randomInt } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import type { Browser } from "@playwright/test";

import type { Subject } from "./environment";

const WIDTH_PX = 640;
const HEIGHT_PX = 480;
const FRAMES = 90; // Three seconds at the 30 a second that Chromium plays; the last leads into the first.

/** Writes the subject's clip, if it is to be made of a portrait: the head sways, comes nearer and goes back. */
export async function makeClip(browser: Browser, subject: Subject): Promise<void> {
  if (!subject.portrait) return;
  const type = subject.portrait.endsWith(".png") ? "image/png" : "image/jpeg";
  const source = `data:${type};base64,${(await readFile(subject.portrait)).toString("base64")}`;
  const page = await browser.newPage();
  const frames = await page.evaluate(drawFrames, {
    source,
    width: WIDTH_PX,
    height: HEIGHT_PX,
    count: FRAMES,
  });
  await page.close();
  await mkdir(path.dirname(subject.clip), { recursive: true });
  await writeFile(subject.clip, Buffer.concat(frames.map((frame) => Buffer.from(frame, "base64"))));
}

/** How often a clip is shown before its pictures come again to the last bit. */
const ROUNDS = 10;
/** Where a table of quantisation holds what the eye hardly sees: neither the coarse shapes nor what a face has none of. */
const FINE_FROM = 8;
const FINE_TO = 32;

/**
 * The clip several times over, with no picture quite like another, nor like those of any other time. No camera gives the
 * same picture twice, and the relay takes an embedding that comes again for one that was copied.
 */
export async function asACameraGivesIt(clip: string): Promise<Buffer> {
  const file = await readFile(clip);
  return Buffer.concat(Array.from({ length: ROUNDS }, () => withNoise(file)));
}

/** In each JPEG of the clip, a few fine details are a little stronger or weaker. */
function withNoise(clip: Buffer): Buffer {
  const noisy = Buffer.from(clip);
  // A table comes after its marker, a length of two bytes, and a byte that says which it is.
  for (let at = noisy.indexOf(TABLE); at >= 0; at = noisy.indexOf(TABLE, at + 1)) {
    for (let count = 0; count < 4; count++) {
      const entry = at + 5 + randomInt(FINE_FROM, FINE_TO);
      noisy[entry] = Math.min(255, Math.max(1, (noisy[entry] ?? 0) + (randomInt(2) === 0 ? -1 : 1)));
    }
  }
  return noisy;
}

/** The marker of a table of quantisation; in a JPEG's data no other byte than 0 follows a byte of 255. */
const TABLE = Buffer.from([0xff, 0xdb]);

interface Drawing {
  readonly source: string;
  readonly width: number;
  readonly height: number;
  readonly count: number;
}

/** Runs in the browser, so it may use nothing from outside. */
async function drawFrames({ source, width, height, count }: Drawing): Promise<string[]> {
  const picture = new Image();
  picture.src = source;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  // The upper part of a portrait, as wide as the frame, is about what a webcam sees.
  const drawnHeight = (width * picture.height) / picture.width;
  const frames: string[] = [];
  for (let index = 0; index < count; index++) {
    const turn = (2 * Math.PI * index) / count;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#8a8f94";
    context.fillRect(0, 0, width, height);
    const scale = 1.08 + 0.08 * Math.cos(turn);
    context.translate(width / 2 + 18 * Math.sin(turn), height / 2 + 8 * Math.sin(2 * turn));
    context.rotate(0.04 * Math.sin(turn));
    context.scale(scale, scale);
    context.drawImage(picture, -width / 2, -height / 2, width, drawnHeight);
    frames.push(canvas.toDataURL("image/jpeg", 0.9).split(",")[1] ?? "");
  }
  return frames;
}
