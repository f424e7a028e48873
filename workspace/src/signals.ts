import { signal } from "@picket/kit";

export const databaseSetAside = signal({
  level: "error",
  message: "The workspace's database was damaged; it was set aside and is rebuilt from the stream.",
  counter: "picket_workspace_rebuilt_total",
  labels: [],
});

export const damageFound = signal({
  level: "error",
  message: "A query met a damaged part of the database.",
  counter: "picket_workspace_damage_found_total",
  labels: [],
});

export const logSetAside = signal({
  level: "error",
  message: "The database's log was damaged and set aside; what it held is read from the stream again.",
  counter: "picket_workspace_logs_set_aside_total",
  labels: [],
});

export const databaseReopened = signal({
  level: "error",
  message: "The database was opened anew after a fatal error.",
  counter: "picket_workspace_reopened_total",
  labels: [],
});

export const checkpointFailed = signal({
  level: "warn",
  message: "A checkpoint failed; it is tried again.",
  counter: "picket_workspace_checkpoints_failed_total",
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
