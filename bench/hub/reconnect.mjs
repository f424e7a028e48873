#!/usr/bin/env node
// The server is killed while devices send, and started again: how soon all are back, and whether a message that was
// acknowledged is missing. node bench/hub/reconnect.mjs [devices]
import { certificate, folder, freePort, start } from "./process.mjs";
import { clientsOf } from "./token.mjs";

const [count = 5_000] = process.argv.slice(2).map(Number);
const tls = certificate();
const ports = [await freePort(), await freePort(), await freePort()];
const options = { ...tls, ports, data: folder("hub"), devices: count };
const first = await start("serve-picket.mjs", options);
const clients = clientsOf(JSON.parse(first.first));
const share = Math.ceil(count / 2);
const fleets = [];
for (let from = 0; from < count; from += share)
  fleets.push(
    await start("fleet.mjs", {
      port: ports[0],
      ca: tls.cert,
      clients: clients.slice(from, from + share),
      atOnce: 100,
    }),
  );
const all = async (what) =>
  (await Promise.all(fleets.map((fleet) => fleet.ask(what)))).map((line) => JSON.parse(line));
await all("connect");
await all("send");
// Killed in the middle of the answers.
for (let answered = 0; answered < count / 4; )
  answered = (await all("status")).reduce((sum, state) => sum + state.acknowledged, 0);
first.child.kill("SIGKILL");
await new Promise((resolve) => first.child.once("close", resolve));
await new Promise((resolve) => setTimeout(resolve, 500));
const acknowledged = (await all("status")).reduce((sum, state) => sum + state.acknowledged, 0);
const began = performance.now();
const second = await start("serve-picket.mjs", options);
const ready = performance.now();
const usage = second.cpu();
const states = await all("connect");
const connected = states.reduce((sum, state) => sum + state.connected, 0);
const seconds = (performance.now() - ready) / 1_000;
const { messages } = JSON.parse(await second.ask("count"));
console.log(`restart       ${((ready - began) / 1_000).toFixed(1)} s to ready`);
console.log(
  `back          ${connected} of ${count} in ${seconds.toFixed(1)} s, ${(((second.cpu() - usage) * 1_000) / count).toFixed(2)} ms of server CPU each`,
);
console.log(
  `messages      ${acknowledged} acknowledged before the kill, ${messages} in the stream, ${Math.max(0, acknowledged - messages)} lost`,
);
await Promise.all(fleets.map((fleet) => fleet.stop()));
await second.stop();
process.exit(0);
