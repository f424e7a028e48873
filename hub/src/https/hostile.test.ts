import { Agent, request } from "node:https";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestHub, sasToken, type TestHub } from "../testing.js";

let house: TestHub;
const agent = new Agent({ keepAlive: true });
beforeAll(async () => {
  house = await openTestHub();
  await house.hub.registry.create("d", "", { tags: { a: 1 } });
  await house.hub.registry.create("d", "m");
});
afterAll(async () => {
  agent.destroy();
  await house.hub.close();
});

const tokenOf = (policy: string): string => {
  const { primaryKey } = house.hub.authenticator.policyBook.get(policy);
  return sasToken("localhost", primaryKey, { policy });
};

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

function ask({ method, path, body, headers = {} }: Asked): Promise<{ status: number; text: string }> {
  const policy = /^\/(enrol|registrations)/i.test(path) ? "provisioningserviceowner" : "iothubowner";
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{
          method,
          path: `${path}?api-version=2021-04-12`,
          agent,
          host: "localhost",
          port: house.httpsPort,
          ca: house.ca,
        },
        headers: { authorization: tokenOf(policy), "content-type": "application/json", ...headers },
      },
      (answer) => {
        let text = "";
        answer.on("data", (chunk: Buffer) => (text += chunk));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}

const routes = [
  "PUT /devices/d",
  "PUT /devices/fresh",
  "PUT /devices/d/modules/m",
  "POST /devices",
  "POST /devices/query",
  "POST /devices/d/applyConfigurationContent",
  "PATCH /twins/d",
  "PUT /twins/d/modules/m",
  "POST /twins/d/methods",
  "PUT /jobs/v2/j",
  "PUT /configurations/c",
  "POST /configurations/testQueries",
  "PUT /enrollments/e",
  "POST /enrollments",
  "POST /enrollments/query",
  "PUT /enrollmentGroups/g",
  "PUT /0ne1/registrations/r/register",
];
const words = [
  ...[
    "authentication",
    "symmetricKey",
    "primaryKey",
    "x509Thumbprint",
    "type",
    "status",
    "capabilities",
    "parentScopes",
  ],
  ...[
    "tags",
    "properties",
    "desired",
    "id",
    "importMode",
    "query",
    "queryCondition",
    "updateTwin",
    "startTime",
    "content",
  ],
  ...[
    "deviceContent",
    "modulesContent",
    "targetCondition",
    "metrics",
    "queries",
    "attestation",
    "x509",
    "signingCertificates",
  ],
  ...[
    "primary",
    "certificate",
    "enrollments",
    "mode",
    "initialTwin",
    "methodName",
    "payload",
    "__proto__",
    "properties.desired.a",
  ],
];
const texts = [
  "",
  "*",
  "sas",
  "x509",
  "symmetricKey",
  "create",
  "scheduleUpdateTwin",
  "enabled",
  "SELECT * FROM devices",
  "tags.a = 1",
];
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(...texts),
    fc.string({ maxLength: 20 }),
    fc.constantFrom(null, true, 0, -1, 1e300),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...words), tie("value"), { maxKeys: 5 }),
  ),
})).value;

test("whatever the body, a route answers with its own error or does it, and never breaks", async () => {
  const body = fc.oneof(
    { weight: 5, arbitrary: json.map((value) => JSON.stringify(value)) },
    fc.string({ maxLength: 40 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...routes), body, async (route, text) => {
      const [method = "", path = ""] = route.split(" ");
      const { status, text: answer } = await ask({ method, path, body: text });
      expect({ route, text, status, answer, isFine: status < 500 }).toMatchObject({ isFine: true });
      if (status >= 400) expect(answer).toMatch(/ErrorCode:\w+;|"errorCode":\d+|"isSuccessful":false/);
    }),
    { numRuns: 400 },
  );
}, 60_000);

test.each([
  ["a path that climbs", "GET", "/devices/..%2f..%2fetc%2fpasswd"],
  ["an id of a thousand letters", "GET", `/devices/${"x".repeat(1_000)}`],
  ["an id with a broken escape", "GET", "/devices/%ZZ"],
  ["an id with a nul", "GET", "/devices/a%00b"],
  ["a route that there is not", "GET", "/nothing/here"],
  ["a method that there is not", "OPTIONS", "/devices/d"],
])("%s is refused", async (_, method, path) => {
  const { status } = await ask({ method, path, body: "" });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
});

test.each([
  ["x-ms-max-item-count", "many"],
  ["x-ms-max-item-count", "-1"],
  ["x-ms-continuation", "x".repeat(8_000)],
])("the header %s: %s is refused", async (name, value) => {
  const body = JSON.stringify({ query: "SELECT * FROM devices" });
  const { status, text } = await ask({
    method: "POST",
    path: "/devices/query",
    body,
    headers: { [name]: value },
  });
  expect(status).toBe(400);
  expect(text).toContain("ErrorCode:ArgumentInvalid;");
});

test("a body of more than 256 KB is refused before it is read whole", async () => {
  const answer = await ask({
    method: "PUT",
    path: "/devices/large",
    body: JSON.stringify({ a: "x".repeat(300_000) }),
  }).catch(() => ({ status: 413 }));
  expect(answer.status).toBe(413);
});
