import { useClock } from "../shared/clock.js";
import { moment } from "../shared/format.js";
import { Panel } from "../shared/page.js";
import { Empty } from "../shared/states.js";
import type { DeviceFound } from "./state.js";

type Operation = DeviceFound["operations"][number];

/** What happened between the device and the hub: connections, refusals, twins. */
export function Operations({ of }: { readonly of: readonly Operation[] }) {
  const { zone } = useClock();
  if (of.length === 0)
    return (
      <Empty title="No operations">
        The device has not tried to connect, or it was longer ago than the log is kept.
      </Empty>
    );
  return (
    <Panel title="The newest 50 operations" isFlush>
      <div className="scroll" tabIndex={0} role="region" aria-label="Operations">
        <table className="rows">
          <thead>
            <tr>
              {["Time", "Operation", "Result", "As", "Protocol", "Address"].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {of.map((operation, index) => (
              <tr key={index}>
                <td className="nowrap">{moment(operation.TimeGenerated, zone)}</td>
                <td>
                  {operation.OperationName} <span className="muted">{operation.Category}</span>
                </td>
                <td>
                  <Result of={operation} />
                </td>
                <td>{operation.ModuleId || "device"}</td>
                <td>{[operation.Protocol, operation.AuthType].filter(Boolean).join(", ")}</td>
                <td className="mono">{operation.IpAddress}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Result({ of: { Level, ResultType, ResultDescription, StatusCode } }: { readonly of: Operation }) {
  const tone = Level === "Error" ? "bad" : Level === "Warning" ? "wait" : "on";
  return (
    <span>
      <span className="state" data-tone={tone}>
        {tone === "on" ? "Went well" : ResultType || StatusCode || Level}
      </span>{" "}
      {ResultDescription}
    </span>
  );
}
