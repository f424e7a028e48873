import { type Action, argument, Refusal } from "./action.js";

/** Makes one check of the baseline now; answers undefined when there is none of the id. */
export type RunCheck = (id: string) => Promise<object | undefined>;

/** Takes one snapshot, or all of them; answers false when there is none of the name. */
export type TakeSnapshot = (name: string | undefined) => Promise<boolean>;

/** Makes one check of the baseline now. */
export const runBaselineCheck = (run: RunCheck): Action => ({
  name: "runBaselineCheck",
  about: "Makes one check of the baseline now and answers what it found.",
  takes: { id: "id of the check" },
  async perform(given, isDry) {
    const id = argument.text(given, "id", 100);
    if (isDry) return { proof: { wouldCheck: id } };
    const found = await run(id);
    if (!found) throw new Refusal(`There is no check ${id}.`);
    return { proof: { id, ...found } };
  },
});

/** Takes a snapshot now and sends it. */
export const takeSnapshot = (take: TakeSnapshot): Action => ({
  name: "takeSnapshot",
  about: "Takes a snapshot now and sends it.",
  takes: { name: "name of its event, such as ListeningPorts; all of them when absent" },
  async perform(given, isDry) {
    const name = given["name"] === undefined ? undefined : argument.text(given, "name", 100);
    if (isDry) return { proof: { wouldTake: name ?? "all" } };
    if (!(await take(name))) throw new Refusal(`There is no snapshot ${name}.`);
    return { proof: { taken: name ?? "all" } };
  },
});
