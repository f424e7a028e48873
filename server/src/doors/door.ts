import { isKnown, type KnownError } from "@picket/kit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { serverErrors } from "../errors.js";
import type { House } from "../house.js";
import { type Answer, askAudited, type Question } from "../query/ask.js";
import type { Caller } from "../security/accounts.js";

/** A door that speaks another product's protocol over the same tables. */
export interface Door {
  /** Named in the audit table. */
  readonly name: string;
  /** The protocol's own body for an error. */
  problem(error: KnownError, id: string): object;
}

/** What a route of a door gets. */
export interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly caller: Caller;
  /** Tells this request apart; the client's own id if it sent one. */
  readonly id: string;
  ask(question: Question): Promise<Answer>;
}

/** The caller behind a bearer token of ours. */
export function bearerOf(house: House, request: FastifyRequest): Caller {
  const token = /^Bearer (\S{1,200})$/i.exec(request.headers.authorization ?? "")?.[1];
  const caller = token === undefined ? undefined : house.rooms.accounts.caller(undefined, token);
  if (!caller) throw serverErrors.notSignedIn({});
  return caller;
}

/** Answers a route in a door's manner: a token of ours, an audit row for each query, errors in the protocol's form. */
export const visit =
  (house: House, door: Door, work: (given: Visit) => Promise<unknown>) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const id = idOf(request);
    reply.header("x-ms-activity-id", request.id).header("x-ms-client-request-id", id);
    try {
      const caller = bearerOf(house, request);
      const who = { caller, ipAddress: request.ip, door: door.name };
      const answer = await work({
        request,
        reply,
        caller,
        id,
        ask: (question) => askAudited(house, who, question),
      });
      return reply.type("application/json; charset=utf-8").send(answer);
    } catch (error) {
      const known = isKnown(error) ? error : unexpected(house, error, request);
      return reply.code(known.status).type("application/json; charset=utf-8").send(door.problem(known, id));
    }
  };

function idOf(request: FastifyRequest): string {
  const given = request.headers["x-ms-client-request-id"];
  return typeof given === "string" ? given.slice(0, 200) : request.id;
}

function unexpected(house: House, error: unknown, request: FastifyRequest): KnownError {
  house.rooms.metrics.log("error", "A request failed for a reason of ours.", {
    id: request.id,
    url: request.url,
    error: error instanceof Error ? error.stack : String(error),
  });
  return serverErrors.internal({ id: request.id });
}

/** Where in the query something is wrong, if the error says so. */
export function placeOf({ details }: KnownError): { line: number; column: number; what: string } | undefined {
  if (typeof details !== "object" || details === null) return undefined;
  if (!("line" in details && "column" in details && "what" in details)) return undefined;
  return { line: Number(details.line), column: Number(details.column), what: String(details.what) };
}

/** The body of a request as an object; empty when it is none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** A field that must be text. */
export function textIn(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  if (typeof value === "string") return value;
  throw serverErrors.badRequest({ why: `the field ${name} must be text` });
}

/** Adds a route that every listener of the house serves and the API's description leaves out. */
export function addDoorRoute(
  server: FastifyInstance,
  [method, url]: readonly ["GET" | "POST" | "PUT" | "PATCH" | "DELETE", string],
  handler: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>,
): void {
  server.route({ method, url, schema: { hide: true }, handler });
}
