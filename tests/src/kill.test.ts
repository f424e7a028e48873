import { expect, test } from "vitest";
import { load } from "./load.js";
import { eventually, startPicket } from "./picket.js";

const KILLS = 25;

test(`kill -9 of the server ${KILLS} times under load loses nothing acknowledged and doubles nothing`, {
  timeout: 600_000,
}, async () => {
  let picket = await startPicket();
  const connection = /security module\s+(\S+)/.exec(await picket.run("device", "add", "victim"))?.[1] ?? "";
  const acknowledged = new Set<string>();
  const stop = { now: false };
  const sending = load(picket, connection, stop, acknowledged);
  for (let kill = 0; kill < KILLS; kill += 1) {
    await new Promise((resolve) => setTimeout(resolve, 300 + (kill % 5) * 150));
    await picket.stop("SIGKILL");
    picket = await startPicket({ data: picket.data });
  }
  const before = acknowledged.size;
  await eventually(async () => expect(acknowledged.size).toBeGreaterThan(before), 90_000);
  stop.now = true;
  await sending;
  const rows = await eventually(async () => {
    const found = await picket.kql(
      'SecurityIoTRawEvent | where DeviceId == "victim" | project Id = tostring(parse_json(EventDetails).EventId)',
    );
    expect(found.length).toBeGreaterThanOrEqual(acknowledged.size);
    return found.map(({ Id }) => String(Id));
  });
  const stored = new Set(rows);
  expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
  expect(rows.length).toBe(stored.size);
  await picket.stop();
});
