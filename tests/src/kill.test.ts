import { randomUUID } from "node:crypto";
import { marker } from "@picket/schema";
import { openHubClient, parseConnectionString } from "@picket/sdk";
import { expect, test } from "vitest";
import { eventually, type Picket, startPicket } from "./picket.js";

const KILLS = 25;
const AT_ONCE = 8;

const body = (id: string): string =>
  JSON.stringify({
    AgentVersion: "1.0",
    AgentId: "0d8e7c4a-61f9-4b5e-8f3a-2c1b0a998877",
    MessageSchemaVersion: "1.0",
    Events: [
      {
        Id: id,
        Name: "ProcessCreate",
        Category: "Triggered",
        EventType: "Security",
        PayloadSchemaVersion: "1.0",
        IsEmpty: false,
        TimestampLocal: new Date().toISOString(),
        TimestampUTC: new Date().toISOString(),
        Payload: [
          {
            Executable: "/bin/true",
            ProcessId: 1,
            ParentProcessId: 1,
            UserId: "0",
            CommandLine: `true ${id}`,
          },
        ],
      },
    ],
  });

/** Sends until told to stop; what was not acknowledged is sent again, as an agent does. */
async function load(
  picket: Picket,
  connection: string,
  stop: { readonly now: boolean },
  acknowledged: Set<string>,
): Promise<void> {
  const client = openHubClient({
    connection: parseConnectionString(connection),
    ca: picket.ca,
    userAgent: "test",
  });
  await eventually(() => client.connect());
  const sender = async (): Promise<void> => {
    while (!stop.now) {
      const id = randomUUID();
      for (;;) {
        try {
          await client.send(body(id), { [marker.mqtt]: marker.interfaceId });
          acknowledged.add(id);
          break;
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  await client.close();
}

test(`kill -9 of the server ${KILLS} times under load loses nothing acknowledged and doubles nothing`, {
  timeout: 600_000,
}, async () => {
  let picket = await startPicket();
  const connection = /security module\s+(\S+)/.exec(await picket.run("device", "add", "victim"))?.[1] ?? "";
  const acknowledged = new Set<string>();
  const stop = { now: false };
  const sending = load(picket, connection, stop, acknowledged);
  for (let kill = 0; kill < KILLS; kill += 1) {
    await new Promise((resolve) => setTimeout(resolve, 300 + (kill % 5) * 150));
    await picket.stop("SIGKILL");
    picket = await startPicket({ data: picket.data });
  }
  const before = acknowledged.size;
  await eventually(async () => expect(acknowledged.size).toBeGreaterThan(before), 90_000);
  stop.now = true;
  await sending;
  const rows = await eventually(async () => {
    const found = await picket.kql(
      'SecurityIoTRawEvent | where DeviceId == "victim" | project Id = tostring(parse_json(EventDetails).EventId)',
    );
    expect(found.length).toBeGreaterThanOrEqual(acknowledged.size);
    return found.map(({ Id }) => String(Id));
  });
  const stored = new Set(rows);
  expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
  expect(rows.length).toBe(stored.size);
  await picket.stop();
});
