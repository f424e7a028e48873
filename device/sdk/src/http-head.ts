import type { Duplex } from "node:stream";
import { ClientError } from "./errors.js";

const MOST_HEAD = 16_384;

/** The head of an HTTP answer, and the bytes that came behind it. */
export interface HttpHead {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly rest: Buffer;
}

/** Reads the head of an HTTP answer from a stream that somebody else reads afterwards. */
export function readHead(stream: Duplex): Promise<HttpHead> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const done = (): void => {
      stream.off("data", hear);
      stream.off("error", failed);
      stream.off("close", closed);
    };
    const failed = (error: Error): void => {
      done();
      reject(error);
    };
    const closed = (): void => failed(wrong("it closed the connection"));
    const hear = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0) {
        if (bytes.length > MOST_HEAD) failed(wrong("its head does not end"));
        return;
      }
      done();
      const head = parsed(bytes.toString("latin1", 0, end));
      if (head) resolve({ ...head, rest: bytes.subarray(end + 4) });
      else reject(wrong("that is not HTTP"));
    };
    stream.on("data", hear).on("error", failed).on("close", closed);
  });
}

function parsed(text: string): Omit<HttpHead, "rest"> | undefined {
  const [first = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1];
  const headers = new Map(
    lines.map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()] as const;
    }),
  );
  return status === undefined ? undefined : { status: Number(status), headers };
}

const wrong = (why: string): ClientError =>
  new ClientError("CLIENT_UNREACHABLE", `The other end did not answer an HTTP request: ${why}.`);
