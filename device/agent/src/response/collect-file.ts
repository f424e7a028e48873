import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readlink, realpath } from "node:fs/promises";
import { type Action, argument, Refusal } from "./action.js";

const MOST_BYTES = 65_536;
const MOST_OFFSET = 1_073_741_824;

/** Sends a part of a file from folders that the twin names. Links are followed first and judged by where they lead. */
export const collectFile = (folders: () => readonly string[]): Action => ({
  name: "collectFile",
  about: "Answers a part of a file, with its size and hash.",
  takes: {
    path: "its absolute path, within responseFilePaths",
    offset: "where to begin; 0 when absent",
    bytes: `1 to ${MOST_BYTES}; as many when absent`,
  },

  async perform(given, isDry) {
    const path = argument.text(given, "path", 4_096);
    const offset = argument.integer(given, "offset", [0, MOST_OFFSET], 0);
    const bytes = argument.integer(given, "bytes", [1, MOST_BYTES], MOST_BYTES);
    if (!path.startsWith("/")) throw new Refusal(`"path" must be absolute.`);
    const real = await realpath(path).catch(() => {
      throw new Refusal(`${path} is not there or cannot be reached.`);
    });
    refuseOutside(real, folders());
    // Opened without following a link and without waiting for a pipe's other end.
    const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      refuseOutside(await readlink(`/proc/self/fd/${file.fd}`), folders());
      const state = await file.stat();
      if (!state.isFile()) throw new Refusal(`${real} is no plain file.`);
      const about = {
        path: real,
        size: state.size,
        mode: (state.mode & 0o7777).toString(8),
        changedAt: state.mtime.toISOString(),
      };
      if (isDry)
        return {
          proof: {
            wouldSend: { ...about, offset, bytes: Math.min(bytes, Math.max(state.size - offset, 0)) },
          },
        };
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, offset);
      const content = buffer.subarray(0, bytesRead);
      const sha256 = createHash("sha256").update(content).digest("hex");
      return { proof: { ...about, offset, bytes: bytesRead, sha256, content: content.toString("base64") } };
    } finally {
      await file.close();
    }
  },
});

function refuseOutside(path: string, folders: readonly string[]): void {
  const isInside = folders.some(
    (folder) => path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`),
  );
  if (!isInside)
    throw new Refusal(`${path} lies outside of responseFilePaths (${folders.join(", ") || "none"}).`);
}
