export { ApiError, type Client, type ClientOptions, openClient, pathOf, type RouteKey } from "./client.js";
export { deliveryRoutes } from "./delivery-routes.js";
export { deskRoutes } from "./desk-routes.js";
export { detectionRoutes } from "./detection-routes.js";
export { intelRoutes } from "./intel-routes.js";
export type { Call, Reply, Role, Route } from "./route.js";
export { type Routes, routes } from "./routes.js";
export {
  type AlertStatus,
  alertStatuses,
  type Problem,
  problem,
  type Severity,
  severities,
} from "./shapes.js";
