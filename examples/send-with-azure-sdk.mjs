// The same with an unmodified Azure client, which an application may have open already. Needs CONNECTION and CA.
import { readFileSync } from "node:fs";
import { openSecuritySender, overAzureClient, processCreate } from "@picket/sdk";
import azure from "azure-iot-device";
import { Mqtt } from "azure-iot-device-mqtt";

const { ModuleClient, Message } = azure;

const client = ModuleClient.fromConnectionString(process.env.CONNECTION, Mqtt);
await client.setOptions({ ca: readFileSync(process.env.CA, "utf8") });
await client.open();
const sender = openSecuritySender({
  agentId: "0a4c8d0e-6f0b-4a57-9a55-3f6e1d2c7b10",
  agentVersion: "1.0",
  transport: overAzureClient(client, Message),
});
sender.add(
  processCreate({
    Executable: "/usr/bin/curl",
    ProcessId: 4711,
    ParentProcessId: 1,
    UserId: "1000",
    CommandLine: "curl -O https://updates.example/firmware.bin",
  }),
);
await sender.close();
await client.close();
console.log(`${sender.status().sentEvents} event is on the hub's disk.`);
