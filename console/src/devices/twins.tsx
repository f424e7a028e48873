import { useState } from "react";
import { Json } from "../shared/copy.js";
import { count } from "../shared/format.js";
import { Panel } from "../shared/page.js";
import { Empty } from "../shared/states.js";
import type { DeviceFound } from "./state.js";
import { type TwinRow, twinRows } from "./twin.js";

type Row = DeviceFound["device"];

/** What is wanted of the device and its modules, beside what they say. */
export function Twins({ of: { device, modules } }: { readonly of: DeviceFound }) {
  return (
    <div className="stack">
      {[...modules, device].map((row) => (
        <Twin key={row.ModuleId} row={row} />
      ))}
    </div>
  );
}

function Twin({ row }: { readonly row: Row }) {
  const [isRaw, setRaw] = useState(false);
  const rows = twinRows(row.Desired, row.Reported);
  const waiting = rows.filter(({ state }) => state === "waiting").length;
  const { Desired: desired, Reported: reported, Tags: tags } = row;
  return (
    <Panel
      title={row.ModuleId ? `Module ${row.ModuleId}` : "The device itself"}
      isFlush
      tools={
        <span className="row">
          <span className="muted small">
            desired version {count(row.DesiredVersion)}, reported {count(row.ReportedVersion)}
            {waiting > 0 ? `, ${count(waiting)} waiting` : ""}
          </span>
          <button type="button" className="chip" aria-pressed={isRaw} onClick={() => setRaw(!isRaw)}>
            JSON
          </button>
        </span>
      }
    >
      {isRaw && (
        <div style={{ padding: 16 }}>
          <Json value={{ tags, desired, reported }} label="Twin" />
        </div>
      )}
      {!isRaw && rows.length === 0 && (
        <Empty title="An empty twin">Nothing is wanted of it and it reports nothing.</Empty>
      )}
      {!isRaw && rows.length > 0 && <TwinTable rows={rows} />}
    </Panel>
  );
}

const words: Readonly<Record<TwinRow["state"], string>> = {
  same: "As wanted",
  waiting: "Not yet as wanted",
  own: "Its own",
};
const tones: Readonly<Record<TwinRow["state"], string>> = { same: "on", waiting: "wait", own: "off" };

/** The agent's settings stand below one long name that says nothing to people. */
const shortened = (path: string): string =>
  path.replace("ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration.", "");

function TwinTable({ rows }: { readonly rows: readonly TwinRow[] }) {
  return (
    <div className="scroll" style={{ maxHeight: 480 }} tabIndex={0} role="region" aria-label="Twin">
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">Desired</th>
            <th scope="col">Reported</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ path, desired, reported, state }) => (
            <tr key={path}>
              <td title={path}>{shortened(path)}</td>
              <td className="mono">{desired}</td>
              <td className="mono">{reported}</td>
              <td>
                <span className="state" data-tone={tones[state]}>
                  {words[state]}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
