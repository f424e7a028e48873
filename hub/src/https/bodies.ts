import type { FastifyRequest } from "fastify";
import { hubErrors } from "../errors.js";

/** What the paths of the HTTPS door may name. */
export interface Path {
  readonly d: string;
  readonly m?: string;
  readonly id?: string;
  readonly scope?: string;
  readonly operation?: string;
}

/** A request as the routes see it: its body is bytes. */
export type Request = FastifyRequest<{ Params: Path; Body: unknown; Querystring: Record<string, string> }>;

/** What a body holds as JSON, an object or a list; an empty one is an empty object. */
export function jsonOf(body: unknown): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(
      Buffer.isBuffer(body) && body.length > 0 ? body.toString("utf8") : "{}",
    );
    if (typeof parsed === "object" && parsed !== null) return parsed as Record<string, unknown>;
  } catch {}
  throw hubErrors.argumentInvalid({ what: "The body", why: "it must be a JSON object" });
}

/** Header values by their name: in lower case, but for properties of the application, whose names are its own. */
export function headersOf({ raw: { rawHeaders } }: Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers[nameOf(rawHeaders[at]!)] = rawHeaders[at + 1]!;
  return headers;
}

const nameOf = (name: string): string =>
  /^iothub-app-/i.test(name) ? `iothub-app-${name.slice(11)}` : name.toLowerCase();

/** The messages of a batch: bodies in base64, each with its own properties. */
export function batchOf(body: Buffer): { body: Buffer; properties: Record<string, string> }[] {
  const list: unknown = Object.values(jsonOf(body));
  if (!Array.isArray(list)) return [];
  return list.map((item: { body?: unknown; properties?: Record<string, unknown> }) => {
    if (typeof item?.body !== "string")
      throw hubErrors.argumentInvalid({ what: "The batch", why: "each item needs a body in base64" });
    const properties = Object.fromEntries(
      Object.entries(item.properties ?? {}).map(([name, value]) => [nameOf(name), String(value)]),
    );
    return { body: Buffer.from(item.body, "base64"), properties };
  });
}
