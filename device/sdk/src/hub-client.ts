import { randomUUID } from "node:crypto";
import { type ConnectionString, sharedAccessSignature } from "./connection-string.js";
import { ClientError } from "./errors.js";
import { type Incoming, MqttLink } from "./mqtt-link.js";
import type { ClientCertificate, SocketOptions } from "./socket.js";

/** How a client connects. */
export interface HubClientOptions {
  readonly connection: ConnectionString;
  /** The hub's CA as PEM, when it is not one the system trusts. */
  readonly ca?: string;
  /** Address the socket goes to instead of the connection string's host. */
  readonly address?: string;
  /** Speaks for the device instead of a key. */
  readonly certificate?: ClientCertificate;
  /** MQTT within a WebSocket on port 443, for networks that let nothing else out. */
  readonly isWebSocket?: boolean;
  /** An HTTP proxy, such as `http://user:password@proxy.local:3128`. */
  readonly proxy?: string;
  /** Finds the address of a name; the system's way when absent. Not asked when there is a proxy. */
  readonly resolve?: (host: string) => Promise<string>;
  /** Who is speaking, such as `picket-agent/0.1.0 (node v20; Debian 12; x64)`. */
  readonly userAgent: string;
  readonly keepAliveSeconds?: number;
  /** How long a token lives; the connection is renewed before it ends. */
  readonly tokenSeconds?: number;
  /** Messages sent and not yet acknowledged, at most. */
  readonly window?: number;
}

/** The two halves of a twin, each with its `$version`. */
export interface Twin {
  readonly desired: Record<string, unknown>;
  readonly reported: Record<string, unknown>;
}

/** A direct method's answer. */
export interface MethodAnswer {
  /** HTTP-like status. */
  readonly status: number;
  readonly payload: unknown;
}

/** Answers a direct method call. */
export type MethodListener = (name: string, payload: unknown) => Promise<MethodAnswer>;
/** Hears of connections made and lost. */
export type StateListener = (state: "connected" | "disconnected", cause?: Error) => void;
/** Takes a patch of desired properties, with its `$version`. */
export type DesiredListener = (patch: Record<string, unknown>) => void;

/** A connection to a hub that mends itself. */
export interface HubClient {
  /** Resolves when connected; rejects when the hub says no. Afterwards the client reconnects by itself. */
  connect(): Promise<void>;
  readonly isConnected: boolean;
  /** Resolves when the hub has acknowledged; rejects when the connection ends before that. Up to 256 KB. */
  send(body: string | Uint8Array, properties?: Readonly<Record<string, string>>): Promise<void>;
  twin(): Promise<Twin>;
  /** Sends a patch of reported properties; answers their new version. */
  report(patch: object): Promise<number>;
  /** Connects with another key and keeps to it; when the hub refuses it, goes back to the one before and throws. */
  changeKey(sharedAccessKey: string): Promise<void>;
  onDesired(listener: DesiredListener): void;
  onMethod(listener: MethodListener): void;
  onState(listener: StateListener): void;
  close(): Promise<void>;
}

const TWIN = "$iothub/twin/";
const METHODS = "$iothub/methods/";
const ANSWER_MS = 30_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** Makes a client; nothing happens before `connect`. */
export function openHubClient(options: HubClientOptions): HubClient {
  return new Client(options);
}

interface Asked {
  readonly resolve: (answer: { status: number; version: number; body: string }) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

class Client implements HubClient {
  readonly #options: HubClientOptions;
  #connection: ConnectionString;
  readonly #asked = new Map<string, Asked>();
  #link: MqttLink | undefined;
  #closed = false;
  #attempt = 0;
  #retry: NodeJS.Timeout | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #desired: DesiredListener | undefined;
  #method: MethodListener | undefined;
  #state: StateListener | undefined;

  constructor(options: HubClientOptions) {
    this.#options = options;
    this.#connection = options.connection;
  }

  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  onDesired(listener: DesiredListener): void {
    this.#desired = listener;
  }

  onMethod(listener: MethodListener): void {
    this.#method = listener;
  }

  onState(listener: StateListener): void {
    this.#state = listener;
  }

  async connect(): Promise<void> {
    if (this.#closed) throw new ClientError("CLIENT_CLOSED", "The client was closed.");
    const { keepAliveSeconds = 240, window = 16, tokenSeconds = 3_600 } = this.#options;
    const link = new MqttLink({ window });
    await link.open({
      socket: await this.#socket(),
      introduce: () => ({ ...this.#introduction(tokenSeconds), keepAliveSeconds, clean: false }),
      onMessage: (message) => this.#take(message),
      onClose: (cause) => this.#lost(link, cause),
    });
    await link.subscribe([`${TWIN}res/#`, `${TWIN}PATCH/properties/desired/#`, `${METHODS}POST/#`]);
    this.#link = link;
    this.#attempt = 0;
    this.#renewal = setTimeout(() => this.#renew(), tokenSeconds * 750);
    this.#renewal.unref();
    this.#state?.("connected");
  }

  send(body: string | Uint8Array, properties: Readonly<Record<string, string>> = {}): Promise<void> {
    const bag = Object.entries(properties).map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    );
    const { deviceId, moduleId } = this.#connection;
    const module = moduleId ? `/modules/${moduleId}` : "";
    const bytes =
      typeof body === "string"
        ? Buffer.from(body)
        : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    if (bytes.length > 262_144) {
      return Promise.reject(
        new ClientError(
          "CLIENT_TOO_LARGE",
          `The message has ${bytes.length} bytes; a hub takes at most 262144.`,
        ),
      );
    }
    return this.#linked().publish(`devices/${deviceId}${module}/messages/events/${bag.join("&")}`, bytes, 1);
  }

  async twin(): Promise<Twin> {
    const { status, body } = await this.#ask("GET/?$rid=", " ");
    if (status !== 200) throw twinRefused("read", status, body);
    return JSON.parse(body);
  }

  async report(patch: object): Promise<number> {
    const { status, version, body } = await this.#ask(
      "PATCH/properties/reported/?$rid=",
      JSON.stringify(patch),
    );
    if (status !== 204) throw twinRefused("changed", status, body);
    return version;
  }

  async changeKey(sharedAccessKey: string): Promise<void> {
    const before = this.#connection;
    this.#connection = { ...before, sharedAccessKey };
    try {
      await this.#letGo();
      await this.connect();
    } catch (error) {
      this.#connection = before;
      this.#again();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#letGo();
    this.#forget(new ClientError("CLIENT_CLOSED", "The client was closed."));
  }

  async #letGo(): Promise<void> {
    clearTimeout(this.#retry);
    clearTimeout(this.#renewal);
    const link = this.#link;
    this.#link = undefined;
    await link?.close();
  }

  async #socket(): Promise<SocketOptions> {
    const { ca, address, certificate, isWebSocket = false, proxy, resolve } = this.#options;
    const { hostName, gatewayHostName, port = isWebSocket ? 443 : 8883 } = this.#connection;
    const host = address ?? gatewayHostName ?? hostName;
    return {
      host: proxy === undefined && resolve ? await this.#resolved(host, resolve) : host,
      port,
      serverName: hostName,
      isWebSocket,
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(proxy === undefined ? {} : { proxy }),
    };
  }

  async #resolved(host: string, resolve: (host: string) => Promise<string>): Promise<string> {
    try {
      return await resolve(host);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ClientError("CLIENT_UNREACHABLE", `The address of ${host} cannot be found: ${why}`, {
        cause: error,
      });
    }
  }

  #introduction(tokenSeconds: number) {
    const connection = this.#connection;
    const agent = encodeURIComponent(this.#options.userAgent);
    const username = `${connection.hostName}/${clientId(connection)}/?api-version=2021-04-12&DeviceClientType=${agent}`;
    const own = { clientId: clientId(connection), username };
    return connection.sharedAccessKey === "" ? own : { ...own, password: this.#token(tokenSeconds) };
  }

  #linked(): MqttLink {
    if (this.#link) return this.#link;
    throw new ClientError(
      "CLIENT_DISCONNECTED",
      "The hub is not connected at the moment; the client tries again by itself.",
    );
  }

  #token(seconds: number): string {
    const connection = this.#connection;
    const module = connection.moduleId ? `/modules/${connection.moduleId}` : "";
    return sharedAccessSignature({
      resource: `${connection.hostName}/devices/${connection.deviceId}${module}`,
      key: connection.sharedAccessKey,
      expiresAt: Math.floor(Date.now() / 1000) + seconds,
    });
  }

  async #ask(topic: string, body: string): Promise<{ status: number; version: number; body: string }> {
    const link = this.#linked();
    const rid = randomUUID();
    const answer = new Promise<{ status: number; version: number; body: string }>((resolve, reject) => {
      const late = (): void => {
        this.#asked.delete(rid);
        reject(
          new ClientError(
            "CLIENT_TIMEOUT",
            `The hub did not answer a twin request within ${ANSWER_MS / 1000} s.`,
          ),
        );
      };
      this.#asked.set(rid, { resolve, reject, timer: setTimeout(late, ANSWER_MS) });
    });
    const sent = link.publish(`${TWIN}${topic}${rid}`, Buffer.from(body), 0);
    return Promise.all([answer, sent]).then(([given]) => given);
  }

  #take({ topic, body }: Incoming): void {
    const query = new URLSearchParams(topic.slice(topic.indexOf("?") + 1));
    const rid = query.get("$rid") ?? "";
    if (topic.startsWith(`${TWIN}res/`)) {
      const asked = this.#asked.get(rid);
      this.#asked.delete(rid);
      clearTimeout(asked?.timer);
      asked?.resolve({
        status: Number(topic.split("/")[3]),
        version: Number(query.get("$version") ?? 0),
        body: body.toString(),
      });
    } else if (topic.startsWith(`${TWIN}PATCH/`)) {
      this.#desired?.(JSON.parse(body.toString()));
    } else if (topic.startsWith(`${METHODS}POST/`)) {
      void this.#answer(decodeURIComponent(topic.split("/")[3] ?? ""), body.toString(), rid);
    }
  }

  async #answer(name: string, body: string, rid: string): Promise<void> {
    const nobody: MethodListener = async () => ({ status: 501, payload: { message: `No method ${name}.` } });
    const call = this.#method ?? nobody;
    const failed = (error: unknown): MethodAnswer => ({ status: 500, payload: { message: String(error) } });
    const { status, payload } = await Promise.resolve()
      .then(() => call(name, body.trim() === "" ? undefined : JSON.parse(body)))
      .catch(failed);
    await this.#link
      ?.publish(`${METHODS}res/${status}/?$rid=${rid}`, Buffer.from(JSON.stringify(payload ?? null)), 0)
      .catch(() => {});
  }

  #lost(link: MqttLink, cause: Error): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    clearTimeout(this.#renewal);
    this.#forget(cause);
    this.#state?.("disconnected", cause);
    this.#again();
  }

  /** Waits longer each time, with jitter so that a fleet does not come back as one. */
  #again(): void {
    if (this.#closed) return;
    const longest = Math.min(FIRST_WAIT_MS * 2 ** this.#attempt, LONGEST_WAIT_MS);
    this.#attempt += 1;
    this.#retry = setTimeout(
      () => {
        this.connect().catch((error: Error) => {
          this.#state?.("disconnected", error);
          this.#again();
        });
      },
      longest * (0.5 + Math.random() / 2),
    );
  }

  /** A token is renewed by connecting anew, as every IoT Hub client does over MQTT. */
  #renew(): void {
    void this.#link?.close();
  }

  #forget(cause: Error): void {
    for (const { reject, timer } of this.#asked.values()) {
      clearTimeout(timer);
      reject(cause);
    }
    this.#asked.clear();
  }
}

const clientId = ({ deviceId, moduleId }: ConnectionString): string =>
  moduleId ? `${deviceId}/${moduleId}` : deviceId;

const twinRefused = (what: string, status: number, body: string): ClientError =>
  new ClientError(
    "CLIENT_TWIN",
    `The twin could not be ${what}: the hub answered ${status} ${body.slice(0, 300)}.`,
  );
