#!/usr/bin/env node
// Malformed AMQP frames for as long as asked (ten minutes when left out), before and after a good opening, while an honest
// device goes on: memory of the server, and how long the honest device waited.
// node bench/hub/malformed-amqp.mjs [seconds]
import { randomBytes, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import mqtt from "mqtt";
import { certificate, folder, freePort, start } from "./process.mjs";
import { clientsOf } from "./token.mjs";

const [seconds = 600] = process.argv.slice(2).map(Number);
const ATTACKERS = 20;
const tls = certificate();
const ca = readFileSync(tls.cert);
const ports = [await freePort(), await freePort(), await freePort()];
const server = await start("serve-picket.mjs", { ...tls, ports, data: folder("hub"), devices: 1 }, [
  "--expose-gc",
]);
const [honest] = clientsOf(JSON.parse(server.first));

const hex = (text) => Buffer.from(text, "hex");
const frame = (body) => {
  const head = hex("0000000002000000");
  head.writeUInt32BE(body.length + 8, 0);
  return Buffer.concat([head, body]);
};
const pick = (list) => list[randomInt(list.length)];
const plain = hex("414d515000010000");
const sasl = hex("414d515003010000");
const open = frame(hex("005310c00401a10178"));
const begin = frame(hex("005311c009044043524043"));
const shapes = [
  () => open,
  () => begin,
  // An attach to an address, a flow, a transfer, a disposition, a detach: the handles and lists are whatever they are.
  () => frame(Buffer.concat([hex("005312c02a08a1016143"), hex("42"), randomBytes(20)])),
  () => frame(hex("005313c00d0740520052ff5200434343")),
  () => frame(Buffer.concat([hex("005314c00b0543434043"), randomBytes(randomInt(2_000))])),
  () => frame(hex("005315c00e0541437000000000700000ffff41")),
  () => frame(Buffer.concat([hex("005310f0000000"), randomBytes(8), hex("40")])),
  () => frame(Buffer.concat([hex("005310d0"), randomBytes(12)])),
  () => frame(randomBytes(1 + randomInt(400))),
  () => frame(Buffer.alloc(1 + randomInt(60_000))),
  () => Buffer.concat([hex("ffffffff"), randomBytes(40)]),
  () => randomBytes(1 + randomInt(100)),
];

function malformed() {
  const bytes = Buffer.from(pick(shapes)());
  for (let count = randomInt(3); count > 0; count -= 1) bytes[randomInt(bytes.length)] = randomInt(256);
  return randomInt(4) === 0 ? bytes.subarray(0, randomInt(bytes.length) + 1) : bytes;
}

let attempts = 0;
let isOver = false;
async function attack() {
  while (!isOver) {
    attempts += 1;
    await new Promise((resolve) => {
      const socket = connect({ port: ports[2], host: "127.0.0.1", servername: "localhost", ca });
      const timer = setTimeout(() => socket.destroy(), 300 + randomInt(500));
      socket.on("error", () => {});
      socket.on("data", () => {});
      socket.on("close", () => {
        clearTimeout(timer);
        resolve();
      });
      socket.on("secureConnect", () => {
        socket.write(pick([plain, plain, sasl]));
        if (randomInt(3) > 0) socket.write(Buffer.concat([open, begin]));
        for (let count = 1 + randomInt(20); count > 0; count -= 1) socket.write(malformed());
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
const attackers = Array.from({ length: ATTACKERS }, attack);
const waits = [];
const memory = [];
const began = Date.now();
while (Date.now() - began < seconds * 1_000) {
  const sent = performance.now();
  await device.publishAsync(honest.topic, "x", { qos: 1 });
  waits.push(performance.now() - sent);
  if (memory.length * 1_000 < Date.now() - began) {
    const { heapUsed, external } = JSON.parse(await server.ask("gc"));
    memory.push({ rss: server.rssKb() / 1_024, heap: (heapUsed + external) / 1_048_576 });
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
}
isOver = true;
await Promise.all(attackers);
waits.sort((a, b) => a - b);
const mean = (list, name) => list.reduce((sum, each) => sum + each[name], 0) / list.length;
const third = Math.floor(memory.length / 3);
const [early, late] = [memory.slice(third, third * 2), memory.slice(-third)];
const { refusals } = JSON.parse(await server.ask("status"));
console.log(`attempts      ${attempts} connections in ${seconds} s, refused ${JSON.stringify(refusals)}`);
for (const name of ["rss", "heap"])
  console.log(
    `${name.padEnd(13)} ${mean(early, name).toFixed(1)} MB in the second third, ${mean(late, name).toFixed(1)} MB in the last`,
  );
console.log(
  `honest device ${waits.length} messages acknowledged, p50 ${waits[Math.floor(waits.length / 2)].toFixed(1)} ms, longest ${waits.at(-1).toFixed(0)} ms`,
);
await device.endAsync();
await server.stop();
process.exit(0);
