import type { DatabaseSchema, Language } from "@picket/kql";
import { openLanguage } from "@picket/kql";
import { loadKusto, type WorkerScope } from "@picket/kql/browser";

/** What the editor asks of this worker. */
export type Question =
  | {
      readonly id: number;
      readonly open: { readonly urls: readonly [string, string]; readonly schema: DatabaseSchema };
    }
  | { readonly id: number; readonly diagnose: string }
  | { readonly id: number; readonly complete: string; readonly position: number };

const scope = globalThis as unknown as WorkerScope & {
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage(value: unknown): void;
};
let language: Language | undefined;

scope.onmessage = ({ data }) => {
  if ("open" in data) {
    language = openLanguage(loadKusto(scope, data.open.urls), data.open.schema);
    scope.postMessage({ id: data.id, answer: true });
  } else if ("diagnose" in data)
    scope.postMessage({ id: data.id, answer: language?.diagnose(data.diagnose) ?? [] });
  else scope.postMessage({ id: data.id, answer: language?.complete(data.complete, data.position) ?? [] });
};
