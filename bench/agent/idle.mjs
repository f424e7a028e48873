#!/usr/bin/env node
// What an agent costs that has nothing to do: start to first message, memory, processor time, bytes on the wire.
// node bench/agent/idle.mjs [seconds]
import { startPicket } from "../picket.mjs";
import { sleep, startAgent } from "./agent.mjs";

const [seconds = 60] = process.argv.slice(2).map(Number);
const picket = await startPicket();
const agent = await startAgent(picket, { options: process.env.LOW_LATENCY ? ["--low-latency"] : [] });
try {
  let firstMs;
  for (let tries = 0; tries < 200 && firstMs === undefined; tries += 1) {
    await sleep(0.05);
    const [{ Rows }] = await picket.kql(
      `SecurityIoTRawEvent | where DeviceId == "${agent.id}" | summarize Rows = count()`,
    );
    if (Rows > 0) firstMs = performance.now() - agent.startedAt;
  }
  await sleep(8);
  const before = { cpu: agent.cpuSeconds(), sent: agent.proxy.counts.sent };
  await sleep(seconds);
  const cpu = ((agent.cpuSeconds() - before.cpu) / seconds) * 100;
  const sent = ((agent.proxy.counts.sent - before.sent) / seconds) * 60;
  console.log(`first     ${Math.round(firstMs)} ms from start to a row that can be queried`);
  console.log(
    `memory    ${agent.rssMb().toFixed(1)} MB resident, ${agent.dirtyMb().toFixed(1)} MB of it private and dirty, peak ${agent.peakMb().toFixed(1)} MB`,
  );
  console.log(
    `idle      ${cpu.toFixed(2)} % of a core, ${Math.round(sent)} bytes a minute sent, over ${seconds} s`,
  );
  if (process.env.LOG) console.log(agent.log());
} finally {
  await agent.stop();
  await picket.stop();
}
process.exit(0);
