import { describe, expect, it } from "vitest";

import { cameraIn, cameraPath, isReportingPage, manifestPath, ticketPath } from "./camera-id";

describe("the camera in an address", () => {
  it.each([
    ["camera=door", "door"],
    ["camera=Puerta%201", "Puerta 1"],
    ["camera=%20door%20", "door"],
    ["camera=", null],
    ["", null],
    [`camera=${"x".repeat(200)}`, "x".repeat(200)],
    [`camera=${"x".repeat(201)}`, null],
  ])("of ?%s is %j", (query, id) => expect(cameraIn(new URLSearchParams(query))).toBe(id));

  it("comes back as it was given", () => {
    for (const id of ["door", "a&b=c", "ñ/ú", "100 %"]) {
      for (const address of [cameraPath("/", id), cameraPath("/kiosk", id), ticketPath(id), manifestPath(id)]) {
        expect(cameraIn(new URL(address, "http://localhost").searchParams)).toBe(id);
      }
    }
  });

  it("is left out of the description that every device installs", () =>
    expect(manifestPath("webcam")).toBe("/manifest.webmanifest"));
});

it("is not looked for on pages that report nothing", () => {
  expect(["/", "/kiosk", "/events", "/kiosk/more", ""].filter(isReportingPage)).toEqual(["/", "/kiosk"]);
});
