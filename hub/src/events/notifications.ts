import { randomUUID } from "node:crypto";
import type { Clock } from "@picket/kit";
import { type EventSource, encodeProperties, recordKind } from "@picket/schema";
import { twinJson } from "../https/wire.js";
import type { Identity, IdentityChange, Registry } from "../identity/registry.js";
import type { Outbound } from "../outbound.js";

interface Told {
  readonly source: Exclude<EventSource, "Telemetry">;
  readonly schema: string;
  readonly opType: string;
  readonly body: object;
}

/** Tells readers of the hub's messages what happens to devices, in the words of the original. */
export class Notifications {
  readonly #around: {
    readonly registry: Registry;
    readonly outbound: Outbound;
    readonly clock: Clock;
    readonly hubName: string;
    readonly sources: readonly EventSource[];
  };
  readonly #unwatch: () => void;
  #next: number;

  constructor(around: {
    readonly registry: Registry;
    readonly outbound: Outbound;
    readonly clock: Clock;
    readonly hubName: string;
    readonly sources: readonly EventSource[];
  }) {
    this.#around = around;
    // Strictly increasing over restarts, as long as a hub tells fewer than a thousand a millisecond.
    this.#next = around.clock.now() * 1_000;
    this.#unwatch = around.registry.watch((change) => this.#changed(change));
  }

  close(): void {
    this.#unwatch();
  }

  #changed(change: IdentityChange): void {
    const told = this.#told(change);
    if (told && this.#around.sources.includes(told.source)) this.#tell(change.identity, told);
  }

  #told({ kind, identity, patch }: IdentityChange): Told | undefined {
    if (kind === "created" || kind === "removed") return this.#lifecycle(kind, identity);
    if (kind === "connected" || kind === "disconnected") return this.#connection(kind);
    if (kind !== "twin" && kind !== "reported") return undefined;
    const properties = {
      ...(patch?.desired ? { desired: { ...patch.desired, $version: identity.desiredVersion } } : {}),
      ...(patch?.reported ? { reported: { ...patch.reported, $version: identity.reportedVersion } } : {}),
    };
    return {
      source: "twinChangeEvents",
      schema: "twinChangeNotification",
      opType: patch?.replace ? "replaceTwin" : "updateTwin",
      body: {
        version: identity.twinVersion,
        ...(patch?.tags ? { tags: patch.tags } : {}),
        ...(Object.keys(properties).length > 0 ? { properties } : {}),
      },
    };
  }

  #lifecycle(kind: "created" | "removed", identity: Identity): Told {
    const verb = kind === "created" ? "create" : "delete";
    return {
      source: "deviceLifecycleEvents",
      schema: "deviceLifecycleNotification",
      opType: `${verb}${identity.moduleId === "" ? "Device" : "Module"}Identity`,
      body: twinJson(identity, this.#around.registry.presence(identity.deviceId, identity.moduleId)),
    };
  }

  #connection(kind: "connected" | "disconnected"): Told {
    this.#next = Math.max(this.#next + 1, this.#around.clock.now() * 1_000);
    return {
      source: "deviceConnectionStateEvents",
      schema: "deviceConnectionStateNotification",
      opType: kind === "connected" ? "deviceConnected" : "deviceDisconnected",
      body: { sequenceNumber: this.#next.toString(16).toUpperCase().padStart(48, "0") },
    };
  }

  #tell({ deviceId, moduleId, generationId }: Identity, { source, schema, opType, body }: Told): void {
    const { clock, hubName, outbound } = this.#around;
    const now = clock.now();
    const properties = encodeProperties({
      system: {
        contentType: "application/json",
        contentEncoding: "utf-8",
        userId: hubName,
        correlationId: randomUUID().replaceAll("-", "").slice(0, 12),
      },
      application: {
        hubName,
        deviceId,
        ...(moduleId === "" ? {} : { moduleId }),
        opType: opType,
        operationTimestamp: new Date(now).toISOString(),
        "iothub-message-schema": schema,
      },
      origin: { scope: "hub", type: "sas", issuer: "iothub", generationId },
      source,
    });
    outbound.keep({
      kind: recordKind.notification,
      receivedAt: now,
      deviceId,
      moduleId,
      body: Buffer.from(JSON.stringify(body)),
      properties,
    });
  }
}
