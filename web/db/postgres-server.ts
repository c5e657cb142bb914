/** A PostgreSQL server of the tests' own: the system's programs, an empty folder, a socket in it, no port. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The server does not run as root. */
const SERVANT = "nobody";
const DEBIAN = "/usr/lib/postgresql";

/** The folder with `initdb` and `pg_ctl`: `ROSTRO_POSTGRES_BIN`, else Debian's newest, else one of `PATH`. */
export function postgresPrograms(): string | undefined {
  const named = process.env["ROSTRO_POSTGRES_BIN"];
  if (named) return named;
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => path.join(DEBIAN, version, "bin")),
    ...(process.env["PATH"] ?? "").split(path.delimiter),
  ];
  return folders.find((folder) => existsSync(path.join(folder, "initdb")));
}

/** Where a client finds the server whose folder that is. */
export function postgresUrl(folder: string): string {
  return `postgresql://rostro@localhost/postgres?host=${encodeURIComponent(folder)}`;
}

/** Starts a server, puts its address into `ROSTRO_TEST_POSTGRES_URL`, and returns what ends it. */
export default function startPostgres(): () => void {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error("PostgreSQL's programs are not here: install them (Debian: postgresql)");
  const folder = mkdtempSync(path.join(tmpdir(), "rostro-pg-"));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) execFileSync("chown", [SERVANT, folder]);
  const run = (program: string, ...args: string[]) => {
    const command = [path.join(programs, program), ...args];
    const [name = "", ...rest] = isRoot ? ["runuser", "-u", SERVANT, "--", ...command] : command;
    execFileSync(name, rest, { stdio: ["ignore", "ignore", "inherit"] });
  };
  const data = path.join(folder, "data");
  run("initdb", "-D", data, "-U", "rostro", "-A", "trust", "-E", "UTF8", "--no-sync");
  const options = `-c listen_addresses= -c unix_socket_directories=${folder} -c fsync=off`;
  run("pg_ctl", "start", "-w", "-D", data, "-l", path.join(folder, "log"), "-o", options);
  process.env["ROSTRO_TEST_POSTGRES_URL"] = postgresUrl(folder);
  return () => {
    run("pg_ctl", "stop", "-w", "-m", "fast", "-D", data);
    rmSync(folder, { recursive: true, force: true });
  };
}
