import type { Payload } from "@picket/schema";
import { checks } from "../baseline/checks.js";
import { messageOf } from "../errors.js";
import { collector } from "./collector.js";

/** Checks of the operating system's configuration; like the original's, only those that did not pass are told. */
export const osBaseline = collector({
  name: "OSBaseline",
  about: "Checks of the operating system's configuration that did not pass.",
  details: {},
  async collect(host) {
    const items: Payload<"OSBaseline">[] = [];
    for (const { id, expects, severity, look } of checks) {
      const found = await look(host).catch((error: unknown) => ({ broken: messageOf(error) }));
      const told = { Description: expects, CceId: id, Severity: severity };
      if ("fails" in found) items.push({ ...told, Result: "Fail", Error: found.fails });
      if ("broken" in found) items.push({ ...told, Result: "Err", Error: found.broken });
    }
    return items;
  },
});
