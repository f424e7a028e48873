import bridgeUrl from "@kusto/language-service-next/bridge.min.js?url";
import kustoUrl from "@kusto/language-service-next/Kusto.Language.Bridge.min.js?url";
import type { Reply, Routes } from "@picket/api";
import type { Completion, Diagnostic } from "@picket/kql";
import type { Question } from "./kql-worker.js";
import KqlWorker from "./kql-worker.ts?worker";

/** The tables and columns as the server describes them. */
export type ServerSchema = Reply<Routes["GET /query/schema"]>;

/** The same front end as the server's, in a worker of this page. */
export interface EditorLanguage {
  diagnose(text: string): Promise<readonly Diagnostic[]>;
  complete(text: string, position: number): Promise<readonly Completion[]>;
  close(): void;
}

type Asked = Question extends infer Q ? (Q extends unknown ? Omit<Q, "id"> : never) : never;

/** Starts the worker; it loads Microsoft's two scripts, which takes a second or two, off this thread. */
export function openEditorLanguage(schema: ServerSchema): EditorLanguage {
  const worker = new KqlWorker();
  const waiting = new Map<number, (answer: unknown) => void>();
  let last = 0;
  worker.onmessage = ({ data }: MessageEvent<{ id: number; answer: unknown }>) => {
    waiting.get(data.id)?.(data.answer);
    waiting.delete(data.id);
  };
  const ask = <T>(question: Asked): Promise<T> => {
    last += 1;
    const id = last;
    worker.postMessage({ id, ...question });
    return new Promise((resolve) => waiting.set(id, (answer) => resolve(answer as T)));
  };
  const urls = [new URL(bridgeUrl, location.href).href, new URL(kustoUrl, location.href).href] as const;
  void ask({ open: { urls, schema } });
  return {
    diagnose: (text) => ask({ diagnose: text }),
    complete: (text, position) => ask({ complete: text, position }),
    close: () => worker.terminate(),
  };
}
