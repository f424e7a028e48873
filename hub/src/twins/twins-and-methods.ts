import { hubErrors } from "../errors.js";
import type { Identity, Registry } from "../identity/registry.js";
import type { MqttSession } from "../mqtt/session.js";

/** Names a device or module. */
export interface Address {
  readonly deviceId: string;
  readonly moduleId: string;
}

/** Finds the connection of an identity, whatever its protocol. */
export type FindSession = (deviceId: string, moduleId: string) => MqttSession | undefined;

/** The one way back to devices: desired properties and direct methods. */
export class TwinsAndMethods {
  readonly #registry: Registry;
  readonly #session: FindSession;

  constructor(registry: Registry, session: FindSession) {
    this.#registry = registry;
    this.#session = session;
  }

  /** Changes a twin and pushes what is desired to the device, if it is connected. */
  async change(
    { deviceId, moduleId }: Address,
    change: { readonly tags?: object; readonly desired?: object; readonly replace?: boolean },
    ifMatch = "*",
  ): Promise<Identity> {
    const changed = await this.#registry.setTwin(this.#registry.get(deviceId, moduleId), change, ifMatch);
    if (change.desired)
      this.#session(deviceId, moduleId)?.pushDesired(
        change.replace ? changed.desired : change.desired,
        changed.desiredVersion,
      );
    return changed;
  }

  invoke(
    { deviceId, moduleId }: Address,
    call: { readonly name: string; readonly payload: unknown; readonly seconds: number },
  ): Promise<{ status: number; payload: unknown }> {
    this.#registry.get(deviceId, moduleId);
    const session = this.#session(deviceId, moduleId);
    if (!session) return Promise.reject(hubErrors.deviceNotOnline({ id: deviceId }));
    if (!/^[\w.~-]{1,128}$/.test(call.name))
      return Promise.reject(
        hubErrors.argumentInvalid({
          what: "The method's name",
          why: "it needs 1 to 128 letters, digits or . _ ~ -",
        }),
      );
    return session.invoke(call.name, call.payload, call.seconds);
  }

  /** Ends the connections of an identity that was disabled or removed. */
  disconnect(deviceId: string, moduleId: string): void {
    this.#session(deviceId, moduleId)?.end("disabledDevice");
    if (moduleId !== "") return;
    for (const module of this.#registry.modules(deviceId))
      this.#session(deviceId, module.moduleId)?.end("disabledDevice");
  }
}
