import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { hubErrors } from "../errors.js";

/** Where a query goes on. */
export interface Place {
  /** Key of the last row that was answered or looked at. */
  readonly after?: string;
  /** Rows answered already, for queries whose rows are made of many. */
  readonly skip?: number;
  /** Rows still wanted by TOP. */
  readonly left?: number;
  /** Sort keys of the last row answered. */
  readonly keys?: readonly unknown[];
}

const MOST = 16_384;

/** Writes and reads continuation tokens: nobody can make one, and one is good for its own query only. */
export class Continuations {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  write(query: string, place: Place): string {
    const body = Buffer.from(JSON.stringify(place)).toString("base64url");
    return `${body}.${this.#signature(query, body).toString("base64url")}`;
  }

  read(query: string, token: string): Place {
    const [body = "", signature = ""] = token.length > MOST ? [] : token.split(".");
    const [given, expected] = [Buffer.from(signature, "base64url"), this.#signature(query, body)];
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw hubErrors.continuationInvalid({});
    return JSON.parse(Buffer.from(body, "base64url").toString());
  }

  #signature(query: string, body: string): Buffer {
    const digest = createHash("sha256").update(query).digest("hex");
    return createHmac("sha256", this.#secret).update(`${digest}\n${body}`).digest().subarray(0, 16);
  }
}
