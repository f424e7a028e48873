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
  inUse: {
    status: 409,
    retry: "never",
    message: (d: { directory: string; pid: number }) =>
      `The stream in ${d.directory} is open for writing in process ${d.pid}. Stop that one first.`,
  },
  notReadable: {
    status: 500,
    retry: "never",
    message: (d: { directory: string; cause: string }) =>
      `There is no stream to read in ${d.directory} (${d.cause}). Open it for writing first.`,
  },
  keyUnusable: {
    status: 400,
    retry: "never",
    message: (d: { bytes: number }) =>
      `A key of ${d.bytes} bytes cannot be stored; keys have 1 to 1,900 bytes of UTF-8 without zero bytes.`,
  },
  stateUnwritable: {
    status: 507,
    retry: "later",
    message: (d: { directory: string; cause: string }) =>
      `The state in ${d.directory} could not be written: ${d.cause}. Nothing of it was changed; is the disk full?`,
  },
  readOnly: { status: 500, retry: "never", message: () => "This stream was opened for reading only." },
});
