import { type DeviceSnapshot, recordKind } from "@picket/schema";
import azureIotHub from "azure-iothub";
import type { Intake } from "./intake.js";

/** A twin as the query of the hub gives it. */
interface QueriedTwin {
  readonly deviceId: string;
  readonly moduleId?: string;
  readonly etag?: string;
  readonly version?: number;
  readonly status?: string;
  readonly connectionState?: string;
  readonly lastActivityTime?: string;
  readonly authenticationType?: string;
  readonly tags?: Record<string, unknown>;
  readonly properties?: {
    readonly desired?: Record<string, unknown>;
    readonly reported?: Record<string, unknown>;
  };
}

const PAGE = 100;
const QUERIES = ["SELECT * FROM devices", "SELECT * FROM devices.modules"];
const authTypes: readonly string[] = ["sas", "selfSigned", "certificateAuthority", "none"];

/** Reads identities and twins of an existing hub now and then, and tells what has changed since. */
export class AzureRegistry {
  readonly #registry: azureIotHub.Registry;
  readonly #intake: Intake;
  readonly #known = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;
  #isReading = false;

  constructor(connection: string, minutes: number, intake: Intake) {
    this.#registry = azureIotHub.Registry.fromConnectionString(connection);
    this.#intake = intake;
    this.#timer = setInterval(() => void this.#read(), minutes * 60_000);
    this.#timer.unref();
    void this.#read();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const seen = new Set<string>();
      for (const text of QUERIES) await this.#query(text, seen);
      await this.#removed(seen);
    } catch (error) {
      this.#intake.failing(error);
    } finally {
      this.#isReading = false;
    }
  }

  async #query(text: string, seen: Set<string>): Promise<void> {
    const query = this.#registry.createQuery(text, PAGE);
    while (query.hasMoreResults) {
      const { result } = await query.nextAsTwin();
      for (const each of (result ?? []) as unknown as readonly QueriedTwin[]) {
        const key = `${each.deviceId}\n${each.moduleId ?? ""}`;
        seen.add(key);
        const mark = `${each.etag} ${each.version} ${each.status} ${each.connectionState}`;
        if (this.#known.get(key) === mark) continue;
        this.#known.set(key, mark);
        await this.#intake.keep(recordKind.device, snapshotOf(each));
      }
    }
  }

  async #removed(seen: ReadonlySet<string>): Promise<void> {
    for (const key of this.#known.keys()) {
      if (seen.has(key)) continue;
      this.#known.delete(key);
      const [deviceId = "", moduleId = ""] = key.split("\n");
      await this.#intake.keep(recordKind.device, {
        ...snapshotOf({ deviceId, moduleId }),
        status: "deleted",
      });
    }
  }
}

function snapshotOf(twin: QueriedTwin): DeviceSnapshot {
  const { desired = {}, reported = {} } = twin.properties ?? {};
  return {
    deviceId: twin.deviceId,
    moduleId: twin.moduleId ?? "",
    status: twin.status === "disabled" ? "disabled" : "enabled",
    authType: isAuthType(twin.authenticationType) ? twin.authenticationType : "sas",
    generationId: "",
    connectionState: twin.connectionState === "Connected" ? "Connected" : "Disconnected",
    ...(twin.lastActivityTime ? { lastActivityTime: twin.lastActivityTime } : {}),
    // The twin does not say; a column of times cannot be empty.
    createdTime: new Date(0).toISOString(),
    sdkVersion: "",
    tags: twin.tags ?? {},
    desired: plain(desired),
    reported: plain(reported),
    desiredVersion: Number(desired["$version"] ?? 1),
    reportedVersion: Number(reported["$version"] ?? 1),
  };
}

const isAuthType = (text: string | undefined): text is DeviceSnapshot["authType"] =>
  authTypes.includes(text ?? "");

/** Without `$metadata` and `$version`. */
const plain = (properties: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith("$")));
