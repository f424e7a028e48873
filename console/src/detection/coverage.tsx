import type { Reply, Routes } from "@picket/api";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { api } from "../shared/api.js";
import { count, counted } from "../shared/format.js";
import { Page } from "../shared/page.js";
import { textOf } from "../shared/search.js";
import { Empty, Loaded } from "../shared/states.js";

type Technique = Reply<Routes["GET /detection/coverage"]>["techniques"][number];

const views = [
  { name: "", label: "All", about: "Every technique that a rule watches for." },
  { name: "awake", label: "Can fire", about: "Devices sent the events that the rules need." },
  { name: "asleep", label: "Waits for events", about: "No device sent the events that the rules need." },
] as const;

/** Which techniques are watched for, by which events, and whether the fleet sends them. */
export function Coverage() {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const view = views.find(({ name }) => name === textOf(search, "view")) ?? views[0];
  const found = useQuery({ queryKey: ["coverage"], queryFn: () => api("GET /detection/coverage") });
  return (
    <Page
      title="Coverage"
      lede="What the rules in force watch for, as MITRE ATT&CK counts it, and whether this fleet's devices send what they need."
    >
      <div className="row">
        {views.map(({ name, label }) => (
          <button
            key={label}
            type="button"
            className="chip"
            aria-pressed={view.name === name}
            onClick={() => void navigate({ to: "/coverage", search: { view: name } })}
          >
            {label}
          </button>
        ))}
        <span className="muted small">{view.about}</span>
      </div>
      <Loaded from={found}>
        {({ techniques }) => (
          <Techniques
            shown={techniques.filter(({ seen }) => view.name === "" || (view.name === "awake") === seen)}
            all={techniques}
          />
        )}
      </Loaded>
    </Page>
  );
}

function Techniques({
  shown,
  all,
}: {
  readonly shown: readonly Technique[];
  readonly all: readonly Technique[];
}) {
  if (shown.length === 0)
    return (
      <Empty title="None">
        {all.length === 0 ? "No rule names a technique." : "That is good news here."}
      </Empty>
    );
  const events = [...new Set(shown.flatMap(({ reads }) => reads))].sort();
  const awake = all.filter(({ seen }) => seen).length;
  return (
    <>
      <p className="muted small">
        {counted(all.length, "technique")} watched for; for {count(awake)} of them the events arrive.
      </p>
      <div className="scroll panel flush" tabIndex={0} role="region" aria-label="Techniques by event">
        <table className="rows coverage">
          <thead>
            <tr>
              <th scope="col">Technique</th>
              <th scope="col" className="number">
                Rules
              </th>
              {events.map((event) => (
                <th key={event} scope="col">
                  {event}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((technique) => (
              <TechniqueRow key={technique.technique} of={technique} events={events} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function TechniqueRow({ of, events }: { readonly of: Technique; readonly events: readonly string[] }) {
  const { technique, rules, reads, seen } = of;
  return (
    <tr>
      <th scope="row">
        <Link to="/rules" search={{ text: technique }}>
          {technique}
        </Link>
      </th>
      <td className="number">{count(rules)}</td>
      {events.map((event) => (
        <td key={event}>
          {reads.includes(event) && (
            <span className="state" data-tone={seen ? "on" : "off"}>
              {seen ? "arrives" : "waits"}
            </span>
          )}
        </td>
      ))}
    </tr>
  );
}
