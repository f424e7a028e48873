import { Anchor, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../shared/api.js";
import { Empty, Loaded, Severity, When } from "../shared/parts.js";

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
        {({ recommendations, summary }) =>
          summary.length === 0 ? (
            <Empty title="Nothing to recommend yet">
              Recommendations open when a device sends a snapshot in which something should be better.
            </Empty>
          ) : (
            <Stack>
              {summary.map(({ name, displayName, severity, active, resolved }) => {
                const rows = recommendations.filter((each) => each.RecommendationName === name);
                return (
                  <section key={name} className="card">
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
              })}
            </Stack>
          )
        }
      </Loaded>
    </Stack>
  );
}
