import { expect, test } from "vitest";
import { ApiError, openClient, pathOf } from "./client.js";

const answering = (status: number, body: unknown) => {
  const asked: { url: string; init: RequestInit }[] = [];
  const fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    asked.push({ url: String(url), init });
    return new Response(body === undefined ? null : JSON.stringify(body), { status });
  };
  return { asked, client: openClient({ origin: "http://hub", fetch, token: "t" }) };
};

test.each([
  {
    name: "parameters are escaped",
    path: pathOf("GET /alerts/{id}", { params: { id: "a/b" } }),
    is: "/api/v1/alerts/a%2Fb",
  },
  {
    name: "lists become repeated keys and what is undefined is left out",
    path: pathOf("GET /alerts", { query: { status: ["New", "Closed"], deviceId: undefined, limit: 5 } }),
    is: "/api/v1/alerts?status=New&status=Closed&limit=5",
  },
])("$name", ({ path, is }) => {
  expect(path).toBe(is);
});

test("a call sends its body as JSON with the token and answers the reply", async () => {
  const { asked, client } = answering(200, { alerts: [] });
  const reply = await client("POST /alerts/decide", { body: { ids: ["1"], action: "acknowledge" } });
  expect(reply).toEqual({ alerts: [] });
  expect(asked[0]).toMatchObject({
    url: "http://hub/api/v1/alerts/decide",
    init: {
      method: "POST",
      body: '{"ids":["1"],"action":"acknowledge"}',
      headers: { authorization: "Bearer t" },
    },
  });
});

test("an error answer becomes an ApiError with the catalogue's code", async () => {
  const { client } = answering(404, {
    error: { code: "API_ALERT_UNKNOWN", message: "No alert has the id 7." },
  });
  const refused = await client("GET /alerts/{id}", { params: { id: "7" } }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ApiError);
  expect(refused).toMatchObject({
    status: 404,
    code: "API_ALERT_UNKNOWN",
    message: "No alert has the id 7.",
  });
});

test("a 204 answers nothing", async () => {
  const { client } = answering(204, undefined);
  expect(await client("DELETE /session")).toBeUndefined();
});
