import { catalogue } from "@picket/kit";

export const workspaceErrors = catalogue("WORKSPACE", {
  queryTimedOut: {
    status: 504,
    retry: "never",
    message: (d: { seconds: number }) =>
      `The query ran longer than ${d.seconds} s and was stopped. Narrow its time range or filter earlier.`,
  },
  queryCancelled: { status: 499, retry: "never", message: () => "The query was cancelled." },
  tooManyRows: {
    status: 413,
    retry: "never",
    message: (d: { rows: number }) =>
      `The query answers more than ${d.rows} rows. Add \`| take ${d.rows}\`, summarize, or narrow its time range.`,
  },
  tooManyBytes: {
    status: 413,
    retry: "never",
    message: (d: { megabytes: number }) =>
      `The query's answer is larger than ${d.megabytes} MB. Project fewer columns, summarize, or narrow its time range.`,
  },
  outOfMemory: {
    status: 413,
    retry: "never",
    message: (d: { megabytes: number }) =>
      `The query needs more memory than the ${d.megabytes} MB that queries may use. Filter or summarize earlier.`,
  },
  queryFailed: {
    status: 400,
    retry: "never",
    message: (d: { cause: string }) => `The engine could not run the query: ${d.cause}`,
  },
  busy: {
    status: 429,
    retry: "later",
    message: (d: { running: number }) =>
      `${d.running} queries are running or waiting already. Try again when one has ended.`,
  },
  notReadable: {
    status: 500,
    retry: "never",
    message: (d: { path: string; cause: string }) =>
      `The workspace in ${d.path} cannot be opened: ${d.cause}`,
  },
  commitFailed: {
    status: 507,
    retry: "later",
    message: (d: { cause: string }) =>
      `Rows could not be written: ${d.cause}. It is tried again; nothing is lost.`,
  },
  startedOver: {
    status: 503,
    retry: "never",
    message: (d: { position: number }) =>
      `The tables went back to position ${d.position} after damage. Ask for the position and go on from there.`,
  },
  damaged: {
    status: 500,
    retry: "never",
    message: (d: { cause: string }) =>
      `The database is damaged where this query reads: ${d.cause}. Stop the server, move workspace.duckdb away and start it: the tables are rebuilt from the stream.`,
  },
  readTimedOut: {
    status: 504,
    retry: "later",
    message: (d: { seconds: number }) => `Reading took longer than ${d.seconds} s. Narrow what is asked for.`,
  },
  badCursor: {
    status: 400,
    retry: "never",
    message: () => "The cursor is not one of ours; start again without it.",
  },
});
