import type { Call, Reply, Route } from "./route.js";
import type { Routes } from "./routes.js";
import type { Problem } from "./shapes.js";

/** The key of a route: `METHOD /path/{parameter}`. */
export type RouteKey = keyof Routes & string;

type Given<T> = { [K in keyof T as T[K] extends undefined ? never : K]: T[K] };
type Arguments<R extends Route> = keyof Given<Call<R>> extends never ? [] : [Given<Call<R>>];

/** An answer that was an error, with the catalogue's code. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly details: unknown;

  constructor(status: number, { error }: Problem) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.details = error.details;
  }
}

/** Calls a route with what it carries and answers its reply; throws `ApiError` when the server says no. */
export type Client = <K extends RouteKey>(
  route: K,
  ...given: Arguments<Routes[K]>
) => Promise<Reply<Routes[K]>>;

interface Carried {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** Where and how a client asks. */
export interface ClientOptions {
  /** Such as `http://127.0.0.1:8080`; empty in a browser. */
  readonly origin: string;
  readonly fetch: typeof fetch;
  /** API token; browsers send their cookie instead. */
  readonly token?: string;
}

/** The path of a route with its parameters and query filled in. */
export function pathOf(route: RouteKey, { params = {}, query = {} }: Carried = {}): string {
  const path = route
    .slice(route.indexOf(" ") + 1)
    .replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined) search.append(name, String(each));
  }
  return `/api/v1${path}${search.size > 0 ? `?${search}` : ""}`;
}

/** Makes a client of the HTTP API, typed by its routes. */
export function openClient({ origin, fetch, token }: ClientOptions): Client {
  const ask = async (route: RouteKey, given: Carried = {}): Promise<unknown> => {
    const method = route.slice(0, route.indexOf(" "));
    const headers: Record<string, string> = { accept: "application/json", "x-picket-client": "1" };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (given.body !== undefined) headers["content-type"] = "application/json";
    const body = given.body === undefined ? null : JSON.stringify(given.body);
    const answer = await fetch(`${origin}${pathOf(route, given)}`, {
      method,
      headers,
      body,
      credentials: "same-origin",
    });
    if (answer.status === 204) return undefined;
    const content: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) throw new ApiError(answer.status, problemIn(content, answer.status));
    return content;
  };
  return ask as Client;
}

/** A proxy or a crash may answer without our error body. */
function problemIn(content: unknown, status: number): Problem {
  if (typeof content === "object" && content !== null && "error" in content) return content as Problem;
  return {
    error: {
      code: "API_UNEXPECTED",
      message: `The server answered ${status} without saying why. Try again.`,
    },
  };
}
