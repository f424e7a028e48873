import { useClock, When } from "../shared/clock.js";
import { exact } from "../shared/format.js";
import { Facts, Panel } from "../shared/page.js";
import { agentOf, type DeviceFound, lastSpoke } from "./state.js";

type Row = DeviceFound["device"];

/** What the device is and how it is connected. */
export function Identity({ of: { device, modules, snapshots } }: { readonly of: DeviceFound }) {
  const { zone } = useClock();
  const system = snapshots["SystemInformation"]?.items[0] ?? {};
  const said = (name: string): string => (system[name] === undefined ? "" : String(system[name]));
  return (
    <div className="stack">
      <Panel title="What it is">
        <Facts
          of={[
            ["System", [said("OSName"), said("OSVersion")].filter(Boolean).join(" ")],
            ["Host name", said("HostName")],
            ["Agent", agentOf(modules)],
            ["Signs in with", device.AuthType],
            ["Registered", exact(device.CreatedTime, zone)],
            ["Last spoke", <When key="last" at={lastSpoke(device, modules)} />],
            ["Status", device.Status],
          ]}
        />
        <Tags of={device.Tags} />
      </Panel>
      <Panel title="Connections">
        {[device, ...modules].map((row) => (
          <Connection key={row.ModuleId} row={row} />
        ))}
      </Panel>
    </div>
  );
}

function Tags({ of }: { readonly of: unknown }) {
  const entries = Object.entries(typeof of === "object" && of !== null ? of : {});
  if (entries.length === 0) return null;
  return (
    <p style={{ marginTop: 10 }}>
      {entries.map(([name, value]) => (
        <span key={name} className="tag" style={{ marginRight: 6 }}>
          {name}: {typeof value === "string" ? value : JSON.stringify(value)}
        </span>
      ))}
    </p>
  );
}

function Connection({ row }: { readonly row: Row }) {
  const isOn = row.ConnectionState === "Connected";
  return (
    <div style={{ padding: "5px 0" }}>
      <strong>{row.ModuleId || "The device itself"}</strong>{" "}
      <span className="state" data-tone={isOn ? "on" : "off"}>
        {isOn ? "Connected" : "Not connected"}
      </span>
      <div className="muted small">
        {row.ConnectionStateUpdatedTime ? (
          <>
            since <When at={row.ConnectionStateUpdatedTime} />
            {row.SdkVersion ? `, ${row.SdkVersion}` : ""}
          </>
        ) : (
          "has not connected under this identity"
        )}
      </div>
    </div>
  );
}
