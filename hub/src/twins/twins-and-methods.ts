import type { Address, Attendance, MethodAnswer } from "../attendance.js";
import { hubErrors } from "../errors.js";
import type { Identity, PreparedTwin, Registry, TwinTask } from "../identity/registry.js";

/** A direct method as a service application calls it. */
export interface MethodCall {
  readonly name: string;
  readonly payload: unknown;
  /** How long the device may take to answer. */
  readonly seconds: number;
  /** How long to wait for the device to connect. */
  readonly connectSeconds?: number;
}

const LOOK_AGAIN_MS = 100;

/** The one way back to devices: desired properties and direct methods. */
export class TwinsAndMethods {
  readonly #registry: Registry;
  readonly #attendance: Attendance;

  constructor(registry: Registry, attendance: Attendance) {
    this.#registry = registry;
    this.#attendance = attendance;
  }

  /** Changes a twin and pushes what is desired to the device, if it is connected. */
  async change(
    { deviceId, moduleId }: Address,
    change: { readonly tags?: object; readonly desired?: object; readonly replace?: boolean },
    ifMatch = "*",
  ): Promise<Identity> {
    const changed = await this.#registry.setTwin(this.#registry.get(deviceId, moduleId), change, ifMatch);
    if (change.desired)
      this.#attendance
        .find(deviceId, moduleId)
        ?.pushDesired(change.replace ? changed.desired : change.desired, changed.desiredVersion);
    return changed;
  }

  /** Changes many twins in one write, with what else belongs to it, and pushes what is desired; of each that cannot be changed the reason. */
  async changeEach(
    changes: readonly TwinTask[],
    also: Parameters<Registry["setMany"]>[1] = [],
  ): Promise<(Error | undefined)[]> {
    const prepared = changes.map((task) => this.#registry.prepared(task));
    const fine = prepared.filter((each): each is PreparedTwin => !(each instanceof Error));
    await this.#registry.setMany(fine, also);
    for (const { identity, patch } of fine) {
      const attendant = patch?.desired && this.#attendance.find(identity.deviceId, identity.moduleId);
      if (attendant && patch?.desired) attendant.pushDesired(patch.desired, identity.desiredVersion);
    }
    return prepared.map((each) => (each instanceof Error ? each : undefined));
  }

  /** Calls a direct method; waits for a device that is not there, if that is asked for. */
  async invoke({ deviceId, moduleId }: Address, call: MethodCall): Promise<MethodAnswer> {
    this.#registry.get(deviceId, moduleId);
    if (!/^[\w.~-]{1,128}$/.test(call.name))
      throw hubErrors.argumentInvalid({
        what: "The method's name",
        why: "it needs 1 to 128 letters, digits or . _ ~ -",
      });
    const until = performance.now() + (call.connectSeconds ?? 0) * 1_000;
    for (;;) {
      const attendant = this.#attendance.find(deviceId, moduleId);
      if (attendant?.takesMethods) return attendant.invoke(call.name, call.payload, call.seconds);
      if (performance.now() >= until) throw hubErrors.deviceNotOnline({ id: deviceId });
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  /** Ends the connections of an identity that was disabled or removed. */
  disconnect(deviceId: string, moduleId: string): void {
    this.#attendance.find(deviceId, moduleId)?.end("disabledDevice");
    if (moduleId !== "") return;
    for (const module of this.#registry.modules(deviceId))
      this.#attendance.find(deviceId, module.moduleId)?.end("disabledDevice");
  }
}
