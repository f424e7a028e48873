import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttps } from "node:https";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { generate, type IConnectPacket, type Packet, parser } from "mqtt-packet";
import { createWebSocketStream, WebSocketServer } from "ws";

/** A certificate authority and what it signed, made for one test run with openssl. */
export interface TestCertificates {
  readonly ca: string;
  readonly hub: { readonly cert: string; readonly key: string };
  readonly device: { readonly cert: string; readonly key: string };
}

const NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";

/** Makes certificates for `localhost` and for a device. */
export function makeCertificates(device = "pump-7"): TestCertificates {
  const folder = mkdtempSync(join(tmpdir(), "picket-certificates-"));
  const openssl = (line: string): void => {
    execFileSync("openssl", line.split(" "), { cwd: folder, stdio: "ignore" });
  };
  const text = (name: string): string => readFileSync(join(folder, name), "utf8");
  const signed = (name: string, subject: string, extension: string) => {
    openssl(`req ${NEW_KEY} -keyout ${name}.key -out ${name}.csr -subj /CN=${subject} -addext ${extension}`);
    const signing = "-CA ca.pem -CAkey ca.key -days 30 -copy_extensions copy";
    openssl(`x509 -req -in ${name}.csr -out ${name}.pem ${signing}`);
    return { cert: text(`${name}.pem`), key: text(`${name}.key`) };
  };
  try {
    openssl(`req -x509 ${NEW_KEY} -keyout ca.key -out ca.pem -days 30 -subj /CN=TestCA`);
    const hub = signed("hub", "localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1");
    return { ca: text("ca.pem"), hub, device: signed("device", device, "extendedKeyUsage=clientAuth") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A message that a small hub has taken. */
export interface TakenMessage {
  readonly topic: string;
  readonly body: Buffer;
}

interface Session {
  readonly send: (packet: Packet) => void;
  readonly end: () => void;
}

/**
 * A hub for tests of clients: TLS, MQTT by another implementation than ours, WebSocket, a twin, methods and enrolment, as far as
 * the wire facts say. It refuses and forgets on demand. For everything else there is the hub itself.
 */
export class SmallHub {
  readonly taken: TakenMessage[] = [];
  readonly introductions: IConnectPacket[] = [];
  readonly reported: Record<string, unknown>[] = [];
  desired: Record<string, unknown> = {};
  /** The code that a CONNECT is answered with. */
  answer: (packet: IConnectPacket, certificate: string | undefined) => number = () => 0;
  /** What enrolment answers, in order; the last one again and again. */
  enrolments: { status: number; body: object }[] = [];
  /** Whether messages are acknowledged. */
  acknowledges = true;
  readonly #server: ReturnType<typeof createHttps>;
  readonly #sessions = new Set<Session>();
  readonly #results = new Map<string, (body: unknown, status: number) => void>();
  #port = 0;
  #version = 1;

  constructor({ ca, hub }: TestCertificates) {
    this.#server = createHttps({
      ca,
      cert: hub.cert,
      key: hub.key,
      requestCert: true,
      rejectUnauthorized: false,
    });
    this.#server.removeAllListeners("secureConnection");
  }

  get port(): number {
    return this.#port;
  }

  async listen(): Promise<this> {
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "mqtt" });
    const http = createHttps();
    http.on("upgrade", (request, socket, head) => {
      if (request.url !== "/$iothub/websocket") return socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
      sockets.handleUpgrade(request, socket, head, (web) =>
        this.#serve(createWebSocketStream(web), undefined),
      );
    });
    this.#server.on("secureConnection", (socket: TLSSocket) => {
      // The first byte tells MQTT's CONNECT from HTTP's GET.
      socket.once("data", (chunk: Buffer) => {
        socket.pause();
        socket.unshift(chunk);
        if (chunk[0] === 0x10) this.#serve(socket, peerOf(socket));
        else http.emit("secureConnection", socket);
        socket.resume();
      });
      socket.on("error", () => {});
    });
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.#port = portOf(this.#server.address());
    return this;
  }

  /** Calls a direct method of whoever is connected. */
  call(name: string, payload: unknown): Promise<{ status: number; body: unknown }> {
    const rid = String(this.#results.size + 1);
    return new Promise((resolve) => {
      this.#results.set(rid, (body, status) => resolve({ status, body }));
      this.#tell(`$iothub/methods/POST/${name}/?$rid=${rid}`, JSON.stringify(payload ?? null));
    });
  }

  /** Changes the desired properties and tells whoever is connected. */
  push(patch: Record<string, unknown>): void {
    this.#version += 1;
    this.desired = { ...this.desired, ...patch };
    this.#tell(
      `$iothub/twin/PATCH/properties/desired/?$version=${this.#version}`,
      JSON.stringify({ ...patch, $version: this.#version }),
    );
  }

  /** Ends every connection without a word. */
  drop(): void {
    for (const { end } of this.#sessions) end();
  }

  async close(): Promise<void> {
    this.drop();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(stream: Duplex, certificate: string | undefined): void {
    const packets = parser({ protocolVersion: 4 });
    const session: Session = {
      send: (packet) => stream.write(generate(packet, { protocolVersion: 4 })),
      end: () => stream.destroy(),
    };
    this.#sessions.add(session);
    stream.on("close", () => this.#sessions.delete(session)).on("error", () => {});
    packets.on("packet", (packet: Packet) => this.#take(session, packet, certificate));
    stream.on("data", (chunk: Buffer) => packets.parse(chunk));
  }

  #take(session: Session, packet: Packet, certificate: string | undefined): void {
    if (packet.cmd === "connect") {
      this.introductions.push(packet);
      const returnCode = this.answer(packet, certificate);
      session.send({ cmd: "connack", returnCode, sessionPresent: false });
      if (returnCode !== 0) setTimeout(() => session.end(), 10);
    } else if (packet.cmd === "subscribe")
      session.send({
        cmd: "suback",
        messageId: packet.messageId ?? 0,
        granted: packet.subscriptions.map(() => 0),
      });
    else if (packet.cmd === "pingreq") session.send({ cmd: "pingresp" });
    else if (packet.cmd === "disconnect") session.end();
    else if (packet.cmd === "publish") {
      if (packet.qos === 1 && this.acknowledges)
        session.send({ cmd: "puback", messageId: packet.messageId ?? 0 });
      this.#published(session, packet.topic, Buffer.from(packet.payload));
    }
  }

  #published(session: Session, topic: string, body: Buffer): void {
    const rid = /\$rid=([^&]+)/.exec(topic)?.[1] ?? "";
    const reply = (to: string, text: string): void =>
      session.send({ cmd: "publish", topic: to, payload: text, qos: 0, dup: false, retain: false });
    if (topic.startsWith("$iothub/twin/GET/"))
      reply(
        `$iothub/twin/res/200/?$rid=${rid}`,
        JSON.stringify({ desired: { ...this.desired, $version: this.#version }, reported: {} }),
      );
    else if (topic.startsWith("$iothub/twin/PATCH/properties/reported/")) {
      this.reported.push(JSON.parse(body.toString()));
      reply(`$iothub/twin/res/204/?$rid=${rid}&$version=${this.reported.length + 1}`, "");
    } else if (topic.startsWith("$iothub/methods/res/"))
      this.#results.get(rid)?.(JSON.parse(body.toString()), Number(topic.split("/")[3]));
    else if (topic.startsWith("$dps/registrations/")) {
      const next = (this.enrolments.length > 1 ? this.enrolments.shift() : this.enrolments[0]) ?? {
        status: 404,
        body: {},
      };
      reply(`$dps/registrations/res/${next.status}/?$rid=${rid}&retry-after=0.05`, JSON.stringify(next.body));
    } else this.taken.push({ topic, body });
  }

  #tell(topic: string, text: string): void {
    for (const { send } of this.#sessions)
      send({ cmd: "publish", topic, payload: text, qos: 0, dup: false, retain: false });
  }
}

/** An HTTP proxy that knows CONNECT, and a user if it is given one. */
export async function openProxy(
  login?: string,
): Promise<{ port: number; targets: string[]; close: () => void }> {
  const targets: string[] = [];
  const server = createServer((inner: Socket) => {
    inner.on("error", () => {});
    inner.once("data", (chunk: Buffer) => {
      const head = chunk.toString("latin1");
      const [, host = "", port = ""] = /^CONNECT (\S+):(\d+) /.exec(head) ?? [];
      const given = /proxy-authorization: basic (\S+)/i.exec(head)?.[1] ?? "";
      if (login !== undefined && Buffer.from(given, "base64").toString() !== login)
        return inner.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      targets.push(`${host}:${port}`);
      const outer = connect(Number(port), "127.0.0.1");
      outer.on("error", () => inner.destroy());
      outer.once("connect", () => {
        inner.write("HTTP/1.1 200 Connection established\r\n\r\n");
        inner.pipe(outer).pipe(inner);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: portOf(server.address()), targets, close: () => server.close() };
}

const portOf = (address: ReturnType<ReturnType<typeof createServer>["address"]>): number =>
  typeof address === "object" && address ? address.port : 0;

const peerOf = (socket: TLSSocket): string | undefined => {
  const subject = socket.getPeerCertificate().subject;
  return socket.authorized && typeof subject?.CN === "string" ? subject.CN : undefined;
};
