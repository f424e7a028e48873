import { isKnown, KnownError } from "@picket/kit";

/** One end of a connection between threads. */
export interface Port {
  postMessage(value: unknown): void;
  on(event: "message", listener: (value: unknown) => void): unknown;
}

/** What another thread offers: its methods, answering promises. */
export type Remote<T> = {
  readonly [K in keyof T as T[K] extends (...given: never[]) => unknown ? K : never]: T[K] extends (
    ...given: infer G
  ) => infer R
    ? (...given: G) => Promise<Awaited<R>>
    : never;
};

interface Asked {
  readonly id: number;
  readonly method: string;
  readonly given: readonly unknown[];
}
interface Answered {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: {
    readonly message: string;
    readonly code?: string;
    readonly status: number;
    readonly retry: "never" | "later";
    readonly details: unknown;
  };
}

/** Lets the other end of a port call the methods of an object. */
export function offer(port: Port, object: object): void {
  port.on("message", (value) => {
    const { id, method, given } = value as Asked;
    const found: unknown = Reflect.get(object, method);
    Promise.resolve()
      .then(() =>
        typeof found === "function"
          ? found.apply(object, given)
          : Promise.reject(new Error(`There is no method ${method}.`)),
      )
      .then(
        (answer) => port.postMessage({ id, value: answer } satisfies Answered),
        (error: unknown) => port.postMessage({ id, error: printed(error) } satisfies Answered),
      );
  });
}

/** Calls the methods of an object that the other end offers. Messages without an id go to `notice`. */
export function remote<T extends object>(port: Port, notice: (value: unknown) => void = () => {}): Remote<T> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 0;
  port.on("message", (value) => {
    const { id, value: answer, error } = value as Answered;
    const asked = waiting.get(id);
    if (!asked) return notice(value);
    waiting.delete(id);
    if (error) asked.reject(revived(error));
    else asked.resolve(answer);
  });
  const call = (method: string, given: readonly unknown[]): Promise<unknown> => {
    next += 1;
    const id = next;
    port.postMessage({ id, method, given } satisfies Asked);
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  };
  const handler: ProxyHandler<object> = {
    get: (_, method) =>
      method === "then" ? undefined : (...given: unknown[]) => call(String(method), given),
  };
  return new Proxy({}, handler) as Remote<T>;
}

function printed(error: unknown): NonNullable<Answered["error"]> {
  if (isKnown(error))
    return {
      message: error.message,
      code: error.code,
      status: error.status,
      retry: error.retry,
      details: error.details,
    };
  return {
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    status: 500,
    retry: "later",
    details: undefined,
  };
}

function revived({ message, code, status, retry, details }: NonNullable<Answered["error"]>): Error {
  return code === undefined ? new Error(message) : new KnownError({ code, status, retry, message, details });
}
