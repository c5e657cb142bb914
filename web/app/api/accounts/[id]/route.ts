import { ROLES, type Role } from "@/lib/accounts/access";
import { isPassword } from "@/lib/accounts/new-account";
import { changeAccount, removeAccount, told, type AccountChange } from "@/lib/accounts/service";
import { isRecord } from "@/lib/json";
import { isSameOrigin } from "@/lib/request-guard";

type Context = RouteContext<"/api/accounts/[id]">;

/** Changes what an account may do (`role`), or its `password`: 204, or a problem. */
export async function PATCH(request: Request, context: Context): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  const change = readChange(await request.json().catch(() => null));
  if (change === null) return told("invalid-password");
  return told(await changeAccount((await context.params).id, change));
}

/** Takes an account away: 204, or a problem. */
export async function DELETE(request: Request, context: Context): Promise<Response> {
  if (!isSameOrigin(request)) return Response.json({ error: "Forbidden" }, { status: 403 });
  return told(await removeAccount((await context.params).id));
}

function readChange(body: unknown): AccountChange | null {
  if (!isRecord(body)) return null;
  const { role, password } = body;
  if (password !== undefined && !isPassword(password)) return null;
  return { ...(isRole(role) && { role }), ...(password !== undefined && { password }) };
}

function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}
