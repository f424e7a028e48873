import { jsonOf, type Request } from "./bodies.js";
import type { Desk } from "./desk.js";

/** Where service applications call direct methods. */
export function methodRoutes(desk: Desk): void {
  for (const path of ["/twins/:d/methods", "/twins/:d/modules/:m/methods"]) {
    desk.server.post(path, async (request: Request) => {
      desk.callers.service(request, "serviceConnect");
      const { d: deviceId, m: moduleId = "" } = request.params;
      const given: { methodName?: string; payload?: unknown; responseTimeoutInSeconds?: number } = jsonOf(
        request.body,
      );
      const seconds = Math.min(Math.max(given.responseTimeoutInSeconds ?? 30, 5), 300);
      const call = { name: given.methodName ?? "", payload: given.payload, seconds };
      const answer = await desk.twins.invoke({ deviceId, moduleId }, call);
      desk.callers.told(request, "send", { category: "DirectMethods" });
      return answer;
    });
  }
}
