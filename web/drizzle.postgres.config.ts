// Read by `npm run db:generate` alone: writes a migration for whatever changed in the schema.
export default {
  dialect: "postgresql",
  schema: "./db/schema/postgres.ts",
  out: "./db/migrations/postgres",
};
