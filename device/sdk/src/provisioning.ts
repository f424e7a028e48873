import { createHmac, randomUUID } from "node:crypto";
import { type ConnectionString, sharedAccessSignature } from "./connection-string.js";
import { ClientError } from "./errors.js";
import { type Incoming, MqttLink } from "./mqtt-link.js";
import type { ClientCertificate } from "./socket.js";

/** How a device asks a provisioning service (DPS) where it belongs. */
export interface Enrolment {
  /** The service, such as `global.azure-devices-provisioning.net`. */
  readonly hostName: string;
  readonly port?: number;
  readonly idScope: string;
  readonly registrationId: string;
  /** The device's own key in Base64; see `deviceKeyOf` for one of a group. */
  readonly key?: string;
  readonly certificate?: ClientCertificate;
  /** The service's CA as PEM, when it is not one the system trusts. */
  readonly ca?: string;
  readonly address?: string;
  readonly isWebSocket?: boolean;
  readonly proxy?: string;
  readonly userAgent: string;
  /** Anything the service's allocation may want to know. */
  readonly payload?: unknown;
}

const RESULTS = "$dps/registrations/res/";
const WAIT_MS = 60_000;
const TOKEN_SECONDS = 3_600;
const POLL_SECONDS = 3;

/** The key of one device of an enrolment group, made of the group's key. */
export const deviceKeyOf = (groupKey: string, registrationId: string): string =>
  createHmac("sha256", Buffer.from(groupKey, "base64")).update(registrationId).digest("base64");

/** Asks where the device belongs and answers its connection; throws why the service does not say. */
export async function provisionDevice(enrolment: Enrolment): Promise<ConnectionString> {
  const answers = new Map<string, (answer: Answer) => void>();
  const ended = new AbortController();
  const link = new MqttLink({ window: 4 });
  await link.open({
    socket: {
      host: enrolment.address ?? enrolment.hostName,
      port: enrolment.port ?? (enrolment.isWebSocket ? 443 : 8883),
      serverName: enrolment.hostName,
      ...pick(enrolment),
    },
    introduce: () => ({ ...introduction(enrolment), keepAliveSeconds: 60, clean: true }),
    onMessage: (message) => hear(message, answers),
    onClose: (cause) => ended.abort(cause),
  });
  try {
    await link.subscribe([`${RESULTS}#`]);
    return await Promise.race([
      registered(enrolment, (topic, body) => ask(link, answers, topic, body)),
      tooLate(ended.signal),
    ]);
  } finally {
    await link.close();
  }
}

interface Answer {
  readonly status: number;
  readonly retryAfter: number;
  readonly body: Readonly<Record<string, unknown>>;
}

type Ask = (topic: string, body: string) => Promise<Answer>;

async function registered(enrolment: Enrolment, asks: Ask): Promise<ConnectionString> {
  const { registrationId, payload } = enrolment;
  const request = JSON.stringify({ registrationId, ...(payload === undefined ? {} : { payload }) });
  let answer = await asks("PUT/iotdps-register/?$rid=", request);
  for (;;) {
    const { status, body, retryAfter } = answer;
    if (status >= 300 && status !== 429 && status < 500) throw refused(enrolment, status, body);
    const state = body["registrationState"];
    if (body["status"] === "assigned" && typeof state === "object" && state !== null)
      return connectionOf(enrolment, { ...state });
    if (body["status"] === "failed" || body["status"] === "disabled") throw refused(enrolment, status, body);
    await new Promise((resolve) => setTimeout(resolve, retryAfter * 1_000));
    const operation = body["operationId"];
    answer =
      typeof operation === "string"
        ? await asks(
            `GET/iotdps-get-operationstatus/?operationId=${encodeURIComponent(operation)}&$rid=`,
            " ",
          )
        : await asks("PUT/iotdps-register/?$rid=", request);
  }
}

function connectionOf(enrolment: Enrolment, state: Readonly<Record<string, unknown>>): ConnectionString {
  const { assignedHub, deviceId } = state;
  if (typeof assignedHub !== "string" || typeof deviceId !== "string")
    throw new ClientError(
      "CLIENT_PROVISIONING",
      `${enrolment.hostName} assigned the device without saying to which hub.`,
    );
  const [hostName = "", port] = assignedHub.split(":");
  return {
    hostName,
    deviceId,
    sharedAccessKey: enrolment.key ?? "",
    ...(port && /^\d+$/.test(port) ? { port: Number(port) } : {}),
  };
}

function ask(
  link: MqttLink,
  answers: Map<string, (answer: Answer) => void>,
  topic: string,
  body: string,
): Promise<Answer> {
  const rid = randomUUID();
  const answer = new Promise<Answer>((resolve) => answers.set(rid, resolve));
  return link.publish(`$dps/registrations/${topic}${rid}`, Buffer.from(body), 1).then(() => answer);
}

function hear({ topic, body }: Incoming, answers: Map<string, (answer: Answer) => void>): void {
  if (!topic.startsWith(RESULTS)) return;
  const query = new URLSearchParams(topic.slice(topic.indexOf("?") + 1));
  const rid = query.get("$rid") ?? "";
  const given: unknown = JSON.parse(body.toString() || "{}");
  const retryAfter = Math.min(
    Math.max(Number(query.get("retry-after") ?? POLL_SECONDS) || POLL_SECONDS, 0.05),
    30,
  );
  answers.get(rid)?.({
    status: Number(topic.slice(RESULTS.length).split("/")[0]),
    retryAfter,
    body: typeof given === "object" && given !== null ? { ...given } : {},
  });
  answers.delete(rid);
}

function introduction({ idScope, registrationId, key, userAgent }: Enrolment) {
  const resource = `${idScope}/registrations/${registrationId}`;
  const username = `${resource}/api-version=2019-03-31&ClientVersion=${encodeURIComponent(userAgent)}`;
  const own = { clientId: registrationId, username };
  if (key === undefined) return own;
  const expiresAt = Math.floor(Date.now() / 1000) + TOKEN_SECONDS;
  return { ...own, password: sharedAccessSignature({ resource, key, expiresAt, policy: "registration" }) };
}

const pick = ({ ca, certificate, isWebSocket, proxy }: Enrolment) => ({
  ...(ca === undefined ? {} : { ca }),
  ...(certificate === undefined ? {} : { certificate }),
  ...(isWebSocket === undefined ? {} : { isWebSocket }),
  ...(proxy === undefined ? {} : { proxy }),
});

function tooLate(ended: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    ended.addEventListener("abort", () => reject(ended.reason));
    const late = new ClientError(
      "CLIENT_TIMEOUT",
      `The provisioning service did not assign the device within ${WAIT_MS / 1000} s.`,
    );
    setTimeout(() => reject(late), WAIT_MS).unref();
  });
}

const refused = ({ hostName, registrationId }: Enrolment, status: number, body: object): ClientError =>
  new ClientError(
    "CLIENT_PROVISIONING",
    `${hostName} does not enrol ${registrationId}: it answered ${status} ${JSON.stringify(body).slice(0, 300)}. Check the id scope, the enrolment and its key or certificate.`,
  );
