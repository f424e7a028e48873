import { setTimeout as sleep } from "node:timers/promises";
import { FileProcessReader } from "../processes/process-reader.js";
import { type Action, argument, Refusal } from "./action.js";

const WAIT_MS = 2_000;
const LOOK_MS = 20;

/** Ends a process. Its program must be named as well: ids are given anew, and the wrong one must not die. */
export const killProcess = (reader = new FileProcessReader()): Action => ({
  name: "killProcess",
  about: "Ends a process at once.",
  takes: { pid: "its id", executable: "path of its program, as the event told it" },

  async perform(given, isDry) {
    const pid = argument.integer(given, "pid", [2, 4_194_304]);
    const executable = argument.text(given, "executable", 4_096);
    const known = reader.read(pid);
    if (!known) throw new Refusal(`There is no process ${pid}.`);
    if (pid === process.pid || pid === process.ppid)
      throw new Refusal("The agent and what started it are not killed.");
    if (known.executable.startsWith("[")) throw new Refusal(`Process ${pid} is a thread of the kernel.`);
    if (known.executable.replace(/ \(deleted\)$/, "") !== executable)
      throw new Refusal(`Process ${pid} runs ${known.executable} and not ${executable}.`);
    const was = {
      pid,
      executable: known.executable,
      commandLine: known.commandLine,
      parent: known.parent,
      uid: known.uid,
    };
    if (isDry) return { proof: { wouldKill: was } };
    process.kill(pid, "SIGKILL");
    return { proof: { killed: was, goneAfterMs: await gone(reader, pid, known.born) } };
  },
});

/** How long it took to be gone; a zombie counts, nobody but its parent can end that. */
async function gone(reader: FileProcessReader, pid: number, born: number): Promise<number> {
  const since = performance.now();
  while (performance.now() - since < WAIT_MS) {
    const now = reader.read(pid);
    // A dead process that its parent has not asked for has no program any more.
    if (!now || now.born !== born || now.executable.startsWith("["))
      return Math.round(performance.now() - since);
    await sleep(LOOK_MS);
  }
  throw new Error(`Process ${pid} was told to end and is still there after ${WAIT_MS} ms.`);
}
