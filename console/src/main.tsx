import { MantineProvider } from "@mantine/core";
import "@mantine/core/styles.css";
import { QueryClientProvider } from "@tanstack/react-query";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  RouterProvider,
} from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { AlertDetails } from "./alerts/details.js";
import { AlertQueue } from "./alerts/queue.js";
import { Device } from "./devices/device.js";
import { Devices } from "./devices/devices.js";
import { Recommendations } from "./devices/recommendations.js";
import { Overview } from "./overview/overview.js";
import { People, Rejected, Rules } from "./people/people.js";
import { queries } from "./shared/api.js";
import { Empty, Problem } from "./shared/parts.js";
import { Shell } from "./shell/shell.js";
import { SignIn, Welcome } from "./shell/welcome.js";
import "./styles.css";
import { theme } from "./theme.js";

const root = createRootRoute({
  notFoundComponent: () => <Empty title="There is no such screen">The address may be mistyped.</Empty>,
  errorComponent: ({ error }) => (
    <Problem
      error={error instanceof Error ? error : new Error(String(error))}
      again={() => location.reload()}
    />
  ),
});
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const screen = (path: string, component: () => React.ReactNode) =>
  createRoute({ getParentRoute: () => shell, path, component });
const tree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: "/welcome", component: Welcome }),
  createRoute({ getParentRoute: () => root, path: "/sign-in", component: SignIn }),
  shell.addChildren([
    screen("/", Overview),
    screen("/alerts", AlertQueue),
    screen("/alerts/$id", AlertDetails),
    screen("/devices", Devices),
    screen("/devices/$id", Device),
    screen("/recommendations", Recommendations),
    createRoute({
      getParentRoute: () => shell,
      path: "/explore",
      component: lazyRouteComponent(() => import("./explore/explore.js"), "Explore"),
    }),
    screen("/rules", Rules),
    screen("/rejected", Rejected),
    screen("/people", People),
  ]),
]);
const router = createRouter({ routeTree: tree });
const place = document.getElementById("root");

if (place) {
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
