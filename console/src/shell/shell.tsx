import { ApiError } from "@picket/api/client";
import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useSession } from "../shared/api.js";
import { useKeys } from "../shared/keys.js";
import { LiveProvider } from "../shared/live.js";
import { Problem } from "../shared/states.js";
import { Bar } from "./bar.js";
import { HealthStrip } from "./health-strip.js";
import { KeyHelp } from "./key-help.js";
import { Palette } from "./palette.js";
import { Rail } from "./rail.js";

/** Navigation, who is signed in, and how the house is doing, around every screen. */
export function Shell() {
  const session = useSession();
  const navigate = useNavigate();
  const { href } = useLocation();
  const isOut = session.error instanceof ApiError && session.error.status === 401;
  useEffect(() => {
    if (isOut) void navigate({ to: "/sign-in", search: { to: href }, replace: true });
  }, [isOut, navigate, href]);
  if (isOut) return null;
  if (session.error) return <Problem error={session.error} again={() => void session.refetch()} />;
  if (!session.data) return null;
  return (
    <LiveProvider>
      <Frame />
    </LiveProvider>
  );
}

function Frame() {
  const navigate = useNavigate();
  const [open, setOpen] = useState<"palette" | "keys">();
  const go = (to: string) => () => void navigate({ to });
  useKeys({
    "?": () => setOpen("keys"),
    "g o": go("/"),
    "g a": go("/alerts"),
    "g d": go("/devices"),
    "g r": go("/recommendations"),
    "g e": go("/explore"),
    "g h": go("/health"),
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen("palette");
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  const leave = (): void => setOpen(undefined);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Rail />
      <div className="body">
        <Bar onSearch={() => setOpen("palette")} onKeys={() => setOpen("keys")} />
        <HealthStrip />
        <main id="main" className="screen" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Palette isOpen={open === "palette"} leave={leave} />
      <KeyHelp isOpen={open === "keys"} leave={leave} />
    </div>
  );
}
