import {
  RecordBatch,
  type RecordKind,
  type SecurityEvent,
  type TableName,
  type TableRow,
} from "@picket/schema";
import type { Commit, Inlet, Tables } from "./slots.js";

/** A record as tests write it. */
export interface Appended {
  readonly kind: RecordKind;
  readonly body: object;
  readonly deviceId?: string;
  readonly at: number;
}

/** A stream and tables in memory that outlive a pipeline, for tests that stop it anywhere. */
export class MemoryHouse {
  readonly batches: Uint8Array[] = [];
  readonly rows = new Map<TableName, string[]>();
  position = 0;
  snapshot: { position: number; bytes: Uint8Array } | null = null;
  /** Called before each commit; may throw to stand for a crash. */
  onCommit: (commit: Commit) => void = () => {};

  readonly inlet: Inlet = {
    read: (after, maxBytes) => {
      const found: { position: number; bytes: Uint8Array }[] = [];
      let size = 0;
      for (
        let index = after;
        index < this.batches.length && (found.length === 0 || size < maxBytes);
        index += 1
      ) {
        size += this.batches[index]!.byteLength;
        found.push({ position: index + 1, bytes: this.batches[index]! });
      }
      return found;
    },
    first: () => 1,
    last: () => this.batches.length,
  };

  readonly tables: Tables = {
    commit: async (commit) => {
      this.onCommit(commit);
      if (commit.position <= this.position) return;
      for (const { table, rows } of commit.rows)
        this.rows.set(table, [...(this.rows.get(table) ?? []), ...rows]);
      this.position = commit.position;
      this.snapshot = commit.snapshot ?? this.snapshot;
    },
    position: async () => ({ position: this.position, snapshot: this.snapshot, rebuilt: false }),
    alertRows: async (ids) => {
      const latest = new Map(
        this.table("SecurityAlert").map((row): [string, TableRow<"SecurityAlert">] => [
          String(row["SystemAlertId"]),
          row,
        ]),
      );
      return ids.flatMap((id) => latest.get(id) ?? []);
    },
  };

  append(...records: readonly Appended[]): void {
    const batch = new RecordBatch();
    for (const { kind, body, deviceId = "pump-7", at } of records) {
      batch.add({
        kind,
        receivedAt: at,
        deviceId,
        moduleId: "azureiotsecurity",
        body: Buffer.from(JSON.stringify(body)),
      });
    }
    this.batches.push(batch.take());
  }

  table(name: TableName): Record<string, unknown>[] {
    return (this.rows.get(name) ?? []).map((text) => JSON.parse(text));
  }

  /** Keyed tables as the workspace keeps them: the last row of each key. */
  latest(name: TableName, key: string): Record<string, unknown>[] {
    return [...new Map(this.table(name).map((row) => [row[key], row])).values()];
  }
}

/** The envelope around events, as an agent sends it. */
export const messageOf = (events: readonly Partial<SecurityEvent>[]): object => ({
  AgentVersion: "1.0.0",
  AgentId: "0d8e7c4a-61f9-4b5e-8f3a-2c1b0a998877",
  MessageSchemaVersion: "1.0",
  Events: events,
});

/** An event with payload items; `serial` makes its id. */
export const eventOf = (
  serial: number,
  name: string,
  items: readonly object[],
  at: number,
): Partial<SecurityEvent> =>
  ({
    Id: `5b0c7a10-4d2e-4f31-9a6b-${String(serial).padStart(12, "0")}`,
    Name: name,
    Category: ["ListeningPorts", "LocalUsers"].includes(name) ? "Periodic" : "Triggered",
    EventType: "Security",
    PayloadSchemaVersion: "1.0",
    IsEmpty: items.length === 0,
    TimestampLocal: new Date(at).toISOString(),
    TimestampUTC: new Date(at).toISOString(),
    Payload: items,
  }) as Partial<SecurityEvent>;
