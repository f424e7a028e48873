import { recordKind, type Setting, type SettingArea } from "@picket/schema";
import type { House } from "../house.js";

const PREFIX = "setting/";
const keyOf = (area: SettingArea, name: string): string => `${PREFIX}${area}/${name}`;

/**
 * Sets something about detection: kept beside the registry, told to the pipeline through the stream. Resolves when it is
 * in force.
 */
export async function set(house: House, setting: Setting): Promise<void> {
  const { store, analysis } = house.rooms;
  const key = keyOf(setting.area, setting.name);
  const isRemoved = setting.value === null;
  await store.write([
    isRemoved ? { key, remove: true } : { key, value: Buffer.from(JSON.stringify(setting)) },
  ]);
  await analysis.reached(await house.record(recordKind.setting, setting));
}

/** Tells the pipeline again what is set and it does not know, such as after its tables were rebuilt from the stream. */
export async function restoreSettings(house: House): Promise<void> {
  const { store, analysis } = house.rooms;
  const known = new Set(await analysis.settingKeys());
  let after: string | undefined;
  for (;;) {
    const found = store.range({ prefix: PREFIX, limit: 200, ...(after === undefined ? {} : { after }) });
    for (const { key, value } of found) {
      if (!known.has(key.slice(PREFIX.length)))
        await house.record(recordKind.setting, JSON.parse(Buffer.from(value).toString()));
    }
    after = found.at(-1)?.key;
    if (after === undefined) return;
  }
}
