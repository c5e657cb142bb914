// Read by `npm run db:generate` alone: writes a migration for whatever changed in the schema.
export default {
  dialect: "sqlite",
  schema: "./db/schema/sqlite.ts",
  out: "./db/migrations/sqlite",
};
