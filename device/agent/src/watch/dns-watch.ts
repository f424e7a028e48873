import type { Payload, SecurityEvent } from "@picket/schema";
import { securityEvent } from "@picket/sdk";
import type { Aggregation } from "../report/aggregation.js";
import type { DnsMessage } from "../sources/dns-messages.js";

/** What hears messages about names. */
export interface DnsSource {
  read(): DnsMessage[];
  close(): void;
}

/** What watching names works with. */
export interface DnsWatchOptions {
  readonly source: DnsSource;
  readonly aggregation: Aggregation;
  readonly isFolded: () => boolean;
  readonly keep: (events: readonly SecurityEvent[]) => void;
  readonly now?: () => number;
}

const ANSWER_MS = 5_000;
const SAME_MS = 2_000;
const MOST_OPEN = 4_096;

/** Joins questions about names with their answers. On the loopback each message is heard twice; it is told once. */
export class DnsWatch {
  readonly #options: DnsWatchOptions;
  readonly #open = new Map<string, { message: DnsMessage; at: number }>();
  readonly #answered = new Map<string, number>();
  readonly #now: () => number;

  constructor(options: DnsWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  round(): void {
    const now = this.#now();
    for (const message of this.#options.source.read()) {
      const key = keyOf(message);
      if (now - (this.#answered.get(key) ?? Number.NEGATIVE_INFINITY) < SAME_MS) continue;
      if (message.isAnswer) this.#close(key, message, now);
      else if (!this.#open.has(key)) this.#ask(key, message, now);
    }
    for (const [key, { message, at }] of this.#open) {
      if (now - at < ANSWER_MS) break;
      this.#close(key, message, at);
    }
    for (const [key, at] of this.#answered) {
      if (now - at < SAME_MS) break;
      this.#answered.delete(key);
    }
  }

  close(): void {
    for (const [key, { message, at }] of this.#open) this.#close(key, message, at);
    this.#options.source.close();
  }

  #ask(key: string, message: DnsMessage, at: number): void {
    this.#open.set(key, { message, at });
    if (this.#open.size <= MOST_OPEN) return;
    const [oldest] = this.#open;
    if (oldest) this.#close(oldest[0], oldest[1].message, oldest[1].at);
  }

  #close(key: string, message: DnsMessage, at: number): void {
    this.#open.delete(key);
    this.#answered.set(key, this.#now());
    const item: Payload<"DnsQuery"> = {
      ProcessId: 0,
      QueryName: message.name === "" ? "." : message.name,
      QueryType: message.type,
      ResponseCode: message.code,
      Answers: message.answers.join(";"),
      RemoteAddress: message.server,
    };
    const { aggregation, isFolded, keep } = this.#options;
    const folded = {
      name: "DnsQuery" as const,
      key: [message.name, message.type, message.code, message.server].join("\0"),
      at,
      item: () => item,
    };
    keep(isFolded() ? aggregation.take(folded) : [securityEvent("DnsQuery", [item], { at })]);
  }
}

const keyOf = ({ id, name, type, client, clientPort }: DnsMessage): string =>
  [id, name, type, client, clientPort].join("\0");
