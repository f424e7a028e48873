import type { EventLog } from "@picket/hub";
import { openStream, type Stream, type StreamOptions } from "@picket/stream";

/** The stream as the hub's readers see it: each has a place of its own in it. */
export const eventLog = (stream: Stream, options: StreamOptions): EventLog => ({
  first: () => stream.first(),
  last: () => stream.last(),
  open: () => {
    const reader = openStream({ ...options, readOnly: true });
    return { read: (after, maxBytes) => reader.read(after, maxBytes), close: () => void reader.close() };
  },
});
