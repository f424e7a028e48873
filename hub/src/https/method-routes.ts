import { isKnown } from "@picket/kit";
import type { OperationCause } from "@picket/schema";
import { hubErrors } from "../errors.js";
import { jsonOf, type Request } from "./bodies.js";
import type { Desk } from "./desk.js";

const MOST_BYTES = 131_072;

interface Given {
  readonly methodName?: unknown;
  readonly payload?: unknown;
  readonly responseTimeoutInSeconds?: unknown;
  readonly connectTimeoutInSeconds?: unknown;
}

/** Where service applications call direct methods. */
export function methodRoutes(desk: Desk): void {
  for (const path of ["/twins/:d/methods", "/twins/:d/modules/:m/methods"]) {
    desk.server.post(path, async (request: Request) => {
      desk.callers.service(request, "serviceConnect");
      const { d: deviceId, m: moduleId = "" } = request.params;
      const began = performance.now();
      const told = (cause: OperationCause, resultDescription: string): void => {
        const durationMs = Math.round(performance.now() - began);
        desk.callers.told(request, "send", {
          category: "DirectMethods",
          cause,
          resultDescription,
          durationMs,
        });
      };
      try {
        await desk.around.throttles.pass(
          "methods",
          deviceId,
          Buffer.isBuffer(request.body) ? request.body.length : 0,
        );
        const answer = await desk.twins.invoke({ deviceId, moduleId }, callOf(request));
        told("", "");
        return answer;
      } catch (error) {
        if (isKnown(error)) told(causes[error.code] ?? "other", error.message);
        throw error;
      }
    });
  }
}

const causes: Readonly<Record<string, OperationCause>> = {
  HUB_DEVICE_NOT_ONLINE: "notOnline",
  HUB_GATEWAY_TIMEOUT: "timeout",
  HUB_DEVICE_NOT_FOUND: "unknownDevice",
  HUB_ARGUMENT_INVALID: "invalidRequest",
  HUB_THROTTLED: "throttled",
};

function callOf({ body }: Request) {
  if (Buffer.isBuffer(body) && body.length > MOST_BYTES)
    throw hubErrors.argumentInvalid({ what: "The payload", why: "it has more than 128 KB" });
  const given: Given = jsonOf(body);
  return {
    name: String(given.methodName ?? ""),
    payload: given.payload,
    seconds: secondsOf("responseTimeoutInSeconds", given.responseTimeoutInSeconds ?? 30, [5, 300]),
    connectSeconds: secondsOf("connectTimeoutInSeconds", given.connectTimeoutInSeconds ?? 0, [0, 300]),
  };
}

function secondsOf(what: string, given: unknown, [least, most]: readonly [number, number]): number {
  if (typeof given === "number" && given >= least && given <= most) return given;
  throw hubErrors.argumentInvalid({ what, why: `it must be ${least} to ${most} seconds` });
}
