import type { Reply, Routes } from "@picket/api";
import type { DatabaseSchema, Language } from "@picket/kql";
import { openLanguage } from "@picket/kql";
import { loadKusto, type WorkerScope } from "@picket/kql/browser";

type ServerSchema = Reply<Routes["GET /query/schema"]>;

/** What the editor asks of this worker. */
export type Question =
  | {
      readonly id: number;
      readonly open: { readonly urls: readonly [string, string]; readonly schema: ServerSchema };
    }
  | { readonly id: number; readonly diagnose: string }
  | { readonly id: number; readonly complete: string; readonly position: number };

const scope = globalThis as unknown as WorkerScope & {
  onmessage: (event: MessageEvent<Question>) => void;
  postMessage(value: unknown): void;
};
let language: Language | undefined;

/** The server's description as the language wants it; how columns are stored does not matter here. */
function schemaOf({ version, tables }: ServerSchema): DatabaseSchema {
  type ColumnType = DatabaseSchema["tables"][number]["columns"][number]["type"];
  return {
    name: "picket",
    version,
    tables: tables.map(({ name, about, columns }) => ({
      name,
      about,
      columns: columns.map((column) => ({
        name: column.name,
        type: column.type as ColumnType,
        about: column.about,
      })),
    })),
  };
}

function answerTo(question: Question): unknown {
  if ("open" in question) {
    language = openLanguage(loadKusto(scope, question.open.urls), schemaOf(question.open.schema));
    return true;
  }
  if ("diagnose" in question) return language?.diagnose(question.diagnose) ?? [];
  return language?.complete(question.complete, question.position) ?? [];
}

scope.onmessage = ({ data }) => scope.postMessage({ id: data.id, answer: answerTo(data) });
