import type { Reply, Routes } from "@picket/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { api } from "../shared/api.js";
import { When } from "../shared/clock.js";
import { count, counted } from "../shared/format.js";
import { Page } from "../shared/page.js";
import { textOf, wordOf } from "../shared/search.js";
import { Severity, severities } from "../shared/severity.js";
import { Empty, Loaded } from "../shared/states.js";

type Found = Reply<Routes["GET /recommendations"]>;
type Row = Found["recommendations"][number];
type Summary = Found["summary"][number];

const states = ["Active", "Resolved"] as const;
const PAGE = 200;

const rank = ({ severity }: Summary): number => {
  const place = severities.map(String).indexOf(severity);
  return place < 0 ? severities.length : place;
};

/** What should be better, worst and most widespread first, with the evidence of each device. */
export function Recommendations() {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const device = textOf(search, "device");
  const opened = textOf(search, "name");
  const state = wordOf(search, "state", states) ?? "Active";
  const found = useQuery({
    queryKey: ["recommendations", "summary", device],
    queryFn: () =>
      api("GET /recommendations", { query: { limit: 500, ...(device ? { deviceId: device } : {}) } }),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
  const show = (next: Record<string, string>): void =>
    void navigate({ to: "/recommendations", search: { device, name: opened, state, ...next } });
  return (
    <Page
      title="Recommendations"
      lede="What should be better, by how bad it is and how many devices have it. A recommendation resolves by itself when the device's next report shows that it was mended."
    >
      <div className="row">
        {states.map((each) => (
          <button
            key={each}
            type="button"
            className="chip"
            aria-pressed={state === each}
            onClick={() => show({ state: each, name: "" })}
          >
            {each === "Active" ? "To mend" : "Resolved"}
          </button>
        ))}
        {device && (
          <button type="button" className="chip" onClick={() => show({ device: "" })}>
            Only {device}; show all
          </button>
        )}
      </div>
      <Loaded from={found}>
        {(data) => (
          <Groups
            groups={groupsOf(data, device, state)}
            device={device}
            state={state}
            opened={opened}
            show={show}
          />
        )}
      </Loaded>
    </Page>
  );
}

/** For one device its own rows are counted; the server's summary is of the whole fleet. */
function groupsOf(
  { summary, recommendations }: Found,
  device: string,
  state: (typeof states)[number],
): readonly Summary[] {
  const amount = (each: Summary): number => (state === "Active" ? each.active : each.resolved);
  const own = (each: Summary, wanted: string): number =>
    recommendations.filter(
      (row) => row.RecommendationName === each.name && row.RecommendationState === wanted,
    ).length;
  const counts = device
    ? summary.map((each) => ({ ...each, active: own(each, "Active"), resolved: own(each, "Resolved") }))
    : summary;
  return counts.filter((each) => amount(each) > 0).sort((a, b) => rank(a) - rank(b) || amount(b) - amount(a));
}

interface GroupsProps {
  readonly groups: readonly Summary[];
  readonly device: string;
  readonly state: (typeof states)[number];
  readonly opened: string;
  readonly show: (next: Record<string, string>) => void;
}

function Groups({ groups, device, state, opened, show }: GroupsProps) {
  if (groups.length === 0)
    return state === "Active" ? (
      <Empty title="Nothing to mend">
        Recommendations come from what devices report about their ports, users, firewall and baseline. If none
        is connected yet, <Link to="/devices">connect one</Link>.
      </Empty>
    ) : (
      <Empty title="Nothing was resolved yet">What devices mend stands here afterwards, with the day.</Empty>
    );
  const at = groups.some(({ name }) => name === opened) ? opened : (groups[0]?.name ?? "");
  return (
    <div className="stack">
      {groups.map((group) => (
        <section key={group.name} className="panel flush" aria-label={group.displayName}>
          <button
            type="button"
            className="group-head"
            aria-expanded={group.name === at}
            onClick={() => show({ name: group.name })}
          >
            <span style={{ width: 92 }}>
              <Severity of={group.severity} />
            </span>
            <strong>{group.displayName}</strong>
            <span className="muted">
              {counted(state === "Active" ? group.active : group.resolved, "device")}
              {state === "Active" && group.resolved > 0 ? `, ${count(group.resolved)} mended` : ""}
            </span>
          </button>
          {group.name === at && <Affected name={group.name} device={device} state={state} />}
        </section>
      ))}
    </div>
  );
}

interface AffectedProps {
  readonly name: string;
  readonly device: string;
  readonly state: (typeof states)[number];
}

function Affected({ name, device, state }: AffectedProps) {
  const found = useQuery({
    queryKey: ["recommendations", name, device, state],
    queryFn: () =>
      api("GET /recommendations", {
        query: { name, state, limit: PAGE, ...(device ? { deviceId: device } : {}) },
      }),
  });
  return (
    <Loaded from={found}>
      {({ recommendations, total }) => (
        <div style={{ padding: "0 16px 12px" }}>
          {recommendations[0]?.RemediationSteps && (
            <p
              className="why"
              style={{ background: "var(--panel-2)", boxShadow: "none", fontSize: 14, marginBottom: 8 }}
            >
              <strong>How to mend it. </strong>
              {recommendations[0].RemediationSteps}
            </p>
          )}
          <div
            className="scroll"
            tabIndex={0}
            role="region"
            aria-label="Devices affected"
            style={{ maxHeight: 520 }}
          >
            <AffectedTable rows={recommendations} />
          </div>
          {total > recommendations.length && (
            <p className="muted small">
              The first {count(recommendations.length)} of {count(total)}.{" "}
              <Link
                to="/explore"
                search={{
                  query: `SecurityRecommendation\n| where RecommendationName == "${name}" and RecommendationState == "${state}"`,
                  run: "1",
                }}
              >
                All in the explorer
              </Link>
            </p>
          )}
        </div>
      )}
    </Loaded>
  );
}

function AffectedTable({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <table className="rows top">
      <thead>
        <tr>
          <th scope="col">Device</th>
          <th scope="col">What was found</th>
          <th scope="col">Found</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.RecommendationId}>
            <td>
              <Link to={`/devices/${encodeURIComponent(row.DeviceId ?? "")}`}>
                {row.DeviceId || "the hub"}
              </Link>
            </td>
            <td>
              {row.Description}
              <Evidence of={row.RecommendationAdditionalData} />
            </td>
            <td className="muted nowrap">
              <When at={row.DiscoveredTimeUTC} />
            </td>
            <td className="nowrap">
              {row.RecommendationState === "Resolved" ? (
                <>
                  Resolved <When at={row.ResolvedTimeUTC ?? row.StatusChangeDate} />
                </>
              ) : (
                row.RecommendationState
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Evidence({ of }: { readonly of: unknown }) {
  if (typeof of !== "object" || of === null) return null;
  return (
    <details>
      <summary className="muted small">Evidence</summary>
      <pre className="command scroll" tabIndex={0}>
        {JSON.stringify(of, null, 2)}
      </pre>
    </details>
  );
}
