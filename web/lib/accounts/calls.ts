/** This app's own routes for accounts and sessions, called by its pages. */
import { problemIn, type AccountProblem } from "./new-account";

const TOO_MANY = 429;

/** Calls `/api/accounts` and what is below it; the problem, or `null`. Never rejects. */
export async function callAccounts(
  method: "POST" | "PATCH" | "DELETE",
  path: readonly string[],
  body?: object,
): Promise<AccountProblem | null> {
  const address = ["/api/accounts", ...path.map(encodeURIComponent)].join("/");
  const response = await call(method, address, body);
  if (response?.ok) return null;
  return problemIn(await response?.json().catch(() => null));
}

/** What became of signing in. */
export type SignInOutcome = "signed-in" | "wrong" | "tooMany" | "failed";

/** Signs in; the session is in a cookie then. */
export async function signIn(email: string, password: string): Promise<SignInOutcome> {
  const response = await call("POST", "/api/auth/sign-in/email", { email, password, rememberMe: true });
  if (response?.ok) return "signed-in";
  if (response?.status === TOO_MANY) return "tooMany";
  return response !== null && response.status < 500 ? "wrong" : "failed";
}

/** Ends the session. */
export async function signOut(): Promise<boolean> {
  return (await call("POST", "/api/auth/sign-out", {}))?.ok ?? false;
}

/** Changes one's own password, and ends the other sessions. */
export async function changePassword(currentPassword: string, newPassword: string): Promise<"changed" | "wrong" | "failed"> {
  const response = await call("POST", "/api/auth/change-password", {
    currentPassword,
    newPassword,
    revokeOtherSessions: true,
  });
  if (response?.ok) return "changed";
  return response?.status === 400 ? "wrong" : "failed";
}

async function call(method: string, address: string, body?: object): Promise<Response | null> {
  try {
    return await fetch(address, {
      method,
      ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
  } catch {
    return null;
  }
}
