// Events wait on disk while there is no connection, also over restarts, and go out when there is one. Needs CONNECTION and CA.
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  diskQueue,
  listeningPorts,
  openHubClient,
  openSecuritySender,
  overHubClient,
  parseConnectionString,
} from "@picket/sdk";

const folder = mkdtempSync(join(tmpdir(), "example-queue-"));
const agent = { agentId: "0a4c8d0e-6f0b-4a57-9a55-3f6e1d2c7b10", agentVersion: "1.0" };
const noConnection = { send: () => Promise.reject(new Error("no connection")) };

// Monday: the machine is at sea.
const before = openSecuritySender({
  ...agent,
  transport: noConnection,
  queue: diskQueue({ folder, maxBytes: 1_000_000 }),
});
before.add(listeningPorts([{ Protocol: "tcp", LocalAddress: "0.0.0.0", LocalPort: "22" }]));
await before.close();
console.log(`${before.status().events} event waits in ${folder}.`);

// Friday: the machine is in the harbour.
const client = openHubClient({
  connection: parseConnectionString(process.env.CONNECTION),
  ca: readFileSync(process.env.CA, "utf8"),
  userAgent: "example/1.0",
});
await client.connect();
const after = openSecuritySender({
  ...agent,
  transport: overHubClient(client),
  queue: diskQueue({ folder, maxBytes: 1_000_000 }),
});
await after.flush();
await after.close();
await client.close();
console.log(`${after.status().sentEvents} event is on the hub's disk.`);
