import type { HubDiagnosticSetting } from "@picket/schema";
import { hubErrors } from "../errors.js";
import type { KeyValueStore } from "../slots.js";

/** Categories of the operation log; the last is always kept. */
export const categories = [
  "Connections",
  "DeviceTelemetry",
  "C2DCommands",
  "DeviceIdentityOperations",
  "FileUploadOperations",
  "Routes",
  "D2CTwinOperations",
  "C2DTwinOperations",
  "TwinQueries",
  "JobsOperations",
  "DirectMethods",
  "DistributedTracing",
  "Configurations",
  "DeviceStreams",
  "DeviceOperations",
  "ServiceOperations",
  "HubConfiguration",
] as const;

const ALWAYS = "HubConfiguration";
const KEY = "diagnostics";
const NAME = /^[\w .-]{1,64}$/;
const MOST = 5;

/** What a hub begins with: everything, with whole addresses, for the detections. */
const usual: HubDiagnosticSetting = {
  name: "operation-log",
  categories: [...categories],
  isEnabled: true,
  masksAddresses: false,
};

/** Which categories of the operation log are kept, and whether with whole addresses. */
export class Diagnostics {
  readonly #store: KeyValueStore;
  #settings: readonly HubDiagnosticSetting[];
  #kept = new Map<string, { readonly masks: boolean }>();

  constructor(store: KeyValueStore) {
    this.#store = store;
    const bytes = store.get(KEY);
    this.#settings = bytes ? JSON.parse(Buffer.from(bytes).toString()) : [usual];
    this.#derive();
  }

  get settings(): readonly HubDiagnosticSetting[] {
    return this.#settings;
  }

  /** What becomes of an address in a category; undefined when the category is not kept. */
  addressIn(category: string, address: string): string | undefined {
    const kept = this.#kept.get(category);
    if (!kept) return category === ALWAYS || !isKnownCategory(category) ? address : undefined;
    return kept.masks ? masked(address) : address;
  }

  /** Adds a setting or replaces the one of its name; answers which it was. */
  async put(setting: HubDiagnosticSetting): Promise<"add" | "update"> {
    const refuse = (why: string): never => {
      throw hubErrors.argumentInvalid({ what: "The diagnostic setting", why });
    };
    const { name } = setting;
    if (!NAME.test(name)) refuse("its name needs 1 to 64 letters, digits, spaces or . _ -");
    const unknown = setting.categories.find((each) => !isKnownCategory(each));
    if (unknown !== undefined)
      refuse(`there is no category ${unknown.slice(0, 64)}; there are ${categories.join(", ")}`);
    const others = this.#settings.filter((each) => each.name !== name);
    if (others.length >= MOST) refuse(`there are at most ${MOST}`);
    const isNew = others.length === this.#settings.length;
    await this.#write([...others, setting]);
    return isNew ? "add" : "update";
  }

  async remove(name: string): Promise<void> {
    const others = this.#settings.filter((each) => each.name !== name);
    if (others.length === this.#settings.length)
      throw hubErrors.diagnosticSettingNotFound({ name: name.slice(0, 64) });
    await this.#write(others);
  }

  async #write(settings: readonly HubDiagnosticSetting[]): Promise<void> {
    await this.#store.write([{ key: KEY, value: Buffer.from(JSON.stringify(settings)) }]);
    this.#settings = settings;
    this.#derive();
  }

  /** A category is kept when any setting keeps it, and whole when any of those keeps addresses whole. */
  #derive(): void {
    this.#kept = new Map();
    for (const { isEnabled, masksAddresses, categories: chosen } of this.#settings)
      for (const category of isEnabled ? chosen : [])
        this.#kept.set(category, { masks: masksAddresses && (this.#kept.get(category)?.masks ?? true) });
  }
}

const isKnownCategory = (category: string): boolean => categories.some((each) => each === category);

/** An address without its last part, as the public logs of IoT Hub show it. */
export function masked(address: string): string {
  if (address.includes(".")) return address.replace(/\.\d+$/, ".XXX");
  return address.includes(":") ? `${address.split(":").slice(0, 4).join(":")}::XXX` : address;
}
