import { jsonOf, type Request } from "./bodies.js";
import type { Desk } from "./desk.js";
import { twinEtagOf, twinJson } from "./wire.js";

/** Where service applications read and change twins. */
export function twinRoutes(desk: Desk): void {
  for (const path of ["/twins/:d", "/twins/:d/modules/:m"]) {
    readRoute(desk, path);
    for (const method of ["PATCH", "PUT"] as const) changeRoute(desk, method, path);
  }
}

function shown({ around: { registry } }: Desk, { params: { d, m = "" } }: Request): object {
  return twinJson(registry.get(d, m), registry.presence(d, m));
}

function readRoute(desk: Desk, path: string): void {
  desk.server.get(path, async (request: Request) => {
    desk.callers.service(request, "serviceConnect");
    return shown(desk, request);
  });
}

function changeRoute(desk: Desk, method: "PATCH" | "PUT", url: string): void {
  const handler = async (request: Request): Promise<object> => {
    desk.callers.service(request, "serviceConnect");
    const { d: deviceId, m: moduleId = "" } = request.params;
    const { tags, properties }: { tags?: object; properties?: { desired?: object } } = jsonOf(request.body);
    const change = {
      replace: method === "PUT",
      ...(tags ? { tags } : {}),
      ...(properties?.desired ? { desired: properties.desired } : {}),
    };
    await desk.twins.change({ deviceId, moduleId }, change, twinEtagOf(request.headers["if-match"] ?? "*"));
    desk.callers.told(request, method === "PUT" ? "replaceTwin" : "updateTwin", {
      category: "C2DTwinOperations",
    });
    return shown(desk, request);
  };
  if (method === "PUT") desk.server.put(url, handler);
  else desk.server.patch(url, handler);
}
