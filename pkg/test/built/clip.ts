/** Makes a clip for Chromium's fake camera out of a portrait: motion JPEG, which is JPEG files one after the other. */
import { readFile, writeFile } from "node:fs/promises";
import { launch } from "./harness.js";

const WIDTH_PX = 640;
const HEIGHT_PX = 480;
const FRAMES = 60;

/** Writes the clip `file`: the head of `portrait`, a PNG, sways, comes nearer and goes back. */
export async function makeClip(portrait: string, file: string): Promise<void> {
  const source = `data:image/png;base64,${(await readFile(portrait)).toString("base64")}`;
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const frames = await page.evaluate(
      async ({ source, width, height, count }) => {
        const picture = new Image();
        picture.src = source;
        await picture.decode();
        const canvas = document.createElement("canvas");
        canvas.width = width;
        canvas.height = height;
        const context = canvas.getContext("2d");
        if (!context) throw new Error("no canvas");
        return Array.from({ length: count }, (_, index) => {
          const turn = (2 * Math.PI * index) / count;
          context.resetTransform();
          context.fillRect(0, 0, width, height);
          const scale = 1.08 + 0.08 * Math.cos(turn);
          context.translate(width / 2 + 18 * Math.sin(turn), height / 2 + 8 * Math.sin(2 * turn));
          context.rotate(0.04 * Math.sin(turn));
          context.scale(scale, scale);
          context.drawImage(picture, -width / 2, -height / 2, width, (width * picture.height) / picture.width);
          return canvas.toDataURL("image/jpeg", 0.9).split(",")[1] ?? "";
        });
      },
      { source, width: WIDTH_PX, height: HEIGHT_PX, count: FRAMES },
    );
    await writeFile(file, Buffer.concat(frames.map((frame) => Buffer.from(frame, "base64"))));
  } finally {
    await browser.close();
  }
}
