import { kqlErrors } from "../errors.js";
import type { CompiledQuery, Parameter, Stage, StageRows } from "../schema.js";
import { hostFunctions, type Surroundings } from "./all.js";
import { steps } from "./steps.js";
import { type Cell, decoded, encoded, type HostValue } from "./values.js";

/** The most rows that go through a step. */
export const STEP_ROWS = 100_000;

/** Runs one statement; answers its rows as arrays of texts. The engine's limits are the caller's. */
export type AskEngine = (
  sql: string,
  parameters: readonly Parameter[],
  width: number,
) => Promise<readonly Cell[][]>;

/** Runs what must run before a query, and answers the parameters of its own statement. */
export async function runStages(
  query: Pick<CompiledQuery, "stages" | "parameters">,
  ask: AskEngine,
  surroundings: Surroundings = {},
): Promise<readonly Parameter[]> {
  const made: string[] = [];
  const given = (parameters: readonly (Parameter | StageRows)[]): Parameter[] =>
    parameters.map((each) => (typeof each === "object" && each !== null ? (made[each.stage] ?? "[]") : each));
  for (const stage of query.stages) {
    const rows = await ask(stage.sql, given(stage.parameters), Math.max(stage.reads.length, 1));
    made.push(JSON.stringify(stepped(stage, rows, surroundings)));
  }
  return given(query.parameters);
}

function stepped(stage: Stage, rows: readonly Cell[][], surroundings: Surroundings): Cell[][] {
  if (rows.length > STEP_ROWS) throw kqlErrors.stepTooLarge({ what: nameOf(stage), limit: STEP_ROWS });
  if (stage.step === "function") return answered(stage, rows, surroundings);
  const step = steps[stage.step];
  if (!step) throw new Error(`no step ${stage.step}`);
  const values = rows.map((row) => stage.reads.map((type, place) => decoded(row[place] ?? null, type)));
  const out = step(values, stage.options);
  if (out.length > STEP_ROWS * 10) throw kqlErrors.stepTooLarge({ what: nameOf(stage), limit: STEP_ROWS });
  return out.map((row) => stage.writes.map((type, place) => encoded(row[place], type)));
}

const nameOf = ({ step, options }: Stage): string =>
  step === "function" ? `${(options as { name: string }).name}()` : step;

/** The arguments as they came, so that they are found again, and the answer behind them. */
function answered(
  { reads, writes, options }: Stage,
  rows: readonly Cell[][],
  surroundings: Surroundings,
): Cell[][] {
  const { name } = options as { name: string };
  const call = hostFunctions[name];
  if (!call) throw new Error(`no function ${name}`);
  const type = writes.at(-1)!;
  return rows.map((row) => {
    const args = reads.map((each, place): HostValue => decoded(row[place] ?? null, each));
    return [...row.slice(0, reads.length), encoded(call(args, surroundings), type)];
  });
}
