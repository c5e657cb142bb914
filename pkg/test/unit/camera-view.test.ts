/** What a server draws of the components, before a browser takes it over. */
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, it } from "vitest";
import { CameraView, type Camera } from "../../src/react.js";

it("a button that cannot be heard yet is disabled", () => {
  const camera: Camera = { state: { phase: "off" }, devices: [], start: () => undefined, stop: () => undefined };
  const html = renderToString(createElement(CameraView, { camera, onVideo: () => undefined, locale: "en" }));
  expect(html).toMatch(/<button class="[^"]*rostro-start"[^>]* disabled=""[^>]*>Turn the camera on<\/button>/u);
});
