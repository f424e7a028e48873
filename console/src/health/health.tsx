import type { Reply, Routes } from "@picket/api";
import { Link } from "@tanstack/react-router";
import { When } from "../shared/clock.js";
import { bytes, count, lasting } from "../shared/format.js";
import { Facts, Page, Panel } from "../shared/page.js";
import { Loaded } from "../shared/states.js";
import { useHealth } from "../shell/health-strip.js";

type Found = Reply<Routes["GET /health"]>;

const words = { good: "All is well", degraded: "Something needs a look", bad: "Something needs you now" };
const tones = { good: "on", degraded: "wait", bad: "bad" };

/** How the house itself is doing, room by room, in the order data goes through it. */
export function Health() {
  const found = useHealth();
  return (
    <Page
      title="Health"
      lede="How Picket itself is doing: the hub that devices speak to, the stream, the analysis, and the tables."
    >
      <Loaded from={found}>{(data) => <Rooms of={data} />}</Loaded>
    </Page>
  );
}

function Rooms({ of }: { readonly of: Found }) {
  const { hub, stream, pipeline, workspace, process } = of;
  const refused = Object.entries(hub.refusals).map(([cause, times]) => [cause, count(times)] as const);
  return (
    <>
      <Notices of={of} />
      <div className="grid even" style={{ "--least": "230px" } as React.CSSProperties}>
        <Panel title="Hub">
          <Facts
            of={[
              ["Connected", count(hub.connections)],
              ["Messages taken", count(hub.messages)],
              ["Disk", hub.blockedByDisk ? "full: devices wait" : "has room"],
              ...refused,
            ]}
          />
        </Panel>
        <Panel title="Stream">
          <Facts
            of={[
              ["Newest position", count(stream.last)],
              ["Oldest kept", count(stream.first)],
              ["Size", bytes(stream.bytes)],
            ]}
          />
        </Panel>
        <Panel title="Analysis">
          <Facts
            of={[
              ["Behind", pipeline.behindSeconds < 1 ? "not at all" : lasting(pipeline.behindSeconds * 1000)],
              ["Position", count(pipeline.position)],
              ["Events a second", count(Math.round(pipeline.eventsPerSecond))],
            ]}
          />
        </Panel>
        <Panel title="Server">
          <Facts
            of={[
              ["Version", process.version],
              ["Running for", lasting(process.uptimeSeconds * 1000)],
              ["Memory", bytes(process.rssBytes)],
              ["Tables on disk", bytes(workspace.bytes)],
            ]}
          />
        </Panel>
      </div>
      <Tables of={workspace.tables} />
    </>
  );
}

function Tables({ of }: { readonly of: Found["workspace"]["tables"] }) {
  return (
    <Panel title="Tables" isFlush>
      <table className="rows">
        <tbody>
          {of.map(({ name, rows }) => (
            <tr key={name}>
              <td>
                <Link to="/explore" search={{ query: `${name}\n| take 100`, run: "1" }}>
                  {name}
                </Link>
              </td>
              <td className="number">{count(rows)} rows</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Notices({ of: { state, notices } }: { readonly of: Found }) {
  return (
    <Panel title="Now">
      <span className="state strong" data-tone={tones[state]}>
        {words[state]}
      </span>
      <ul className="list">
        {notices.map(({ code, message, since, link }) => (
          <li key={code}>
            {message} {link && <Link to={link}>Look</Link>} <span className="mono muted">{code}</span>{" "}
            {since && (
              <span className="muted">
                since <When at={since} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
