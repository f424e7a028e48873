import { createHmac } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { connect as connectPlain } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { generate, parser } from "mqtt-packet";
import type { Alert, DeliveryKind, DeliveryRoute } from "./delivery-route.js";
import { printAlert, printText } from "./print-alert.js";

/** Where files go, and who this is. */
export interface SenderPlace {
  readonly directory: string;
  readonly hostName: string;
  readonly now: number;
}

/** Sends an alert; resolves when the other end has it, rejects with why it has not. */
export type Sender = (route: DeliveryRoute, alert: Alert, place: SenderPlace) => Promise<void>;

const TIMEOUT_MS = 15_000;

const webhook: Sender = async (route, alert, { now }) => {
  const body = printAlert(alert, route.format);
  const seconds = Math.floor(now / 1_000);
  const answer = await fetch(route.target, {
    method: "POST",
    body,
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      "content-type": route.format === "json" || route.format === "ocsf" ? "application/json" : "text/plain",
      "user-agent": "picket",
      "x-picket-delivery": `${alert.SystemAlertId ?? ""}/${alert.Status ?? ""}`,
      ...(route.secret === undefined
        ? {}
        : { "x-picket-signature": signatureOf(route.secret, seconds, body) }),
    },
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`It answered ${answer.status}.`);
};

/** Seconds and body signed with the secret, so that a receiver knows who sent it and that it is no replay. */
export const signatureOf = (secret: string, seconds: number, body: string): string =>
  `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;

const email: Sender = async (route, alert) => {
  const url = new URL(route.target);
  const isSecure = url.protocol === "smtps:";
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host: url.hostname,
    port: Number(url.port) || (isSecure ? 465 : 25),
    secure: isSecure,
    connectionTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(route.user === undefined ? {} : { auth: { user: route.user, pass: route.secret ?? "" } }),
    ...(route.ca === undefined ? {} : { tls: { ca: route.ca } }),
  });
  try {
    const subject = `[${alert.AlertSeverity}] ${alert.DisplayName ?? ""}`
      .replace(/[\r\n]+/g, " ")
      .slice(0, 200);
    await transport.sendMail({ from: route.from, to: route.to, subject, text: printText(alert) });
  } finally {
    transport.close();
  }
};

/** Opens a connection, plain or over TLS, within the time allowed. */
function open(route: DeliveryRoute, isSecure: boolean, usualPort: number): Promise<Duplex> {
  const url = new URL(route.target);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port) || usualPort;
  return new Promise((resolve, reject) => {
    const socket = isSecure
      ? connectTls({
          host,
          port,
          ...(/^[\d.:a-f]+$/i.test(host) ? {} : { servername: host }),
          ...(route.ca === undefined ? {} : { ca: route.ca }),
        })
      : connectPlain({ host, port });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error("It did not answer in time.")));
    socket.once("error", reject);
    socket.once(isSecure ? "secureConnect" : "connect", () => resolve(socket));
  });
}

const ended = (socket: Duplex): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.end(() => {
      socket.destroy();
      resolve();
    });
  });

const syslogSeverity: Readonly<Record<string, number>> = { High: 2, Medium: 4, Low: 5, Informational: 6 };
const FACILITY = 20;

/** An alert as a message of RFC 5424. */
export function syslogMessage(alert: Alert, route: DeliveryRoute, hostName: string): string {
  const priority = FACILITY * 8 + (syslogSeverity[alert.AlertSeverity ?? ""] ?? 5);
  const plain = (text: string | undefined, most: number): string =>
    (text ?? "").replace(/[^!-~]/g, "_").slice(0, most) || "-";
  const value = (text: string | undefined): string => (text ?? "").replace(/["\\\]]/g, "\\$&");
  const data = `[picket@32473 id="${value(alert.SystemAlertId)}" device="${value(alert.DeviceId)}" rule="${value(alert.RuleId)}"]`;
  const body = printAlert(alert, route.format).replaceAll("\n", " ");
  return `<${priority}>1 ${alert.TimeGenerated ?? "-"} ${plain(hostName, 255)} picket - ${plain(alert.AlertType, 32)} ${data} ${body}`;
}

/** Framed by counting octets, as RFC 5425 asks for over TLS and RFC 6587 allows over TCP. */
const syslog: Sender = async (route, alert, { hostName }) => {
  const isSecure = route.target.startsWith("syslog+tls:");
  const message = Buffer.from(syslogMessage(alert, route, hostName));
  const socket = await open(route, isSecure, isSecure ? 6_514 : 601);
  socket.write(`${message.byteLength} `);
  socket.write(message);
  await ended(socket);
};

const mqtt: Sender = async (route, alert, { hostName }) => {
  const isSecure = route.target.startsWith("mqtts:");
  const socket = await open(route, isSecure, isSecure ? 8_883 : 1_883);
  try {
    await published(socket, route, {
      payload: printAlert(alert, route.format),
      clientId: `picket-${hostName}`.slice(0, 60),
    });
  } finally {
    socket.destroy();
  }
};

/** Connects, publishes once with an acknowledgement, and leaves. */
function published(
  socket: Duplex,
  { to, user, secret }: DeliveryRoute,
  { payload, clientId }: { payload: string; clientId: string },
): Promise<void> {
  const reader = parser();
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("The broker closed the connection.")));
    reader.on("packet", (packet) => {
      if (packet.cmd === "connack" && packet.returnCode !== 0)
        reject(new Error(`The broker refused the connection (${packet.returnCode}).`));
      else if (packet.cmd === "connack")
        socket.write(
          generate({ cmd: "publish", topic: to, payload, qos: 1, messageId: 1, dup: false, retain: false }),
        );
      else if (packet.cmd === "puback") {
        socket.write(generate({ cmd: "disconnect" }));
        resolve();
      }
    });
    reader.on("error", reject);
    socket.on("data", (bytes: Buffer) => reader.parse(bytes));
    const login = user === undefined ? {} : { username: user, password: Buffer.from(secret ?? "") };
    socket.write(
      generate({
        cmd: "connect",
        protocolId: "MQTT",
        protocolVersion: 4,
        clean: true,
        clientId,
        keepalive: 60,
        ...login,
      }),
    );
  });
}

/** One line an alert, on disk when it resolves. */
const file: Sender = async (route, alert, { directory }) => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const descriptor = openSync(join(directory, `${route.name}.log`), "a", 0o600);
  try {
    writeSync(descriptor, `${printAlert(alert, route.format).replaceAll("\n", " ")}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/** The sender of each kind. */
export const senders: Readonly<Record<DeliveryKind, Sender>> = { webhook, email, syslog, mqtt, file };
