import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../shared/api.js";

const BEAT_MS = 10_000;

/** How the house is doing, asked every few seconds. */
export const useHealth = () =>
  useQuery({ queryKey: ["health"], queryFn: () => api("GET /health"), refetchInterval: BEAT_MS });

/** The worst of what needs a person about the house itself, quietly, on every screen. */
export function HealthStrip() {
  const { data, error } = useHealth();
  if (error)
    return (
      <div className="strip" data-level="error" role="alert">
        <span>
          <strong>The server does not answer.</strong> What you see is what it said last; it is asked again
          every ten seconds.
        </span>
      </div>
    );
  const [first, ...more] = data?.notices ?? [];
  if (!first) return null;
  return (
    <section className="strip" data-level={first.level} aria-label="Health of the server">
      <span>
        <strong>{first.level === "error" ? "Needs you now. " : "Note. "}</strong>
        {first.message}
      </span>
      <Link to={first.link ?? "/health"}>Look</Link>
      {more.length > 0 && <Link to="/health">{more.length} more</Link>}
    </section>
  );
}
