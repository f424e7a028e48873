import { join } from "node:path";
import type { Vault } from "@picket/hub";
import { Deliveries } from "@picket/pipeline/deliver";
import type { House } from "./house.js";

/** Seals a route's secret for the store. */
export const seal = (vault: Vault, secret: string): string =>
  Buffer.from(vault.seal(Buffer.from(secret))).toString("base64");

/** Opens delivery: new and changed alerts are offered as they reach the tables. */
export function openDeliveries(house: House): Deliveries {
  const { store, clock, metrics, config, vault, changes } = house.rooms;
  const deliveries = new Deliveries({
    store,
    clock,
    recorder: metrics,
    directory: join(config.data, "deliveries"),
    hostName: config.hostName,
    unseal: ({ secret, ...route }) =>
      secret === undefined
        ? route
        : { ...route, secret: Buffer.from(vault.open(Buffer.from(secret, "base64"))).toString() },
  });
  changes.on("changes", ({ alerts }) => {
    if (alerts.length > 0)
      void deliveries
        .offer(alerts)
        .catch((error: unknown) =>
          metrics.log("error", "Alerts could not be queued for delivery.", { error: String(error) }),
        );
  });
  return deliveries;
}

/** Offers the alerts of the last day again: those that reached the tables when the server was killed were not queued. */
export async function catchUp(house: House): Promise<void> {
  const from = new Date(house.rooms.clock.now() - 86_400_000).toISOString();
  let cursor: string | undefined;
  do {
    const page = await house.rooms.analysis.alerts({
      from,
      limit: 500,
      ...(cursor === undefined ? {} : { cursor }),
    });
    await house.deliveries.offer(page.rows);
    cursor = page.next;
  } while (cursor !== undefined);
}
