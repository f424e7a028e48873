import { When } from "../shared/clock.js";
import { Panel } from "../shared/page.js";
import { Empty } from "../shared/states.js";
import type { DeviceFound } from "./state.js";

type Snapshots = DeviceFound["snapshots"];
type Item = Snapshots[string]["items"][number];

const titles: Readonly<Record<string, string>> = {
  ListeningPorts: "Listening ports",
  LocalUsers: "Users",
  SystemInformation: "System",
  FirewallConfiguration: "Firewall rules",
  ConnectedHardware: "Connected hardware",
  OSBaseline: "Baseline checks",
  DroppedEventsStatistics: "Events the agent dropped",
  MessageStatistics: "Messages the agent sent",
};
const order = Object.keys(titles);
const hidden: ReadonlySet<string> = new Set(["EventId", "TimestampLocal"]);
const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);

/** What the device last said about itself, one table for each kind of snapshot. */
export function Inventory({ of }: { readonly of: Snapshots }) {
  const names = Object.keys(of).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  if (names.length === 0)
    return (
      <Empty title="No snapshots yet">
        Agents send their ports, users and system every half hour, the first time right after they connect. A
        device that only sends events of its own application has none.
      </Empty>
    );
  return (
    <div className="stack">
      {names.map((name) => (
        <Panel
          key={name}
          title={titles[name] ?? name}
          isFlush
          tools={
            <span className="muted small">
              taken <When at={of[name]?.at} />
            </span>
          }
        >
          <Items name={name} items={of[name]?.items ?? []} />
        </Panel>
      ))}
    </div>
  );
}

function Items({ name, items }: { readonly name: string; readonly items: readonly Item[] }) {
  const columns = [...new Set(items.flatMap((item) => Object.keys(item)))].filter(
    (column) => !hidden.has(column),
  );
  if (items.length === 0) return <Empty title="An empty snapshot">The device looked and found none.</Empty>;
  return (
    <div
      className="scroll"
      style={{ maxHeight: 420 }}
      tabIndex={0}
      role="region"
      aria-label={titles[name] ?? name}
    >
      <table className="rows">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item, index) => (
            <tr key={index}>
              {columns.map((column) => (
                <td key={column} className="mono">
                  {isOpenToAll(column, item) ? (
                    <>
                      {worded(item[column])} <span className="tag">any address</span>
                    </>
                  ) : (
                    worded(item[column])
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const isOpenToAll = (column: string, item: Item): boolean =>
  column === "LocalAddress" && ["0.0.0.0", "::", "*"].includes(String(item[column]));

/** A value as one reads it: `{Pid: 7}` as `Pid 7`. */
function worded(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "object") return String(value);
  return Object.entries(value)
    .map(([name, each]) => `${name} ${typeof each === "object" ? JSON.stringify(each) : String(each)}`)
    .join(", ");
}
