#!/usr/bin/env node
// QoS 1 publishes over TLS from 50 connections: CPU per message of the server, ours with durable acknowledgement beside
// Mosquitto (which acknowledges from memory) and aedes with the same group commit, interleaved in one run.
// node bench/hub/publish.mjs [rounds] [milliseconds]
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { certificate, folder, freePort, start, watch } from "./process.mjs";
import { clientsOf } from "./token.mjs";

const [rounds = 3, runMs = 3_000] = process.argv.slice(2).map(Number);
const CONNECTIONS = 50;
const IN_FLIGHT = 16;
const tls = certificate();

async function picket() {
  const ports = [await freePort(), await freePort(), await freePort()];
  const server = await start("serve-picket.mjs", {
    ...tls,
    ports,
    data: folder("hub"),
    devices: CONNECTIONS,
  });
  const clients = clientsOf(JSON.parse(server.first));
  return { ...server, port: ports[0], clients };
}

const plain = Array.from({ length: CONNECTIONS }, (_, index) => ({
  clientId: `load-${index}`,
  topic: `devices/load-${index}/messages/events/`,
}));

async function aedes() {
  const ports = [await freePort()];
  return {
    ...(await start("serve-aedes.mjs", { ...tls, ports, data: folder("aedes") })),
    port: ports[0],
    clients: plain,
  };
}

async function mosquitto() {
  const port = await freePort();
  const config = `${folder("mosquitto")}/mosquitto.conf`;
  const lines = [
    `listener ${port} 127.0.0.1`,
    `certfile ${tls.cert}`,
    `keyfile ${tls.key}`,
    "allow_anonymous true",
    "persistence false",
    "log_type error",
    "user root",
  ];
  writeFileSync(config, lines.join("\n"));
  const child = spawn("/usr/sbin/mosquitto", ["-c", config], { stdio: "inherit" });
  for (let tries = 0; tries < 50; tries += 1) {
    const isUp = await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
    if (isUp) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { ...watch(child), port, clients: plain };
}

async function measure(open, bytes) {
  const server = await open();
  const { port, clients } = server;
  const warmMs = 1_500;
  const load = await start("load.mjs", {
    port,
    ca: tls.cert,
    clients,
    bytes,
    inFlight: IN_FLIGHT,
    warmMs,
    runMs,
  });
  const before = server.cpu();
  const acknowledged = Number(await load.line());
  const used = server.cpu() - before;
  await server.stop();
  return { cost: (used / acknowledged) * 1e6, perSecond: (acknowledged / runMs) * 1_000 };
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const servers = { picket, mosquitto, aedes };
for (const bytes of [1_024, 16_384]) {
  const results = { picket: [], mosquitto: [], aedes: [] };
  for (let round = 0; round < rounds; round += 1)
    for (const [name, open] of Object.entries(servers)) results[name].push(await measure(open, bytes));
  const costs = {};
  for (const [name, list] of Object.entries(results)) {
    costs[name] = median(list.map(({ cost }) => cost));
    const all = list.map(({ cost }) => cost.toFixed(1)).join(" ");
    const speed = Math.round(median(list.map(({ perSecond }) => perSecond)));
    console.log(
      `${bytes / 1024} KB  ${name.padEnd(9)} ${costs[name].toFixed(1)} µs CPU per message (${all}), ${speed} messages/s`,
    );
  }
  const against = (name) => `${(costs[name] / costs.picket).toFixed(2)}x ${name}`;
  console.log(`${bytes / 1024} KB  picket is ${against("mosquitto")}, ${against("aedes")}`);
}
process.exit(0);
