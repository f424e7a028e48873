import { encodeProperties, isSecurityMessage, recordKind } from "@picket/schema";
import { Source } from "../messages/intake.js";
import { headerProperties, type Sender, senderOf } from "../messages/properties.js";
import { batchOf, headersOf, type Request } from "./bodies.js";
import type { Desk } from "./desk.js";

const BATCH = "application/vnd.microsoft.iothub.json";

/** Where devices send messages. */
export function deviceRoutes(desk: Desk): void {
  for (const path of ["/devices/:d/messages/events", "/devices/:d/modules/:m/messages/events"]) {
    desk.server.post(path, async (request: Request, reply) => {
      const { identity, authType } = desk.callers.device(request);
      const sender = senderOf(identity, { type: authType === "X509" ? "x509" : "sas" });
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const isBatch = String(request.headers["content-type"] ?? "").startsWith(BATCH);
      const messages = isBatch ? batchOf(body) : [{ body, properties: headersOf(request) }];
      await Promise.all(messages.map((message) => take(desk, request, { ...message, sender })));
      return reply.code(204).send();
    });
  }
}

interface Message {
  readonly body: Buffer;
  readonly properties: Record<string, string>;
  readonly sender: Sender;
}

async function take(
  { around }: Desk,
  request: Request,
  { body, properties, sender }: Message,
): Promise<void> {
  const { d: deviceId, m: moduleId = "" } = request.params;
  await around.throttles.passMessage(deviceId, body.length);
  await around.intake.taken(new Source({ deviceId, moduleId }, "Https"), {
    kind: isSecurityMessage(properties) ? recordKind.message : recordKind.telemetry,
    receivedAt: around.clock.now(),
    deviceId,
    moduleId,
    body,
    properties: encodeProperties(headerProperties(properties, sender)),
  });
}
