import { catalogue } from "@picket/kit";

/** What can keep the agent from starting or a source from serving; each says what to do. */
export const agentErrors = catalogue("AGENT", {
  optionMissing: {
    status: 400,
    retry: "never",
    message: (d: { option: string }) =>
      `--${d.option} is missing. Give it on the command line or as "${d.option}" in the file of --config.`,
  },
  optionInvalid: {
    status: 400,
    retry: "never",
    message: (d: { option: string; why: string }) => `--${d.option} is not valid: ${d.why}.`,
  },
  fileUnreadable: {
    status: 400,
    retry: "never",
    message: (d: { option: string; path: string; why: string }) =>
      `The file ${d.path} of --${d.option} cannot be read: ${d.why}. Check its path and that the agent's user may read it.`,
  },
  dataUnwritable: {
    status: 400,
    retry: "never",
    message: (d: { path: string; why: string }) =>
      `The folder ${d.path} of --data cannot be written: ${d.why}. Name a folder on a disk that keeps it over restarts.`,
  },
  dataInUse: {
    status: 409,
    retry: "later",
    message: (d: { path: string; pid: number }) =>
      `The folder ${d.path} is used by another agent, process ${d.pid}. Stop that one or name another folder with --data.`,
  },
  libraryMissing: {
    status: 500,
    retry: "never",
    message: (d: { why: string }) =>
      `The native library koffi cannot be loaded: ${d.why}. It must lie beside the agent, for this processor, on a disk that is not mounted noexec.`,
  },
  updateRefused: {
    status: 403,
    retry: "never",
    message: (d: { why: string }) => `The update is not taken: ${d.why}. The version that runs stays.`,
  },
  setUid: {
    status: 403,
    retry: "never",
    message: () =>
      "The agent was started by a set-uid file and refuses to run with its owner's rights. Take the bits away (chmod ug-s) and start it by its service unit, which gives it the capabilities it needs.",
  },
  callFailed: {
    status: 500,
    retry: "never",
    message: (d: { what: string; errno: number; said?: string }) =>
      `${d.what} failed: ${reasons[d.errno] ?? `error ${d.errno}`}${d.said ? `; the kernel says: ${d.said}` : ""}.`,
  },
  kernelUnfit: {
    status: 500,
    retry: "never",
    message: (d: { why: string }) => `This kernel does not serve: ${d.why}.`,
  },
  canarySilent: {
    status: 500,
    retry: "never",
    message: (d: { source: string; what: string }) =>
      `${d.source} opened but did not show ${d.what} that the agent made as a test. In a container, share the host's process and network namespaces.`,
  },
  fileTooLarge: {
    status: 413,
    retry: "never",
    message: (d: { path: string; most: number }) =>
      `The file ${d.path} is larger than ${d.most} bytes, which is more than the agent reads.`,
  },
  recordsInvalid: {
    status: 500,
    retry: "never",
    message: (d: { what: string; why: string }) => `${d.what} has an unknown form: ${d.why}.`,
  },
});

const reasons: Readonly<Record<number, string>> = {
  1: "not permitted; root or more capabilities are needed",
  2: "there is no such thing on this kernel",
  13: "not permitted; root or more capabilities are needed",
  17: "somebody else has it already",
  22: "this kernel does not know it",
  38: "this kernel does not have the call",
  93: "this kernel does not have the protocol",
  97: "this kernel does not have the address family",
};

/** The sentence of an error, for log lines. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
