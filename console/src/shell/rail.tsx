import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { Fragment } from "react";
import { api, useMay, useSession } from "../shared/api.js";
import { count } from "../shared/format.js";
import { parts, screens } from "./screens.js";

/** The way to every screen. */
export function Rail() {
  const isAdmin = useMay("admin");
  const { data: session } = useSession();
  const shown = screens.filter((screen) => !("role" in screen) || isAdmin);
  return (
    <nav className="rail" aria-label="Screens">
      <Link to="/" className="brand">
        <img src="/picket.svg" alt="" width="24" height="24" />
        <span className="label">Picket</span>
      </Link>
      {parts.map(({ part, title }) => {
        const some = shown.filter((screen) => screen.part === part);
        return (
          <Fragment key={part}>
            {title !== "" && some.length > 0 && <h2>{title}</h2>}
            {some.map((screen) => (
              <Entry key={screen.to} screen={screen} />
            ))}
          </Fragment>
        );
      })}
      <p className="foot">
        {session?.server.hubHostName}
        <br />
        Version {session?.server.version}
      </p>
    </nav>
  );
}

function Entry({ screen: { to, label, icon: Icon } }: { readonly screen: (typeof screens)[number] }) {
  const { pathname } = useLocation();
  const isHere = to === "/" ? pathname === "/" : pathname === to || pathname.startsWith(`${to}/`);
  return (
    <Link to={to} aria-current={isHere ? "page" : undefined}>
      <Icon size={18} stroke={1.7} aria-hidden="true" />
      <span className="label">{label}</span>
      {to === "/alerts" && <NewAlerts />}
    </Link>
  );
}

/** How many alerts nobody has looked at. */
function NewAlerts() {
  const { data } = useQuery({
    queryKey: ["alerts", "new"],
    queryFn: () => api("GET /alerts", { query: { status: ["New"], limit: 1 } }),
    refetchInterval: 30_000,
  });
  if (!data?.total) return null;
  return (
    <span className="tally">
      {count(data.total)}
      <span className="hidden"> new</span>
    </span>
  );
}
