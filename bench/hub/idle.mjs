#!/usr/bin/env node
// Idle TLS connections: memory of the server for each, and how soon a change of desired properties reaches them all.
// node --expose-gc is not needed here; the server is started with it. node bench/hub/idle.mjs [connections]
import { certificate, folder, freePort, start } from "./process.mjs";
import { clientsOf } from "./token.mjs";

const [count = 10_000] = process.argv.slice(2).map(Number);
const tls = certificate();
const ports = [await freePort(), await freePort(), await freePort()];
const server = await start("serve-picket.mjs", { ...tls, ports, data: folder("hub"), devices: count }, [
  "--expose-gc",
]);
const clients = clientsOf(JSON.parse(server.first));
await server.ask("gc");
await server.ask("gc");
const empty = server.rssKb();
const subscribe = "$iothub/twin/PATCH/properties/desired/#";
const share = Math.ceil(count / 2);
const fleets = [];
const began = performance.now();
const usage = server.cpu();
for (let from = 0; from < count; from += share)
  fleets.push(
    await start("fleet.mjs", {
      port: ports[0],
      ca: tls.cert,
      clients: clients.slice(from, from + share),
      atOnce: 50,
      subscribe,
    }),
  );
await Promise.all(fleets.map((fleet) => fleet.ask("connect")));
const connectMs = performance.now() - began;
const cpuMs = ((server.cpu() - usage) * 1_000) / count;
await new Promise((resolve) => setTimeout(resolve, 3_000));
await server.ask("gc");
await server.ask("gc");
const { connections } = JSON.parse(await server.ask("status"));
const each = (server.rssKb() - empty) / connections;
console.log(
  `connected     ${connections} in ${(connectMs / 1_000).toFixed(1)} s, ${cpuMs.toFixed(2)} ms of server CPU each`,
);
console.log(`memory        ${each.toFixed(1)} KB each (server ${(server.rssKb() / 1024).toFixed(0)} MB)`);
const pushed = performance.now();
await server.ask("push");
for (;;) {
  const states = await Promise.all(fleets.map(async (fleet) => JSON.parse(await fleet.ask("status"))));
  const reached = states.reduce((sum, state) => sum + state.pushed, 0);
  const seconds = (performance.now() - pushed) / 1_000;
  if (reached >= connections || seconds > 30) {
    console.log(`desired push  ${reached} of ${connections} reached in ${seconds.toFixed(1)} s`);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
}
await Promise.all(fleets.map((fleet) => fleet.stop()));
await server.stop();
process.exit(0);
