import { arch, release } from "node:os";
import type { Recorder } from "@picket/kit";
import { type ConnectionString, type HubClient, type HubClientOptions, openHubClient } from "@picket/sdk";
import { agentErrors, messageOf } from "../errors.js";
import * as signals from "../signals.js";
import { HubResolver } from "./hub-resolver.js";
import { RotatedKey } from "./rotated-key.js";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** How the hub is reached. */
export interface HubLinkOptions
  extends Pick<HubClientOptions, "ca" | "address" | "certificate" | "isWebSocket" | "proxy"> {
  readonly connection: ConnectionString;
}

/** What a link works with beside its options. */
export interface HubLinkSurroundings {
  /** Keeps a key that the twin gave. */
  readonly folder: string;
  readonly version: string;
  readonly recorder: Recorder;
  /** Told when the hub is there again. */
  readonly connected: () => void;
}

/** The way to the hub: found by name or memory, with the key that holds now, tried until it is there. */
export class HubLink {
  readonly client: HubClient;
  readonly #options: HubLinkOptions;
  readonly #recorder: Recorder;
  readonly #key: RotatedKey;
  readonly #resolver = new HubResolver();
  #isClosing = false;

  constructor(options: HubLinkOptions, { folder, version, recorder, connected }: HubLinkSurroundings) {
    this.#options = options;
    this.#recorder = recorder;
    this.#key = new RotatedKey(folder, options.connection);
    if (options.connection.sharedAccessKey === "" && !options.certificate)
      throw agentErrors.optionInvalid({
        option: "connection-string-file",
        why: "it has no SharedAccessKey, and there is no --certificate-file",
      });
    this.client = openHubClient({
      ...options,
      connection: this.#key.connection,
      resolve: this.#resolver.resolve,
      userAgent: `picket-agent/${version} (node ${process.version}; linux ${release()}; ${arch()})`,
    });
    this.client.onState((state, cause) => {
      if (this.#isClosing) return;
      if (state === "disconnected") signals.hubLost(recorder, {}, 1, { why: cause?.message ?? "" });
      else {
        signals.hubConnected(recorder, {});
        connected();
      }
    });
  }

  /** Which key is in use, by the fingerprint of its seal; empty when it is the one from the connection string. */
  get keyFingerprint(): string {
    return this.#key.fingerprint;
  }

  /** Where the device must still get to when nothing else is let through: the hub, or the proxy before it. */
  get address(): { addresses: readonly string[]; port: number } {
    const { connection, proxy, isWebSocket } = this.#options;
    if (proxy === undefined)
      return { addresses: this.#resolver.known, port: connection.port ?? (isWebSocket ? 443 : 8883) };
    const { hostname, port } = new URL(proxy);
    return { addresses: [hostname.replace(/^\[|\]$/g, "")], port: Number(port || 80) };
  }

  /** Waits longer each time, with jitter so that a fleet does not come back as one; throws when the hub says never. */
  async connect(): Promise<void> {
    for (let wait = FIRST_WAIT_MS; !this.#isClosing; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        await this.client.connect();
        return;
      } catch (error) {
        if (this.#isClosing) return;
        if (error instanceof Error && "retry" in error && error.retry === "never") throw error;
        signals.hubLost(this.#recorder, {}, 1, { why: messageOf(error) });
        await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random() / 2)));
      }
    }
  }

  /** Moves over to the key that the twin offers, when it serves. */
  async rotateKey(sealed: string): Promise<void> {
    if (!this.#key.isNew(sealed)) return;
    try {
      await this.#key.change(sealed, (key) => this.client.changeKey(key));
      signals.keyRotated(this.#recorder, {});
    } catch (error) {
      signals.keyRefused(this.#recorder, {}, 1, { why: messageOf(error) });
    }
  }

  close(): Promise<void> {
    this.#isClosing = true;
    return this.client.close();
  }
}
