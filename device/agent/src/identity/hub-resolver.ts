import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

const PATIENCE_MS = 5_000;

/** Finds the hub's addresses, and remembers them for when names cannot be asked: in an isolated device, DNS is silent. */
export class HubResolver {
  #known: readonly string[] = [];

  /** An address to connect to; throws when the name was never known. */
  readonly resolve = async (host: string): Promise<string> => {
    if (isIP(host)) {
      this.#known = [host];
      return host;
    }
    try {
      const found = await Promise.race([lookup(host, { all: true }), tooLate(host)]);
      this.#known = found.map(({ address }) => address);
    } catch (error) {
      if (this.#known.length === 0) throw error;
    }
    return this.#known[0] ?? host;
  };

  /** The addresses as they were last known. */
  get known(): readonly string[] {
    return this.#known;
  }
}

function tooLate(host: string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(
      () => reject(new Error(`The name ${host} was not answered within ${PATIENCE_MS} ms.`)),
      PATIENCE_MS,
    ).unref();
  });
}
