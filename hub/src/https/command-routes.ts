import type { FastifyReply } from "fastify";
import type { CommandCaller, Delivery } from "../c2d/command.js";
import type { Answer } from "../c2d/command-queues.js";
import type { Request } from "./bodies.js";
import type { Desk } from "./desk.js";

const QUEUE = "/devices/:d/messages/devicebound";

/** Where devices fetch commands and answer them. */
export function commandRoutes({ server, callers, around: { commands, throttles } }: Desk): void {
  const callerOf = ({ ip }: Request): CommandCaller => ({ protocol: "Https", ipAddress: ip });
  server.get(QUEUE, async (request: Request, reply) => {
    callers.device(request);
    await throttles.pass("commandReceives", request.params.d);
    const delivery = await commands.receive(request.params.d, callerOf(request));
    return delivery ? shown(reply, delivery) : reply.code(204).send();
  });
  const answer = async (request: Request, reply: FastifyReply, how: Answer): Promise<FastifyReply> => {
    callers.device(request);
    const { d, id = "" } = request.params;
    await commands.answer(d, id, how, callerOf(request));
    return reply.code(204).send();
  };
  server.delete(`${QUEUE}/:id`, (request: Request, reply) =>
    answer(request, reply, request.query["reject"] === undefined ? "complete" : "reject"),
  );
  server.post(`${QUEUE}/:id/abandon`, (request: Request, reply) => answer(request, reply, "abandon"));
}

function shown(reply: FastifyReply, { command, lockToken }: Delivery): FastifyReply {
  const headers: Record<string, string | undefined> = {
    etag: `"${lockToken}"`,
    "content-type": "application/octet-stream",
    "iothub-messageid": command.messageId,
    "iothub-correlationid": command.correlationId,
    "iothub-userid": command.userId,
    "iothub-to": command.to ?? `/devices/${command.deviceId}/messages/devicebound`,
    "iothub-contenttype": command.contentType,
    "iothub-contentencoding": command.contentEncoding,
    "iothub-ack": command.ack === "none" ? undefined : command.ack,
    "iothub-sequencenumber": String(command.sequence),
    "iothub-deliverycount": String(command.deliveryCount),
    "iothub-enqueuedtime": new Date(command.enqueuedAt).toISOString(),
    "iothub-expiry": new Date(command.expiresAt).toISOString(),
  };
  for (const [name, value] of Object.entries(command.properties))
    headers[`iothub-app-${encodeURIComponent(name)}`] = value;
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) reply.header(name, headerText(value));
  return reply.code(200).send(Buffer.from(command.body));
}

/** Headers hold visible ASCII; anything else goes as an encoded word of RFC 2047. */
const headerText = (value: string): string =>
  /^[\x20-\x7e]*$/.test(value) ? value : `=?utf-8?B?${Buffer.from(value).toString("base64")}?=`;
