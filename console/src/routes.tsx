import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { parseSearch, stringifySearch } from "./shared/search.js";
import { Problem } from "./shared/states.js";
import { Shell } from "./shell/shell.js";

const root = createRootRoute({
  notFoundComponent: () => (
    <main className="lost">
      <h1>There is no such screen</h1>
      <p className="prose">
        The address may be mistyped, or what it named is gone. <a href="/">Go to the overview</a>.
      </p>
    </main>
  ),
});
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const gate = () => import("./shell/gate.js");

/** A screen inside the shell, loaded when it is first opened. */
const screen = (path: string, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => shell, path, component });

const tree = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: "/welcome",
    component: lazyRouteComponent(gate, "Welcome"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sign-in",
    component: lazyRouteComponent(gate, "SignIn"),
  }),
  shell.addChildren([
    screen(
      "/",
      lazyRouteComponent(() => import("./overview/overview.js"), "Overview"),
    ),
    screen(
      "/alerts",
      lazyRouteComponent(() => import("./alerts/queue.js"), "AlertQueue"),
    ),
    screen(
      "/alerts/$id",
      lazyRouteComponent(() => import("./alerts/details.js"), "AlertDetails"),
    ),
    screen(
      "/devices",
      lazyRouteComponent(() => import("./devices/devices.js"), "Devices"),
    ),
    screen(
      "/devices/$id",
      lazyRouteComponent(() => import("./devices/device.js"), "Device"),
    ),
    screen(
      "/recommendations",
      lazyRouteComponent(() => import("./recommendations/recommendations.js"), "Recommendations"),
    ),
    screen(
      "/explore",
      lazyRouteComponent(() => import("./explore/explore.js"), "Explore"),
    ),
    screen(
      "/rules",
      lazyRouteComponent(() => import("./detection/rules.js"), "Rules"),
    ),
    screen(
      "/custom-alerts",
      lazyRouteComponent(() => import("./detection/custom-alerts.js"), "CustomAlerts"),
    ),
    screen(
      "/packs",
      lazyRouteComponent(() => import("./detection/packs.js"), "Packs"),
    ),
    screen(
      "/intel",
      lazyRouteComponent(() => import("./detection/intel.js"), "Intel"),
    ),
    screen(
      "/quiet",
      lazyRouteComponent(() => import("./detection/quiet.js"), "Quiet"),
    ),
    screen(
      "/coverage",
      lazyRouteComponent(() => import("./detection/coverage.js"), "Coverage"),
    ),
    screen(
      "/hub",
      lazyRouteComponent(() => import("./hub/hub.js"), "Hub"),
    ),
    screen(
      "/rejected",
      lazyRouteComponent(() => import("./health/rejected.js"), "Rejected"),
    ),
    screen(
      "/health",
      lazyRouteComponent(() => import("./health/health.js"), "Health"),
    ),
    screen(
      "/people",
      lazyRouteComponent(() => import("./people/people.js"), "People"),
    ),
    screen(
      "/audit",
      lazyRouteComponent(() => import("./people/audit.js"), "Audit"),
    ),
  ]),
]);

/** The way from addresses to screens. */
export const openRouter = () =>
  createRouter({
    routeTree: tree,
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultErrorComponent: ({ error, reset }) => (
      <Problem error={error instanceof Error ? error : new Error(String(error))} again={reset} />
    ),
  });
