import { request } from "node:http";
import { type Role, type Route, type RouteKey, routes } from "@picket/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Picket, startPicket } from "./picket.js";

let picket: Picket;
let tokens: Record<Role, string>;
const keys = Object.keys(routes) as RouteKey[];
const routeOf = (key: RouteKey): Route => routes[key];
const ranks: Record<Role, number> = { viewer: 0, analyst: 1, admin: 2 };

beforeAll(async () => {
  picket = await startPicket();
  const made = await Promise.all(
    (["viewer", "analyst", "admin"] as const).map(async (role) => {
      const answer = await call("POST /tokens", picket.token, { name: `a-${role}`, role, days: 1 });
      return [role, (await answer.json()).secret] as const;
    }),
  );
  tokens = Object.fromEntries(made) as Record<Role, string>;
});
afterAll(() => picket?.stop());

/** Calls a route with names of nothing in its path. */
function call(key: RouteKey, token?: string, body?: object): Promise<Response> {
  const [method = "", path = ""] = key.split(" ");
  return fetch(`${picket.origin}/api/v1${path.replace(/\{\w+\}/g, "no-such-thing")}`, {
    method,
    headers: {
      "x-picket-client": "test",
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

const guarded = keys.filter((key) => routeOf(key).role !== "anyone");

test.each(guarded)("%s is closed to who has no token", async (key) => {
  const answer = await call(key);
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ error: { code: "API_NOT_SIGNED_IN" } });
});

const below = guarded.flatMap((key) =>
  (["viewer", "analyst"] as const).flatMap((role) => {
    const needs = routeOf(key).role;
    return needs !== "anyone" && ranks[role] < ranks[needs] ? [{ key, role }] : [];
  }),
);

test.each(below)("$key is closed to a $role, whatever is sent", async ({ key, role }) => {
  const answer = await call(key, tokens[role], key.startsWith("GET ") ? undefined : { nonsense: true });
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ error: { code: "API_NOT_ALLOWED" } });
});

test.each(keys.filter((key) => !key.startsWith("GET ")))("%s leaves a row in the audit table", (key) => {
  // Ending one's own run or session concerns nobody else.
  const isOwn = key === "DELETE /query/{id}" || key === "DELETE /session";
  const { audit, changesNothing = false } = routeOf(key);
  expect(audit !== undefined || changesNothing || isOwn).toBe(true);
});

test("a refused call is in the audit table with who and what", async () => {
  await call("POST /users", tokens.viewer, { name: "eve", role: "admin" });
  await expect
    .poll(
      () =>
        picket.kql('PicketAudit | where Result == "API_NOT_ALLOWED" and Action startswith "users" | take 1'),
      {
        timeout: 10_000,
      },
    )
    .toMatchObject([{ Actor: "a-viewer" }]);
});

describe("the listener", () => {
  test.each([
    { name: "a page of another site", headers: { host: "evil.example" }, status: 421 },
    { name: "a change without our header", headers: {}, status: 403 },
  ])("refuses $name", async ({ headers, status }) => {
    const { port } = new URL(picket.origin);
    const answer = await new Promise<number>((resolve, reject) => {
      const asked = request(
        { port, host: "127.0.0.1", method: "POST", path: "/api/v1/session", headers: { ...headers } },
        (response) => resolve(response.statusCode ?? 0),
      );
      asked.once("error", reject).end();
    });
    expect(answer).toBe(status);
  });

  test("describes every route as OpenAPI", async () => {
    const { paths } = await (await fetch(`${picket.origin}/api/openapi.json`)).json();
    const described = Object.values(paths as Record<string, object>).flatMap((path) => Object.keys(path));
    expect(described.length).toBe(keys.length);
  });

  test("over TLS asks for a token before it shows numbers of the house", async () => {
    expect((await fetch(`${picket.origin}/metrics`)).status).toBe(200);
    expect(await picket.overTls("/metrics")).toBe(401);
    expect(await picket.overTls("/metrics", tokens.viewer)).toBe(200);
    expect(await picket.overTls("/healthz")).toBe(200);
  });
});
