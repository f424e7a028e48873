import { signal } from "@picket/kit";

export const streamFull = signal({
  level: "error",
  message: "The stream has no room; devices are not acknowledged until there is.",
  counter: "picket_stream_full_total",
  labels: [],
});

export const streamTrimmed = signal({
  level: "debug",
  message: "Old batches were removed from the stream.",
  counter: "picket_stream_trimmed_batches_total",
  labels: [],
});
