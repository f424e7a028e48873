// Sends a security message with the light client. Needs CONNECTION (a connection string) and CA (the hub's ca.pem).
//   npx picket device add pump-7     prints both
import { readFileSync } from "node:fs";
import { login, openHubClient, openSecuritySender, overHubClient, parseConnectionString } from "@picket/sdk";

const client = openHubClient({
  connection: parseConnectionString(process.env.CONNECTION),
  ca: readFileSync(process.env.CA, "utf8"),
  userAgent: "example/1.0",
});
await client.connect();
const sender = openSecuritySender({
  agentId: "0a4c8d0e-6f0b-4a57-9a55-3f6e1d2c7b10",
  agentVersion: "1.0",
  transport: overHubClient(client),
});
sender.add(
  login({
    ProcessId: 913,
    Executable: "/usr/sbin/sshd",
    Operation: "ssh",
    Result: "Fail",
    UserName: "root",
    RemoteAddress: "203.0.113.9",
  }),
);
await sender.close();
await client.close();
const { sentEvents, meteredMessages } = sender.status();
console.log(`${sentEvents} event is on the hub's disk, billed as ${meteredMessages} message.`);
