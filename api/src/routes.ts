import { alertRoutes } from "./alert-routes.js";
import { deliveryRoutes } from "./delivery-routes.js";
import { deskRoutes } from "./desk-routes.js";
import { detectionRoutes } from "./detection-routes.js";
import { deviceRoutes } from "./device-routes.js";
import { hubRoutes } from "./hub-routes.js";
import { intelRoutes } from "./intel-routes.js";
import { queryRoutes } from "./query-routes.js";
import { sessionRoutes } from "./session-routes.js";
import { workspaceRoutes } from "./workspace-routes.js";

/** Every route of the API, below `/api/v1`. */
export const routes = {
  ...sessionRoutes,
  ...alertRoutes,
  ...deviceRoutes,
  ...detectionRoutes,
  ...queryRoutes,
  ...intelRoutes,
  ...deskRoutes,
  ...deliveryRoutes,
  ...hubRoutes,
  ...workspaceRoutes,
};

/** Every route of the API by its key. */
export type Routes = typeof routes;
