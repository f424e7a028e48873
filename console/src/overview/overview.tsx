import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api, queries } from "../shared/api.js";
import { TimeChart } from "../shared/charts.js";
import { count } from "../shared/format.js";
import { useLive } from "../shared/live.js";
import { Empty, Loaded, Severity, When } from "../shared/parts.js";

const reload = (): void => void queries.invalidateQueries({ queryKey: ["overview"] });

type Data = Reply<Routes["GET /overview"]>;

/** Is anything wrong, is anything missing, is it getting better? */
export function Overview() {
  const overview = useQuery({
    queryKey: ["overview"],
    queryFn: () => api("GET /overview"),
    refetchInterval: 15_000,
  });
  useLive(reload);
  return (
    <Stack>
      <Title order={1} size="h2">
        Overview
      </Title>
      <Loaded from={overview}>
        {(data) => (
          <Stack>
            <Figures of={data} />
            <NewestAlerts of={data.newestAlerts} />
            <section className="card" aria-label="Events by hour">
              <Title order={2} size="h4">
                Events of the last day
              </Title>
              <TimeChart
                points={data.eventsByHour.map(({ hour, name, count: value }) => ({
                  at: hour,
                  series: name,
                  value,
                }))}
              />
            </section>
            <Text size="sm" c="dimmed">
              Newest event <When at={data.newestEventAt} />; put together <When at={data.at} />.
            </Text>
          </Stack>
        )}
      </Loaded>
    </Stack>
  );
}

function Figures({ of }: { readonly of: Data }) {
  const { High, Medium, Low } = of.recommendationsActive;
  return (
    <div className="grid">
      {(["High", "Medium", "Low"] as const).map((severity) => (
        <Figure
          key={severity}
          to="/alerts"
          search={{ severity: [severity], status: ["New", "InProgress"] }}
          title={<Severity of={severity} />}
          value={of.alertsOpen[severity]}
        >
          open alerts, {of.alertsOpenDayAgo[severity]} a day ago
        </Figure>
      ))}
      <Figure to="/devices" title="Devices" value={of.devices.total}>
        {of.devices.connected} connected, {of.devices.silent} silent for a day
      </Figure>
      <Figure to="/recommendations" title="Recommendations" value={High + Medium + Low}>
        active
      </Figure>
      <Figure to="/rejected" title="Rejected" value={of.rejectedLastDay}>
        in the last day
      </Figure>
    </div>
  );
}

function NewestAlerts({ of }: { readonly of: Data["newestAlerts"] }) {
  return (
    <section className="card" aria-label="Newest open alerts">
      <Title order={2} size="h4">
        Newest open alerts
      </Title>
      {of.length === 0 && (
        <Empty title="No open alerts">
          Start something suspicious on purpose to see one: sh -c "echo cpuminer-multi".
        </Empty>
      )}
      <table className="rows">
        <tbody>
          {of.map((alert) => (
            <tr key={alert.SystemAlertId}>
              <td>
                <Severity of={alert.AlertSeverity} />
              </td>
              <td>
                <Anchor component={Link} to={`/alerts/${alert.SystemAlertId}`}>
                  {alert.DisplayName}
                </Anchor>
              </td>
              <td>
                <When at={alert.TimeGenerated} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Figure({
  to,
  search,
  title,
  value,
  children,
}: {
  readonly to: string;
  readonly search?: object;
  readonly title: ReactNode;
  readonly value: number;
  readonly children: ReactNode;
}) {
  return (
    <Link to={to} search={{ ...search }} className="card plain">
      <Group justify="space-between">
        <Text fw={600} component="span">
          {title}
        </Text>
      </Group>
      <div className="figure">{count(value)}</div>
      <Text size="sm" c="dimmed">
        {children}
      </Text>
    </Link>
  );
}
