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

const place = document.getElementById("root");

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
