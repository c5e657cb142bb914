/** Who asks. For the proxy, server components and routes. */
import "server-only";

import { headers } from "next/headers";

import { roleOf, type Role } from "./access";
import { auth } from "./auth";

/** Somebody who has signed in. */
export interface Visitor {
  id: string;
  name: string;
  email: string;
  role: Role;
}

/** Whose session those headers carry, and the cookie that keeps it going, where it is time for a new one. */
export async function sessionOf(received: Headers): Promise<{ visitor: Visitor | null; setCookies: string[] }> {
  const { api } = await auth();
  const { response, headers: answered } = await api.getSession({ headers: received, returnHeaders: true });
  if (response === null) return { visitor: null, setCookies: [] };
  const { id, name, email, role } = response.user;
  return { visitor: { id, name, email, role: roleOf(role) }, setCookies: answered?.getSetCookie() ?? [] };
}

/** Who asks for this page, or calls this route. */
export async function visitor(): Promise<Visitor | null> {
  return (await sessionOf(await headers())).visitor;
}
