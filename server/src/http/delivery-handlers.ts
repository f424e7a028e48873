import { type Alert, type DeliveryRoute, printAlert, readRoute, takes } from "@picket/pipeline/deliver";
import { seal } from "../deliver.js";
import { serverErrors } from "../errors.js";
import type { House } from "../house.js";
import type { Handlers } from "./handler.js";

type DeliveryKey = Extract<keyof Handlers, `${string} /deliveries/${string}`>;

const testAlert = (now: string): Alert => ({
  SystemAlertId: `test-${now}`,
  AlertType: "Picket_Test",
  AlertName: "Test",
  DisplayName: "A test of this route",
  AlertSeverity: "Informational",
  Reason: "Somebody asked for a test.",
  Description: "A test.",
  RemediationSteps: "Nothing.",
  Status: "New",
  DeviceId: "none",
  RuleId: "test",
  Tactics: "",
  Techniques: "",
  EventCount: 1,
  StartTime: now,
  EndTime: now,
  ProcessingEndTime: now,
  TimeGenerated: now,
});

const nowOf = (house: House): string => new Date(house.rooms.clock.now()).toISOString();

const shown = ({ secret, ...route }: DeliveryRoute) => ({ ...route, hasSecret: secret !== undefined });

/** Handlers of what is under `/deliveries`. */
export const deliveryHandlers: Pick<Handlers, DeliveryKey> = {
  "GET /deliveries/routes": async (_, { house }) => ({ routes: house.deliveries.routes().map(shown) }),
  "PUT /deliveries/routes/{name}": async ({ params, body }, { house }) => {
    const before = house.deliveries.routes().find(({ name }) => name === params.name);
    const route = readRoute(params.name, { ...body, since: before?.since ?? nowOf(house) });
    const secret = route.secret === undefined ? before?.secret : seal(house.rooms.vault, route.secret);
    await house.deliveries.setRoute({ ...route, ...(secret === undefined ? {} : { secret }) });
  },
  "DELETE /deliveries/routes/{name}": async ({ params }, { house }) =>
    house.deliveries.removeRoute(params.name),
  "POST /deliveries/preview": async ({ body }, { house }) => {
    const route = readRoute("preview", { ...body });
    const { rows } = await house.rooms.analysis.alerts({ limit: 500 });
    const taken = rows.filter((alert) => takes(route, alert));
    const [newest] = taken;
    return {
      takes: taken.length,
      of: rows.length,
      ...(newest ? { printed: printAlert(newest, route.kind === "email" ? "text" : route.format) } : {}),
    };
  },
  "POST /deliveries/routes/{name}/test": async ({ params }, { house }) => {
    const route = house.deliveries.routes().find(({ name }) => name === params.name);
    if (!route) throw serverErrors.notFound({ what: `The route ${params.name}` });
    try {
      await house.deliveries.test(route, testAlert(nowOf(house)));
      return { isDelivered: true };
    } catch (error) {
      return {
        isDelivered: false,
        problem: (error instanceof Error ? error.message : String(error)).slice(0, 500),
      };
    }
  },
  "GET /deliveries/log": async ({ query }, { house }) => ({
    deliveries: house.deliveries
      .log(query.limit ?? 200)
      .map(({ alert, since, nextAt, doneAt, ...delivery }) => ({
        ...delivery,
        since: new Date(since).toISOString(),
        ...(delivery.state === "waiting" ? { nextAt: new Date(nextAt).toISOString() } : {}),
        ...(doneAt === undefined ? {} : { doneAt: new Date(doneAt).toISOString() }),
        alertId: alert.SystemAlertId ?? "",
        title: (alert.DisplayName ?? "").slice(0, 500),
      })),
  }),
  "POST /deliveries/retry": async ({ body }, { house }) => {
    if (!(await house.deliveries.retry(body.id)))
      throw serverErrors.notFound({ what: `The delivery ${body.id}` });
  },
};
