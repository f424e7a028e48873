import { catalogue } from "@picket/kit";

export const streamErrors = catalogue("STREAM", {
  full: {
    status: 507,
    retry: "later",
    message: (d: { directory: string; cause: string }) =>
      `The stream in ${d.directory} has no room (${d.cause}). Free disk space or raise stream.maxBytes; it goes on by itself.`,
  },
  unwritable: {
    status: 500,
    retry: "later",
    message: (d: { directory: string; cause: string }) =>
      `The stream in ${d.directory} could not be written: ${d.cause}.`,
  },
  closed: {
    status: 503,
    retry: "later",
    message: () => "The stream is closed; the server is shutting down.",
  },
  readOnly: { status: 500, retry: "never", message: () => "This stream was opened for reading only." },
});
