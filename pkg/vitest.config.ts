import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000 } },
      {
        test: {
          // What `cargo xtask pkg` made, as a user gets it.
          name: "built",
          include: ["test/built/**/*.test.ts"],
          // Models are loaded and run for real, perhaps on a machine that is busy with something else.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          // The packed package in apps as users make them; Next.js and React come from the web app's node_modules.
          name: "bundlers",
          include: ["test/bundlers/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
