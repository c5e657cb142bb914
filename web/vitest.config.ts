import path from "node:path";

import { defineConfig } from "vitest/config";

import { postgresPrograms } from "./db/postgres-server.ts";

const resolve = { alias: { "@": path.resolve(import.meta.dirname) } };
const app = { name: "app", include: ["{app,components,db,lib}/**/*.test.ts", "scripts/**/*.test.mjs"] };
/** The queries again, on the other database. */
const postgres = {
  name: "postgres",
  include: ["db/**/*.test.ts", "lib/snapshots/shelf.test.ts"],
  globalSetup: "db/postgres-server.ts",
  // Its presence says which tables the queries are of; each test makes a database of its own.
  env: { ROSTRO_WEB_DATABASE_URL: "of the test" },
};

if (postgresPrograms() === undefined) {
  console.warn("PostgreSQL's programs are not here, so the queries are tested on the embedded database alone.");
}

export default defineConfig({
  test: {
    projects: [
      { resolve, test: app },
      ...(postgresPrograms() === undefined ? [] : [{ resolve, test: postgres }]),
    ],
  },
});
