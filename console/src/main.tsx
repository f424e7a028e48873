import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { openRouter } from "./routes.js";
import { openQueries } from "./shared/api.js";
import { ClockProvider } from "./shared/clock.js";
import { ToastProvider } from "./shared/toast.js";
import "./styles/mantine.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/charts.css";
import { theme } from "./theme.js";

const RELOADED = "picket-reloaded";
const place = document.getElementById("root");

// The server was upgraded under an open page: the screen it asks for is in the new version's files. Once, or a broken
// installation would reload for ever.
window.addEventListener("vite:preloadError", (event) => {
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - last < 60_000) return;
  event.preventDefault();
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
});

if (place) {
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <QueryClientProvider client={openQueries()}>
          <ClockProvider>
            <ToastProvider>
              <RouterProvider router={openRouter()} />
            </ToastProvider>
          </ClockProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
