/** Who may open what. Everything that is not named here is for people who have signed in. */

export const ROLES = ["admin", "operator"] as const;

/** An operator enrols, watches and corrects; an admin also changes settings, cameras, webhooks and accounts. */
export type Role = (typeof ROLES)[number];

export type Access = "everybody" | "signed-in" | "admin";

/** The webhook shows a secret of its own; the rest is what somebody needs who has not signed in yet. */
const EVERYBODY = [
  "/sign-in",
  "/welcome",
  "/api/auth/sign-in/email",
  "/api/accounts/first",
  "/api/facial-recognition/webhook",
  "/sw.js",
];

const ADMIN = ["/settings", "/webhooks", "/activity", "/api/settings", "/api/upgrades", "/api/webhooks", "/api/accounts", "/api/cameras"];

/** Whoever may see the cameras may see what they see. */
const WATCHING = /^\/api\/cameras\/[^/]+\/(?:feed|snapshot)$/u;

/** By the path alone; the most open rule first. */
export function accessOf(path: string): Access {
  if (EVERYBODY.includes(path)) return "everybody";
  if (WATCHING.test(path)) return "signed-in";
  return ADMIN.some((root) => path === root || path.startsWith(`${root}/`)) ? "admin" : "signed-in";
}

/** Whether somebody with that role may; `null` has not signed in. */
export function mayOpen(access: Access, role: Role | null): boolean {
  if (access === "everybody") return true;
  return access === "admin" ? role === "admin" : role !== null;
}

/** What is not known as a role is the lesser one. */
export function roleOf(text: unknown): Role {
  return text === "admin" ? "admin" : "operator";
}

/** Where somebody goes who signed in: the page that was asked for, if it is one of this app. */
export function pageAfterSignIn(wanted: string | null): string {
  const isOwn = wanted !== null && /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(wanted) && !wanted.startsWith("/api/");
  return isOwn && accessOf(wanted) !== "everybody" ? wanted : "/";
}
