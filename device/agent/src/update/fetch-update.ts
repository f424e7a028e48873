import { get } from "node:https";
import { agentErrors, messageOf } from "../errors.js";

const MOST_BYTES = 4_194_304;
const PATIENCE_MS = 60_000;

/** Fetches an update file over HTTPS; what it is worth is decided by its signature alone. */
export function fetchUpdate(url: string, ca: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void =>
      reject(agentErrors.updateRefused({ why: `${url} cannot be fetched: ${why}` }));
    if (!url.startsWith("https://")) return fail("it does not begin with https://");
    const request = get(url, { ...(ca ? { ca } : {}), timeout: PATIENCE_MS }, (answer) => {
      if (answer.statusCode !== 200) {
        answer.resume();
        return fail(`it was answered with ${answer.statusCode}`);
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) request.destroy(new Error(`it has more than ${MOST_BYTES} bytes`));
        else chunks.push(chunk);
      });
      answer.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
      answer.on("error", (error) => fail(messageOf(error)));
    });
    request.on("timeout", () => request.destroy(new Error("it took too long")));
    request.on("error", (error) => fail(messageOf(error)));
  });
}
