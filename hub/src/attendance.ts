import type { OperationCause } from "@picket/schema";

/** What a direct method answered. */
export interface MethodAnswer {
  readonly status: number;
  readonly payload: unknown;
}

/** A connected identity, whatever its protocol. */
export interface Attendant {
  /** Where it connects from. */
  readonly address?: string;
  /** Pushes a patch of desired properties, if the client asked for them. */
  pushDesired(patch: object, version: number): void;
  /** Whether the client asked for direct methods. */
  readonly takesMethods: boolean;
  /** Calls a direct method and answers what the device says. */
  invoke(name: string, payload: unknown, seconds: number): Promise<MethodAnswer>;
  /** Ends the connection for a reason that the operation log gives. */
  end(cause: Exclude<OperationCause, "">): void;
}

/** Names a device or module. */
export interface Address {
  readonly deviceId: string;
  /** Empty for the device itself. */
  readonly moduleId: string;
}

const keyOf = ({ deviceId, moduleId }: Address): string => `${deviceId}\n${moduleId}`;

/** Who is in, over all doors: one connection per identity, and a new one takes the old one's place. */
export class Attendance {
  readonly #present = new Map<string, Attendant>();

  get count(): number {
    return this.#present.size;
  }

  find(deviceId: string, moduleId: string): Attendant | undefined {
    return this.#present.get(keyOf({ deviceId, moduleId }));
  }

  /** All who are in, with where they connect from. */
  present(): (Address & { readonly ipAddress: string })[] {
    return [...this.#present].map(([key, { address = "" }]) => {
      const [deviceId = "", moduleId = ""] = key.split("\n");
      return { deviceId, moduleId, ipAddress: address };
    });
  }

  enter(address: Address, attendant: Attendant): void {
    const former = this.#present.get(keyOf(address));
    if (former !== attendant) former?.end("takenOver");
    this.#present.set(keyOf(address), attendant);
  }

  /** True when it was this one who was in. */
  leave(address: Address, attendant: Attendant): boolean {
    return this.#present.get(keyOf(address)) === attendant && this.#present.delete(keyOf(address));
  }
}
