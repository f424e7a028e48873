import { isKnown } from "@picket/kit";
import type { FastifyReply, FastifyRequest } from "fastify";
import { refusalBody } from "../provisioning/answers.js";
import type { Comer, ProvisioningAnswer } from "../provisioning/provisioning.js";
import { doorBroke } from "../signals.js";
import { jsonOf, type Request } from "./bodies.js";
import { certificateOf, sdkOf } from "./callers.js";
import type { Desk } from "./desk.js";

/** Where devices without an identity ask for one. */
export function provisioningRoutes(desk: Desk): void {
  const { server, around } = desk;
  const { provisioning } = around;
  const errorHandler = provisioningFailure(desk);
  server.put("/:scope/registrations/:id/register", { errorHandler }, async (request: Request, reply) => {
    const { payload } = jsonOf(request.body);
    return answered(reply, await provisioning.register(comerOf(request), payload));
  });
  server.get(
    "/:scope/registrations/:id/operations/:operation",
    { errorHandler },
    async (request: Request, reply) =>
      answered(reply, provisioning.operation(comerOf(request), request.params.operation ?? "")),
  );
  server.post("/:scope/registrations/:id", { errorHandler }, async (request: Request) => {
    const comer = comerOf(request);
    provisioning.admitted(comer, "getRegistrationState");
    return provisioning.shown(comer.registrationId);
  });
}

function comerOf(request: Request): Comer {
  const { scope = "", id = "" } = request.params;
  const token = request.headers.authorization ?? "";
  const certificate = token === "" ? certificateOf(request) : undefined;
  return {
    idScope: scope,
    registrationId: id,
    credential: { token, ...(certificate ? { certificate } : {}) },
    protocol: "Https",
    ipAddress: request.ip,
    sdkVersion: sdkOf(request),
  };
}

function answered(reply: FastifyReply, { status, retryAfter, body }: ProvisioningAnswer): FastifyReply {
  if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
  return reply.code(status).send(body);
}

/** Answers errors as the provisioning service does. */
export const provisioningFailure =
  ({ callers, around: { recorder } }: Pick<Desk, "callers" | "around">) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = isKnown(error) ? error : undefined;
    if (!known) doorBroke(recorder, { door: "https" }, 1, { error: String(error), url: request.url });
    if (known) callers.failed(request, known);
    return reply.code(known?.status ?? 500).send(refusalBody(known));
  };
