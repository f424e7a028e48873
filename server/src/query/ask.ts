import { randomUUID } from "node:crypto";
import { isKnown } from "@picket/kit";
import type { CompiledQuery, Discovery, QueryColumn, RenderHint } from "@picket/kql";
import { compiledWith } from "@picket/kql/compiled";
import { type AuditEntry, recordKind } from "@picket/schema";
import type { House } from "../house.js";
import type { Caller } from "../security/accounts.js";

/** How far any query may go. */
export const queryLimits = { ms: 60_000, rows: 500_000, bytes: 64_000_000 } as const;

/** A question in KQL. */
export interface Question {
  readonly query: string;
  /** Milliseconds since 1970; rows generated before are left out. */
  readonly from?: number | undefined;
  /** Milliseconds since 1970; rows generated then or later are left out. */
  readonly to?: number | undefined;
  readonly maxRows?: number | undefined;
  readonly timeoutMs?: number | undefined;
  /** Answer what fits instead of an error when there is more. */
  readonly truncate?: boolean;
  /** Names the run, so that its asker can cancel it. */
  readonly id?: string | undefined;
}

/** Its answer; `rowsJson` is the text of a JSON array of arrays, so that nobody parses it only to print it again. */
export interface Answer {
  readonly columns: readonly QueryColumn[];
  readonly rowsJson: string;
  readonly rowCount: number;
  readonly elapsedMs: number;
  readonly compileMs: number;
  readonly render?: RenderHint;
  readonly truncated?: string;
}

/** The one way in which a person's or program's query runs, whichever door it came through. */
export async function ask(house: House, caller: Caller, question: Question): Promise<Answer> {
  const { query: text, from, to, truncate } = question;
  const language = await house.language();
  let compileMs = 0;
  const compile = async (discovered: readonly Discovery[]): Promise<CompiledQuery> => {
    const made = await language.compile(text, {
      now: house.rooms.clock.now(),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      discovered,
    });
    compileMs += made.compileMs;
    return made.query;
  };
  const limits = {
    timeoutMs: Math.min(question.timeoutMs ?? queryLimits.ms, queryLimits.ms),
    maxRows: Math.min(question.maxRows ?? queryLimits.rows, queryLimits.rows),
    maxBytes: queryLimits.bytes,
  };
  const run = runOf(caller, question.id);
  // Some plugins make columns of the data: the data is asked for their names first.
  const query = await compiledWith(compile, async (asked) =>
    JSON.parse((await house.rooms.analysis.query(run, asked, limits)).rowsJson),
  );
  const result = await house.rooms.analysis.query(run, query, {
    ...limits,
    ...(truncate ? { truncate } : {}),
  });
  return { ...result, compileMs, ...(query.render ? { render: query.render } : {}) };
}

/** Stops a run of the caller's own; one that has ended already is nothing to speak of. */
export const cancel = (house: House, caller: Caller, id: string): Promise<void> =>
  house.rooms.analysis.cancel(runOf(caller, id));

const runOf = (caller: Caller, id: string | undefined): string =>
  id === undefined ? randomUUID() : `${caller.name}/${id}`;

/** Asks, and leaves the row in the audit table that each query leaves. */
export async function askAudited(
  house: House,
  { caller, ipAddress, door }: { readonly caller: Caller; readonly ipAddress: string; readonly door: string },
  question: Question,
): Promise<Answer> {
  const started = performance.now();
  const audit = (result: string): Promise<number> => {
    const entry: AuditEntry = {
      actor: caller.name,
      actorType: caller.kind,
      role: caller.role,
      action: "query.run",
      target: door,
      result,
      ipAddress,
      durationMs: Math.round(performance.now() - started),
      details: { query: question.query },
    };
    return house.record(recordKind.audit, entry);
  };
  try {
    const answer = await ask(house, caller, question);
    await audit("ok");
    return answer;
  } catch (error) {
    await audit(isKnown(error) ? error.code : "API_INTERNAL");
    throw error;
  }
}
