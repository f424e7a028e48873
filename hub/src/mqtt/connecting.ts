import type { OperationCause } from "@picket/schema";
import type { IConnectPacket } from "mqtt-packet";
import type { DoorAround } from "../around.js";
import type { Identity } from "../identity/registry.js";
import { decoded } from "./bag.js";
import { parsePacket } from "./packets.js";
import type { Wire } from "./session-host.js";
import { telemetryTopic } from "./topics.js";

/** What a message of a client that leaves without a word says. */
export interface Will {
  readonly topic: string;
  readonly payload: Buffer;
  readonly isRetained: boolean;
}

/** A CONNECT taken apart. */
export interface ConnectRequest {
  readonly deviceId: string;
  readonly moduleId: string;
  readonly clientId: string;
  readonly userName: string;
  readonly password: string;
  readonly isMqtt311: boolean;
  readonly isClean: boolean;
  readonly keepAlive: number;
  readonly will: Will | undefined;
  /** What the client says it is. */
  readonly sdk: string;
  readonly modelId: string;
}

/** The identity that a CONNECT speaks for. */
export interface Admission {
  readonly identity: Identity;
  readonly authType: "Sas" | "X509";
  readonly expiresAt: number;
}

/** Why a CONNECT is refused, with the code of its answer. */
export interface Refusal {
  readonly code: number;
  readonly cause: Exclude<OperationCause, "">;
  readonly why: string;
}

/** Answers of CONNACK. */
const code = { version: 1, clientId: 2, unavailable: 3, credentials: 4, unauthorized: 5 } as const;
const LONGEST_TEXT = 256;
const unauthorizedCauses: readonly string[] = ["unknownDevice", "disabledDevice", "forbidden"];

/** Reads a CONNECT; undefined when the frame is none. */
export function readConnect(frame: Buffer): ConnectRequest | undefined {
  const packet = parsePacket(frame);
  return packet?.cmd === "connect" ? requestOf(packet) : undefined;
}

function requestOf(packet: IConnectPacket): ConnectRequest {
  const { clientId = "", username: userName = "", password, will } = packet;
  const [deviceId = "", moduleId = ""] = clientId.split("/");
  const parameter = (name: string): string =>
    decoded(new RegExp(`[?&/]${name}=([^&]*)`).exec(userName)?.[1] ?? "").slice(0, LONGEST_TEXT);
  return {
    deviceId,
    moduleId,
    clientId,
    userName,
    password: password?.toString("utf8") ?? "",
    isMqtt311: packet.protocolVersion === 4,
    isClean: packet.clean === true,
    keepAlive: packet.keepalive ?? 0,
    will: will && { topic: will.topic, payload: Buffer.from(will.payload), isRetained: will.retain === true },
    sdk: parameter("DeviceClientType"),
    modelId: parameter("model-id"),
  };
}

/** Lets a CONNECT in, or says why not. */
export function admit(request: ConnectRequest, { socket }: Wire, around: DoorAround): Admission | Refusal {
  const misshapen = shapeRefusal(request, around);
  if (misshapen) return misshapen;
  const { deviceId, moduleId, password } = request;
  const verdict = around.authenticator.device(
    deviceId,
    moduleId,
    password,
    password === "" ? socket.getPeerX509Certificate() : undefined,
  );
  if (!("cause" in verdict)) return verdict;
  const isUnauthorized = unauthorizedCauses.includes(verdict.cause);
  return { ...verdict, code: isUnauthorized ? code.unauthorized : code.credentials };
}

/** Refuses what is wrong whatever the credentials say. */
function shapeRefusal(request: ConnectRequest, around: DoorAround): Refusal | undefined {
  const { clientId, deviceId, moduleId, userName, will } = request;
  const invalid = (why: string): Refusal => ({ code: code.clientId, cause: "invalidRequest", why });
  if (!request.isMqtt311)
    return { code: code.version, cause: "protocolViolation", why: "the protocol is not MQTT 3.1.1" };
  if (deviceId === "" || (clientId !== deviceId && clientId !== `${deviceId}/${moduleId}`))
    return invalid("the client id must be a device id or device/module");
  // Devices of the other cloud name no host: their certificate and client id say it all.
  if (request.password === "" && /^(?:\?.*)?$/.test(userName)) return undefined;
  const [host = ""] = userName.split("/", 1);
  if (!around.authenticator.answersTo(host))
    return {
      code: code.credentials,
      cause: "wrongAudience",
      why: `the user name is for ${host.slice(0, LONGEST_TEXT) || "no hub"}, which is none of this hub's names`,
    };
  const rest = userName.slice(host.length + 1);
  if (rest !== clientId && !rest.startsWith(`${clientId}/`))
    return invalid("the user name must be {host}/{client id}/?api-version=…");
  if (will && !will.topic.startsWith(telemetryTopic(deviceId, moduleId)))
    return invalid("the will's topic is not the client's own telemetry topic");
  return undefined;
}
