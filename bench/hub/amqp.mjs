#!/usr/bin/env node
// Messages over AMQP from 10 connections with durable acceptance, then all of them read back through the Event Hub-compatible
// endpoint: CPU of the server per message and messages per second. One client process; its share of a core bounds the speed.
// node bench/hub/amqp.mjs [milliseconds] [bytes]
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import rhea from "rhea";
import { certificate, folder, freePort, start } from "./process.mjs";
import { clientsOf } from "./token.mjs";

const [runMs = 5_000, bytes = 1_024] = process.argv.slice(2).map(Number);
const CONNECTIONS = 10;
const tls = certificate();
const ca = readFileSync(tls.cert);
const ports = [await freePort(), await freePort(), await freePort()];
const server = await start("serve-picket.mjs", { ...tls, ports, data: folder("hub"), devices: CONNECTIONS });
const clients = clientsOf(JSON.parse(server.first));

const connect = () =>
  rhea.create_container().connect({
    host: "localhost",
    port: ports[2],
    transport: "tls",
    ca,
    username: "anyone",
    reconnect: false,
  });

const put = (connection, audience, token) =>
  new Promise((resolve, reject) => {
    const receiver = connection.open_receiver({ source: "$cbs" });
    const sender = connection.open_sender({ target: "$cbs" });
    receiver.once("message", ({ message }) => {
      const code = message.application_properties["status-code"];
      if (code === 200) resolve();
      else reject(new Error(message.application_properties["status-description"]));
    });
    sender.once("sendable", () =>
      sender.send({
        body: token,
        message_id: "1",
        reply_to: "cbs",
        application_properties: {
          operation: "put-token",
          type: "servicebus.windows.net:sastoken",
          name: audience,
        },
      }),
    );
  });

let accepted = 0;
let isOver = false;
const body = rhea.message.data_section(Buffer.alloc(bytes, 120));
const senders = [];
for (const { clientId, password } of clients) {
  const connection = connect();
  await put(connection, encodeURIComponent(`localhost/devices/${clientId}`), password);
  const sender = connection.open_sender({ target: `/devices/${clientId}/messages/events` });
  const send = () => {
    while (!isOver && sender.sendable()) sender.send({ body, application_properties: { unit: "C" } });
  };
  sender.on("accepted", () => {
    accepted += 1;
  });
  sender.on("sendable", send);
  senders.push(sender);
}
await new Promise((resolve) => setTimeout(resolve, 1_500));
const [before, from] = [server.cpu(), accepted];
await new Promise((resolve) => setTimeout(resolve, runMs));
const [used, count] = [server.cpu() - before, accepted - from];
isOver = true;
console.log(
  `in   ${bytes} B  ${((used / count) * 1e6).toFixed(1)} µs CPU per message, ${Math.round((count / runMs) * 1_000)} messages/s`,
);
await new Promise((resolve) => setTimeout(resolve, 1_000));
for (const { connection } of senders) connection.close();

const { primaryKey } = JSON.parse(await server.ask("policies")).find(({ name }) => name === "service");
const resource = encodeURIComponent("sb://localhost/load");
const expiry = Math.floor(Date.now() / 1_000) + 3_600;
const signature = createHmac("sha256", primaryKey).update(`${resource}\n${expiry}`).digest("base64");
const reader = connect();
await put(
  reader,
  "sb://localhost/load",
  `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=service`,
);
const all = accepted;
let read = 0;
const [beforeRead, started] = [server.cpu(), performance.now()];
await new Promise((resolve) => {
  for (let partition = 0; partition < 4; partition += 1)
    reader
      .open_receiver({
        source: `load/ConsumerGroups/$Default/Partitions/${partition}`,
        credit_window: 1_000,
      })
      .on("message", () => {
        read += 1;
        if (read >= all) resolve();
      });
});
const seconds = (performance.now() - started) / 1_000;
console.log(
  `out  ${bytes} B  ${(((server.cpu() - beforeRead) / read) * 1e6).toFixed(1)} µs CPU per message, ${Math.round(read / seconds)} messages/s, all ${read} read`,
);
await server.stop();
process.exit(0);
