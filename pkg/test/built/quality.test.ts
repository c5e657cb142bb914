import { describe, expect, it } from "vitest";
import { Bench } from "./setup.js";

const bench = new Bench();

describe("the quality of a picture", () => {
  it("names what is wrong with it, and nothing where it is good", async () => {
    const page = await bench.open();
    const found = await page.evaluate(async () => {
      const { createRecognizer, portrait } = globalThis.page;
      const recognizer = await createRecognizer();
      const image = await portrait("collins.png");
      const side = image.naturalWidth;
      const drawn = async (draw: (context: OffscreenCanvasRenderingContext2D) => void) => {
        const context = new OffscreenCanvas(2 * side, 2 * side).getContext("2d");
        if (context === null) throw new Error("no canvas");
        context.fillStyle = "grey";
        context.fillRect(0, 0, 2 * side, 2 * side);
        draw(context);
        const { faces, pictureFaults } = await recognizer.recognize(context.canvas);
        return { pictureFaults, quality: faces[0]?.quality };
      };
      const middle = side / 2;
      const filtered = (filter: string) =>
        drawn((context) => {
          context.filter = filter;
          context.drawImage(image, middle, middle);
        });
      const results = {
        good: await filtered("none"),
        dark: await filtered("brightness(0.2)"),
        blurred: await filtered("blur(6px)"),
        small: await drawn((context) => context.drawImage(image, side, side, 80, 80)),
        cut: await drawn((context) => context.drawImage(image, -0.45 * side, middle)),
        two: await drawn((context) => {
          context.drawImage(image, 0, middle);
          context.drawImage(image, side, middle);
        }),
        nobody: await drawn(() => undefined),
      };
      recognizer.close();
      return results;
    });
    const { good, dark, blurred, small, cut, two, nobody } = found;
    expect(good.pictureFaults).toEqual([]);
    expect(good.quality).toMatchObject({ faults: [], hints: [] });
    expect(good.quality?.score).toBeGreaterThan(0.3);
    expect(good.quality?.sidePx).toBeGreaterThan(60);
    for (const angle of [good.quality?.yaw, good.quality?.pitch, good.quality?.roll]) {
      expect(Math.abs(angle ?? 90)).toBeLessThan(30);
    }
    expect(dark.pictureFaults[0]).toBe("too-dark");
    expect(dark.quality?.brightness).toBeLessThan(good.quality?.brightness ?? 0);
    expect(blurred.quality?.faults).toContain("blurred");
    expect(blurred.quality?.sharpness).toBeLessThan(good.quality?.sharpness ?? 0);
    expect(small.pictureFaults[0]).toBe("too-small");
    expect(cut.pictureFaults[0]).toBe("cut-off");
    expect(two.pictureFaults[0]).toBe("several-faces");
    expect(two.quality?.faults).toEqual([]);
    expect(nobody).toEqual({ pictureFaults: ["no-face"], quality: undefined });
  });
});

describe("samples of one person", () => {
  it("are held against each other and against everybody else", async () => {
    const page = await bench.open();
    const { checks, refused } = await page.evaluate(async () => {
      const { createRecognizer, portrait, outcome } = globalThis.page;
      const recognizer = await createRecognizer();
      const model = recognizer.models[0] ?? "";
      const embedding = async (name: string) => {
        const { faces } = await recognizer.recognize(await portrait(name));
        if (faces[0] === undefined) throw new Error("no face");
        return faces[0].embedding;
      };
      const [in2012, in2009, other] = [
        await embedding("obama-2012.png"),
        await embedding("obama-2009.png"),
        await embedding("biden-2010.png"),
      ];
      const alone = await recognizer.checkSamples(model, [in2012, in2009]);
      const entries = [{ person_id: "7", name: "Enrolled", embedding: in2012 }];
      await recognizer.setGallery({ model, entries });
      const checks = {
        alone,
        twice: await recognizer.checkSamples(model, [in2012, in2012]),
        odd: await recognizer.checkSamples(model, [in2012, other, in2009], { except: "7" }),
        double: await recognizer.checkSamples(model, [in2012]),
        more: await recognizer.checkSamples(model, [in2012], { except: "7" }),
        stranger: await recognizer.checkSamples(model, [other]),
      };
      const refused = await outcome(recognizer.checkSamples("facenet", [in2012]));
      recognizer.close();
      return { checks, refused };
    });
    const nothing = { nearIdentical: [], odd: [], alreadyEnrolled: null };
    expect(checks.alone).toEqual(nothing);
    expect(checks.twice.nearIdentical).toEqual([[0, 1]]);
    expect(checks.odd).toEqual({ ...nothing, odd: [1] });
    expect(checks.double.alreadyEnrolled).toEqual({ personId: "7", name: "Enrolled", distance: 0 });
    expect(checks.more).toEqual(nothing);
    expect(checks.stranger).toEqual(nothing);
    expect(refused.error?.code).toBe("invalid-request");
  });
});
