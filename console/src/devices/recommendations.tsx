import { Anchor, Stack, Text, Title } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../shared/api.js";
import { Empty, Loaded, Severity, When } from "../shared/parts.js";

type Found = Reply<Routes["GET /recommendations"]>;

/** What should be better, on which devices, and what to do about it. */
export function Recommendations() {
  const found = useQuery({
    queryKey: ["recommendations"],
    queryFn: () => api("GET /recommendations", { query: { limit: 500 } }),
    refetchInterval: 5_000,
  });
  return (
    <Stack>
      <Title order={1} size="h2">
        Recommendations
      </Title>
      <Loaded from={found}>
        {({ recommendations, summary }) => (
          <Stack>
            {summary.length === 0 && (
              <Empty title="Nothing to recommend yet">
                Recommendations open when a device sends a snapshot in which something should be better.
              </Empty>
            )}
            {summary.map((each) => (
              <OneKind
                key={each.name}
                summary={each}
                rows={recommendations.filter((row) => row.RecommendationName === each.name)}
              />
            ))}
          </Stack>
        )}
      </Loaded>
    </Stack>
  );
}

function OneKind({
  summary,
  rows,
}: {
  readonly summary: Found["summary"][number];
  readonly rows: Found["recommendations"];
}) {
  const { displayName, severity, active, resolved } = summary;
  return (
    <section className="card">
      <Severity of={severity} />
      <Title order={2} size="h4">
        {displayName}
      </Title>
      <Text c="dimmed">
        Active on {active} device{active === 1 ? "" : "s"}, resolved on {resolved}.{" "}
        {rows[0]?.RemediationSteps}
      </Text>
      <table className="rows">
        <tbody>
          {rows.map((row) => (
            <tr key={row.RecommendationId}>
              <td>
                <strong>{row.RecommendationState}</strong>
              </td>
              <td>
                <Anchor component={Link} to={`/devices/${row.DeviceId}`}>
                  {row.DeviceId}
                </Anchor>
              </td>
              <td>{row.Description}</td>
              <td>
                <When at={row.StatusChangeDate} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
