#!/usr/bin/env node
// Malformed frames for as long as asked (ten minutes when left out), before and after a good CONNECT, over MQTT and HTTPS,
// while an honest device goes on: memory of the server, and how long the honest device waited.
// node bench/hub/malformed.mjs [seconds]
import { randomBytes, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import mqtt from "mqtt";
import packets from "mqtt-packet";
import { certificate, folder, freePort, start } from "./process.mjs";
import { clientsOf } from "./token.mjs";

const [seconds = 600] = process.argv.slice(2).map(Number);
const ATTACKERS = 20;
const tls = certificate();
const ca = readFileSync(tls.cert);
const ports = [await freePort(), await freePort(), await freePort()];
const server = await start(
  "serve-picket.mjs",
  { ...tls, ports, data: folder("hub"), devices: ATTACKERS + 1 },
  ["--expose-gc"],
);
const clients = clientsOf(JSON.parse(server.first));
const honest = clients.pop();
const publish = (topic, size) =>
  packets.generate({
    cmd: "publish",
    topic,
    payload: randomBytes(size),
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  });
const pick = (list) => list[randomInt(list.length)];

/** A good packet of some kind, then broken in one way or several. */
function malformed({ topic }) {
  const bytes = Buffer.from(
    pick([
      () => publish(topic, randomInt(2_000)),
      () => publish(`devices/somebody/messages/events/${randomBytes(20).toString("hex")}`, 10),
      () => publish(`$iothub/twin/PATCH/properties/reported/?$rid=${randomInt(9)}`, randomInt(300)),
      () => publish("$iothub/twin/GET/?$rid=1", 0),
      () =>
        packets.generate({
          cmd: "subscribe",
          messageId: 1,
          subscriptions: [{ topic: "$iothub/twin/res/#", qos: 0 }],
        }),
      () => Buffer.concat([Buffer.from([randomInt(256), 0xff, 0xff, 0xff, randomInt(128)]), randomBytes(50)]),
      () => randomBytes(1 + randomInt(400)),
    ])(),
  );
  for (let count = randomInt(4); count > 0; count -= 1) bytes[randomInt(bytes.length)] = randomInt(256);
  return randomInt(3) === 0 ? bytes.subarray(0, randomInt(bytes.length) + 1) : bytes;
}

let attempts = 0;
let isOver = false;
async function attack(client) {
  while (!isOver) {
    attempts += 1;
    await new Promise((resolve) => {
      const socket = connect({
        port: pick([ports[0], ports[0], ports[0], ports[1]]),
        host: "127.0.0.1",
        servername: "localhost",
        ca,
      });
      const timer = setTimeout(() => socket.destroy(), 300 + randomInt(500));
      socket.on("error", () => {});
      socket.on("data", () => {});
      socket.on("close", () => {
        clearTimeout(timer);
        resolve();
      });
      socket.on("secureConnect", () => {
        const { clientId, username, password } = client;
        if (randomInt(3) > 0)
          socket.write(packets.generate({ cmd: "connect", clientId, username, password, clean: true }));
        for (let count = 1 + randomInt(20); count > 0; count -= 1) socket.write(malformed(client));
        if (randomInt(2) === 0) socket.end();
      });
    });
  }
}

const device = mqtt.connect({
  protocol: "mqtts",
  host: "localhost",
  port: ports[0],
  ca,
  clientId: honest.clientId,
  username: honest.username,
  password: honest.password,
  reconnectPeriod: 0,
});
await new Promise((resolve, reject) => device.once("connect", resolve).once("error", reject));
const attackers = clients.map(attack);
const waits = [];
const memory = [];
const began = Date.now();
while (Date.now() - began < seconds * 1_000) {
  const sent = performance.now();
  await device.publishAsync(honest.topic, "x", { qos: 1 });
  waits.push(performance.now() - sent);
  if (memory.length * 1_000 < Date.now() - began) {
    const { heapUsed, external } = JSON.parse(await server.ask("gc"));
    memory.push({ mb: server.rssKb() / 1_024, heap: (heapUsed + external) / 1_048_576 });
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
}
isOver = true;
await Promise.all(attackers);
waits.sort((a, b) => a - b);
const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;
const third = Math.floor(memory.length / 3);
const [early, late] = [memory.slice(third, third * 2), memory.slice(-third)];
const { refusals } = JSON.parse(await server.ask("status"));
console.log(`attempts      ${attempts} connections in ${seconds} s, refused ${JSON.stringify(refusals)}`);
for (const name of ["mb", "heap"])
  console.log(
    `${name === "mb" ? "memory (RSS) " : "heap         "} ${mean(early.map((each) => each[name])).toFixed(1)} MB in the second third, ${mean(late.map((each) => each[name])).toFixed(1)} MB in the last`,
  );
console.log(
  `honest device ${waits.length} messages acknowledged, p50 ${waits[Math.floor(waits.length / 2)].toFixed(1)} ms, longest ${waits.at(-1).toFixed(0)} ms`,
);
await device.endAsync();
await server.stop();
process.exit(0);
