import { signal } from "@picket/kit";

export const databaseSetAside = signal({
  level: "error",
  message: "The workspace's database was damaged; it was set aside and is rebuilt from the stream.",
  counter: "picket_workspace_rebuilt_total",
  labels: [],
});

export const rowsWritten = signal({
  level: "debug",
  message: "Rows were written.",
  counter: "picket_workspace_rows_total",
  labels: ["table"],
});

export const rowsExpired = signal({
  level: "info",
  message: "Rows past their retention were removed.",
  counter: "picket_workspace_expired_rows_total",
  labels: ["table"],
});

export const queryStopped = signal({
  level: "warn",
  message: "A query was stopped.",
  counter: "picket_workspace_queries_stopped_total",
  labels: ["reason"],
});
