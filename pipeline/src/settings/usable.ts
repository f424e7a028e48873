import type { Recorder } from "@picket/kit";
import { settingRefused } from "../signals.js";
import type { InForce } from "./setting-book.js";

/** The settings that can be read; one that an earlier version took and this one does not is told and left out. */
export function usable(
  settings: readonly InForce[],
  read: (setting: InForce) => unknown,
  recorder: Recorder,
): InForce[] {
  return settings.filter((setting) => {
    try {
      read(setting);
      return true;
    } catch (error) {
      settingRefused(recorder, { area: setting.area }, 1, { name: setting.name, error: String(error) });
      return false;
    }
  });
}
