import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { REPOSITORY } from "./harness.js";
import { Bench, type PlainFace, type Square } from "./setup.js";

const bench = new Bench();
const run = promisify(execFile);

/** How far the two builds may differ: in numbers of an embedding and scores, and in pixels of boxes and points. */
const TOLERANCE = 1e-4;
const TOLERANCE_PX = 0.01;

const MODELS = ["sface-2021dec", "dlib-resnet-v1"] as const;

/** Portraits and their sides. */
const PORTRAITS: [string, number][] = [
  ["collins.png", 256],
  ["obama-2012.png", 320],
  ["obama-2009.png", 448],
  ["biden-2010.png", 384],
];

/**
 * Portraits moved and scaled: the square of the picture, and where it lies in a frame of 640 × 480. Many, since what
 * could set the builds apart (a pixel more or less, somewhere on the way) happens in few.
 */
const FRAMES: [string, Square, Square][] = Array.from({ length: 40 }, (_, index) => {
  const [name, side] = PORTRAITS[index % PORTRAITS.length] ?? ["collins.png", 256];
  const drawn = 110 + spread(index, 0.618) * 370;
  const place: Square = [spread(index, 0.755) * (640 - drawn), spread(index, 0.57) * (480 - drawn), drawn];
  return [name, [0, 0, side], place];
});

/** Numbers from 0 to 1 that lie evenly, without a pattern. */
function spread(index: number, step: number): number {
  return (index * step) % 1;
}

interface NativeFace {
  box: [number, number, number, number];
  score: number;
  landmarks: [number, number][];
  embeddings: { model: string; embedding: number[] }[];
}

it("the browser's build and the native one agree on the same frames", async () => {
  const page = await bench.open();
  const browser = await page.evaluate(
    async ([models, frames]) => {
      const { createRecognizer, portrait, frame, plain } = globalThis.page;
      const recognizer = await createRecognizer({ models });
      const results: PlainFace[][] = [];
      for (const [index, [name, crop, place]] of frames.entries()) {
        const pixels = frame(await portrait(name), crop, place);
        await fetch(`/frames/${index}`, { method: "POST", body: pixels.data });
        results.push((await recognizer.recognize(pixels)).faces.map(plain));
      }
      recognizer.close();
      return results;
    },
    [MODELS, FRAMES] as const,
  );
  const native = await recognizedNatively();
  expect(native).toHaveLength(FRAMES.length);
  let furthest = 0;
  for (const [index, nativeFaces] of native.entries()) {
    const browserFaces = browser[index] ?? [];
    const frame = `frame ${index}`;
    expect(nativeFaces.length, frame).toBe(1);
    expect(browserFaces.length, frame).toBe(nativeFaces.length);
    for (const [place, face] of nativeFaces.entries()) {
      const seen = browserFaces[place];
      if (seen === undefined) throw new Error(frame);
      const { top, right, bottom, left } = seen.box;
      const points = seen.landmarks.flatMap(({ x, y }) => [x, y]);
      expect(furthestApart([top, right, bottom, left], face.box), frame).toBeLessThan(TOLERANCE_PX);
      expect(furthestApart(points, face.landmarks.flat()), frame).toBeLessThan(TOLERANCE_PX);
      expect(Math.abs(seen.score - face.score), frame).toBeLessThan(TOLERANCE);
      const embeddings = [{ model: seen.model, embedding: seen.embedding }, ...seen.otherEmbeddings];
      expect(embeddings.map(({ model }) => model)).toEqual(MODELS);
      for (const [which, { model, embedding }] of face.embeddings.entries()) {
        const apart = furthestApart(embeddings[which]?.embedding ?? [], embedding);
        expect(apart, `${frame}, ${model}`).toBeLessThan(TOLERANCE);
        furthest = Math.max(furthest, apart);
      }
    }
  }
  console.log(`furthest number of any embedding: ${furthest.toExponential(1)}`);
}, 900_000);

/** The same frames through the native build; cargo builds it where it is not current. */
async function recognizedNatively(): Promise<NativeFace[][]> {
  const folder = await mkdtemp(path.join(tmpdir(), "rostro-parity-"));
  try {
    const frames: string[] = [];
    for (const [name, pixels] of bench.site.posted) {
      const file = path.join(folder, path.basename(name));
      await writeFile(file, pixels);
      frames.push(`640x480:${file}`);
    }
    // The whole workspace, as the relay is built: with one package alone, nearly every dependency is compiled twice.
    const cargo = ["build", "--quiet", "--release", "--workspace", "--example", "recognize_raw"];
    await run("cargo", cargo, { cwd: REPOSITORY });
    const program = path.resolve(REPOSITORY, process.env["CARGO_TARGET_DIR"] ?? "target", "release/examples/recognize_raw");
    const args = [path.join(REPOSITORY, "models"), MODELS.join(","), ...frames];
    const { stdout } = await run(program, args, { cwd: REPOSITORY, maxBuffer: 1 << 26 });
    return stdout
      .trim()
      .split("\n")
      .map((line): NativeFace[] => JSON.parse(line));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function furthestApart(a: number[], b: number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? Number.NaN))));
}
