import bridgeUrl from "@kusto/language-service-next/bridge.min.js?url";
import kustoUrl from "@kusto/language-service-next/Kusto.Language.Bridge.min.js?url";
import type { Reply, Routes } from "@picket/api";
import type { Completion, DatabaseSchema, Diagnostic } from "@picket/kql";
import KqlWorker from "./kql-worker.ts?worker";

/** The tables and columns as the server describes them. */
export type ServerSchema = Reply<Routes["GET /query/schema"]>;

/** The same front end as the server's, in a worker of this page. */
export interface EditorLanguage {
  diagnose(text: string): Promise<readonly Diagnostic[]>;
  complete(text: string, position: number): Promise<readonly Completion[]>;
}

/** Starts the worker; it loads Microsoft's two scripts, which takes a second or two, off this thread. */
export function openEditorLanguage({ version, tables }: ServerSchema): EditorLanguage {
  const worker = new KqlWorker();
  const waiting = new Map<number, (answer: unknown) => void>();
  let next = 0;
  worker.onmessage = ({ data }: MessageEvent<{ id: number; answer: unknown }>) => {
    waiting.get(data.id)?.(data.answer);
    waiting.delete(data.id);
  };
  const ask = <T>(question: object): Promise<T> => {
    next += 1;
    const id = next;
    worker.postMessage({ id, ...question });
    return new Promise((resolve) => waiting.set(id, (answer) => resolve(answer as T)));
  };
  const schema = { name: "picket", version, tables } as unknown as DatabaseSchema;
  void ask({
    open: { urls: [new URL(bridgeUrl, location.href).href, new URL(kustoUrl, location.href).href], schema },
  });
  return {
    diagnose: (text) => ask({ diagnose: text }),
    complete: (text, position) => ask({ complete: text, position }),
  };
}
