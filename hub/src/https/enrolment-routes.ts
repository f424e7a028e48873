import { isKnown } from "@picket/kit";
import { hubErrors } from "../errors.js";
import {
  attestationJson,
  type Enrolment,
  enrolmentJson,
  registrationJson,
} from "../provisioning/enrolment.js";
import { jsonOf, type Request } from "./bodies.js";
import type { Desk } from "./desk.js";
import { provisioningFailure } from "./provisioning-routes.js";
import { pageOf, sendPage } from "./query-routes.js";

const MOST = 10;
const kinds = [
  { kind: "individual", paths: ["/enrollments"], word: "Enrollment", items: "enrollments" },
  {
    kind: "group",
    // The client writes it in two ways.
    paths: ["/enrollmentGroups", "/enrollmentgroups"],
    word: "EnrollmentGroup",
    items: "enrollmentGroups",
  },
] as const;

/** Where service applications say which devices may come, and see which came. */
export function enrolmentRoutes(desk: Desk): void {
  for (const { paths, ...one } of kinds) {
    for (const path of paths) {
      changeRoutes(desk, { path, ...one });
      readRoutes(desk, { path, ...one });
    }
  }
  bulkRoute(desk);
  registrationRoutes(desk);
}

interface Kind {
  readonly kind: Enrolment["kind"];
  readonly path: string;
  readonly word: string;
  readonly items: string;
}

const told = ({ callers }: Desk, request: Request, operationName: string, properties: object = {}): void =>
  callers.told(request, operationName, {
    category: "ServiceOperations",
    properties: { id: request.params.id ?? "", ...properties },
  });

const shown = ({ around: { provisioning } }: Desk, enrolment: Enrolment): object =>
  enrolmentJson(
    enrolment,
    enrolment.kind === "individual" ? provisioning.store.registration(enrolment.registrationId) : undefined,
  );

function changeRoutes(desk: Desk, { kind, path, word }: Kind): void {
  const { server, callers, around } = desk;
  const { provisioning } = around;
  const errorHandler = provisioningFailure(desk);
  server.put(`${path}/:id`, { errorHandler }, async (request: Request) => {
    callers.service(request, "enrollmentWrite");
    const ifMatch = request.headers["if-match"];
    const made = await provisioning.put(kind, request.params.id ?? "", jsonOf(request.body), ifMatch);
    told(desk, request, `${ifMatch === undefined ? "create" : "update"}${word}`);
    return shown(desk, made);
  });
  server.delete(`${path}/:id`, { errorHandler }, async (request: Request, reply) => {
    callers.service(request, "enrollmentWrite");
    await provisioning.remove(kind, request.params.id ?? "", request.headers["if-match"] ?? "*");
    told(desk, request, `delete${word}`);
    return reply.code(204).send();
  });
}

function readRoutes(desk: Desk, { kind, path, word, items }: Kind): void {
  const { server, callers, around } = desk;
  const { provisioning } = around;
  const errorHandler = provisioningFailure(desk);
  server.get(`${path}/:id`, { errorHandler }, async (request: Request) => {
    callers.service(request, "enrollmentRead");
    return shown(desk, provisioning.get(kind, request.params.id ?? ""));
  });
  server.post(`${path}/query`, { errorHandler }, async (request: Request, reply) => {
    callers.service(request, "enrollmentRead");
    const query = String(jsonOf(request.body)["query"] ?? "*");
    if (!new RegExp(`^\\s*(\\*|select\\s+\\*\\s+from\\s+${items})\\s*$`, "i").test(query))
      throw hubErrors.argumentInvalid({ what: "The query", why: `it is SELECT * FROM ${items}` });
    const { pageSize, continuation = "" } = pageOf(request);
    const after = Buffer.from(continuation, "base64url").toString();
    const page = provisioning.store.enrolments(kind, after, Math.min(pageSize, 1_000));
    const rows = page.items.map((each) => shown(desk, each));
    return sendPage(reply, { rows, kind: word, ...nextOf(page.next) });
  });
  server.post(`${path}/:id/attestationmechanism`, { errorHandler }, async (request: Request) => {
    // Keys are for those who may change them.
    callers.service(request, "enrollmentWrite");
    const enrolment = provisioning.get(kind, request.params.id ?? "");
    told(desk, request, `get${word}AttestationMechanism`);
    return attestationJson(enrolment.attestation, kind, provisioning.keys(enrolment));
  });
}

const nextOf = (next: string | undefined): { continuation?: string } =>
  next === undefined ? {} : { continuation: Buffer.from(next).toString("base64url") };

function bulkRoute(desk: Desk): void {
  const { server, callers, around } = desk;
  const { provisioning } = around;
  server.post("/enrollments", { errorHandler: provisioningFailure(desk) }, async (request: Request) => {
    callers.service(request, "enrollmentWrite");
    const { mode, enrollments } = jsonOf(request.body);
    if (!Array.isArray(enrollments) || enrollments.length === 0 || enrollments.length > MOST)
      throw hubErrors.argumentInvalid({ what: "The list of enrollments", why: `1 to ${MOST} are taken` });
    const errors: object[] = [];
    for (const each of enrollments) {
      const given: Record<string, unknown> = typeof each === "object" && each !== null ? { ...each } : {};
      const registrationId = String(given["registrationId"] ?? "");
      try {
        await one(provisioning, String(mode), registrationId, given);
      } catch (error) {
        if (!isKnown(error)) throw error;
        errors.push({ registrationId, errorCode: error.status * 1_000, errorStatus: error.message });
      }
    }
    told(desk, request, "bulkEnrollmentOperation", { mode, failed: errors.length });
    return { isSuccessful: errors.length === 0, errors };
  });
}

async function one(
  provisioning: Desk["around"]["provisioning"],
  mode: string,
  id: string,
  given: Record<string, unknown>,
): Promise<void> {
  const etag = typeof given["etag"] === "string" ? given["etag"] : "*";
  if (mode === "create") await provisioning.put("individual", id, given);
  else if (mode === "update") await provisioning.put("individual", id, given, "*");
  else if (mode === "updateIfMatchEtag" || mode === "updateIfMatchETag")
    await provisioning.put("individual", id, given, etag);
  else if (mode === "delete") await provisioning.remove("individual", id);
  else
    throw hubErrors.argumentInvalid({
      what: "The mode",
      why: "it is create, update, updateIfMatchEtag or delete",
    });
}

function registrationRoutes(desk: Desk): void {
  const { server, callers, around } = desk;
  const { provisioning } = around;
  const errorHandler = provisioningFailure(desk);
  server.get("/registrations/:id", { errorHandler }, async (request: Request) => {
    callers.service(request, "registrationStatusRead");
    return registrationJson(provisioning.registration(request.params.id ?? ""));
  });
  server.delete("/registrations/:id", { errorHandler }, async (request: Request, reply) => {
    callers.service(request, "registrationStatusWrite");
    await provisioning.removeRegistration(request.params.id ?? "", request.headers["if-match"] ?? "*");
    told(desk, request, "deleteRegistration");
    return reply.code(204).send();
  });
  server.post("/registrations/:id/query", { errorHandler }, async (request: Request, reply) => {
    callers.service(request, "registrationStatusRead");
    const group = provisioning.get("group", request.params.id ?? "");
    const { pageSize, continuation = "" } = pageOf(request);
    const after = Buffer.from(continuation, "base64url").toString();
    const id = group.kind === "group" ? group.enrollmentGroupId : "";
    const page = provisioning.store.registrations(id, after, Math.min(pageSize, 1_000));
    return sendPage(reply, {
      rows: page.items.map(registrationJson),
      kind: "DeviceRegistration",
      ...nextOf(page.next),
    });
  });
}
