import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api } from "../shared/api.js";
import { When } from "../shared/clock.js";
import { count, counted } from "../shared/format.js";
import { Facts, Page, Panel } from "../shared/page.js";
import { wordOf } from "../shared/search.js";
import { Loaded } from "../shared/states.js";
import { Certificates } from "./certificates.js";
import { Configurations } from "./configurations.js";
import { Enrolments } from "./enrolments.js";
import { IpFilter } from "./ip-filter.js";
import { Jobs } from "./jobs.js";
import { Policies } from "./policies.js";
import { Readers } from "./readers.js";

const tabs = [
  { name: "about", label: "In short", show: () => <InShort /> },
  { name: "policies", label: "Policies", show: () => <Policies /> },
  { name: "certificates", label: "Certificates", show: () => <Certificates /> },
  { name: "filter", label: "IP filter", show: () => <IpFilter /> },
  { name: "enrolments", label: "Enrolments", show: () => <Enrolments /> },
  { name: "configurations", label: "Configurations", show: () => <Configurations /> },
  { name: "jobs", label: "Jobs", show: () => <Jobs /> },
  { name: "readers", label: "Readers", show: () => <Readers /> },
] as const satisfies readonly { name: string; label: string; show: () => ReactNode }[];
const names = tabs.map(({ name }) => name);

/** The hub itself: who may connect, with what, and what reaches the fleet. */
export function Hub() {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const here = wordOf(search, "tab", names) ?? "about";
  return (
    <Page
      title="Hub"
      lede="Who may connect and with what, which settings reach the fleet, and what the hub promises to its clients."
    >
      <Tabs
        value={here}
        keepMounted={false}
        onChange={(tab) => void navigate({ to: "/hub", search: { tab: tab === "about" ? "" : (tab ?? "") } })}
      >
        <Tabs.List mb={14}>
          {tabs.map(({ name, label }) => (
            <Tabs.Tab key={name} value={name}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ name, show }) => (
          <Tabs.Panel key={name} value={name}>
            <div className="stack">{show()}</div>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

function InShort() {
  const found = useQuery({ queryKey: ["hub"], queryFn: () => api("GET /hub"), refetchInterval: 15_000 });
  return (
    <Loaded from={found}>
      {(hub) => (
        <div className="grid">
          <Panel title="Who it is">
            <Facts
              of={[
                ["Host name", hub.hubName],
                ["ID scope for provisioning", hub.idScope],
                [
                  "Tier",
                  hub.tier === "unlimited" ? "no limits" : `${hub.tier}, ${counted(hub.units, "unit")}`,
                ],
                ["Oldest TLS spoken", hub.tls.minVersion],
                ["Certificate of", hub.tls.subject],
                ["Certificate ends", <When key="ends" at={hub.tls.notAfter} />],
              ]}
            />
          </Panel>
          <Panel title="What it holds">
            <Facts
              of={[
                ["Devices", `${count(hub.devices)}, ${count(hub.enabledDevices)} enabled`],
                ["Connected now", count(hub.connected)],
                ["Enrolments", `${count(hub.enrolments)} single, ${count(hub.enrolmentGroups)} groups`],
                ["Certificate authorities", count(hub.certificates)],
                ["Jobs that wait or run", count(hub.jobs)],
              ]}
            />
          </Panel>
        </div>
      )}
    </Loaded>
  );
}
