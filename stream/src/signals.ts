import { signal } from "@picket/kit";

export const streamFull = signal({
  level: "error",
  message: "The stream has no room; devices are not acknowledged until there is.",
  counter: "picket_stream_full_total",
  labels: [],
});

export const streamUnwritable = signal({
  level: "error",
  message: "The stream could not be written; devices are not acknowledged until it can.",
  counter: "picket_stream_unwritable_total",
  labels: [],
});

export const batchesLost = signal({
  level: "error",
  message: "Batches of the stream are damaged on disk and were left out.",
  counter: "picket_stream_lost_batches_total",
  labels: [],
});

export const streamTrimmed = signal({
  level: "debug",
  message: "Old batches were removed from the stream.",
  counter: "picket_stream_trimmed_batches_total",
  labels: [],
});
