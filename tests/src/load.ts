import { randomUUID } from "node:crypto";
import { marker } from "@picket/schema";
import { openHubClient, parseConnectionString } from "@picket/sdk";
import { eventually, type Picket } from "./picket.js";

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
export async function load(
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
