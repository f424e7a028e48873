import { Button, Code, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, queries } from "../shared/api.js";
import { at } from "../shared/format.js";
import { Empty, Loaded, Problem, When } from "../shared/parts.js";

type Role = "viewer" | "analyst" | "admin";
const roles: readonly { readonly value: Role; readonly label: string }[] = [
  { value: "viewer", label: "Viewer: sees everything, changes nothing" },
  { value: "analyst", label: "Analyst: also decides about alerts" },
  { value: "admin", label: "Administrator: also devices, people and tokens" },
];

/** Who may do what here, and what they did. */
export function People() {
  return (
    <Stack>
      <Title order={1} size="h2">
        People and audit
      </Title>
      <section className="card">
        <Title order={2} size="h4">
          People
        </Title>
        <Users />
        <AddUser />
      </section>
      <section className="card">
        <Title order={2} size="h4">
          Audit
        </Title>
        <Audit />
      </section>
    </Stack>
  );
}

function Users() {
  const users = useQuery({ queryKey: ["users"], queryFn: () => api("GET /users") });
  return (
    <Loaded from={users}>
      {({ users: found }) => (
        <table className="rows">
          <tbody>
            {found.map((user) => (
              <tr key={user.name}>
                <td>{user.name}</td>
                <td>{user.role}</td>
                <td>
                  last seen <When at={user.lastSeenAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Loaded>
  );
}

function Audit() {
  const audit = useQuery({
    queryKey: ["audit"],
    queryFn: () => api("GET /audit", { query: { limit: 200 } }),
    refetchInterval: 10_000,
  });
  return (
    <Loaded from={audit}>
      {({ entries }) => (
        <div className="scroll" style={{ maxHeight: 420 }} tabIndex={0}>
          <table className="rows">
            <tbody>
              {entries.map((entry, index) => (
                <tr key={index}>
                  <td>{at(entry.TimeGenerated)}</td>
                  <td>{entry.Actor}</td>
                  <td>{entry.Action}</td>
                  <td>{entry.Target}</td>
                  <td>{entry.Result}</td>
                  <td className="mono">{JSON.stringify(entry.Details ?? {}).slice(0, 200)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Loaded>
  );
}

function AddUser() {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("analyst");
  const [link, setLink] = useState<string>();
  const [error, setError] = useState<Error>();
  const add = (): void =>
    void api("POST /users", { body: { name, role } }).then((made) => {
      setLink(made.link);
      void queries.invalidateQueries({ queryKey: ["users"] });
    }, setError);
  return (
    <Stack mt="md">
      {error && <Problem error={error} />}
      <Group align="end">
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Select
          label="Role"
          data={[...roles]}
          value={role}
          onChange={(value) => setRole((value ?? "viewer") as Role)}
          allowDeselect={false}
          w={360}
        />
        <Button disabled={name === ""} onClick={add}>
          Add
        </Button>
      </Group>
      {link && (
        <Text>
          They sign in once with this link, within 24 hours: <Code>{link}</Code>
        </Text>
      )}
    </Stack>
  );
}

/** What was refused, with the field and the rule that failed. */
export function Rejected() {
  const found = useQuery({
    queryKey: ["rejected"],
    queryFn: () => api("GET /rejected", { query: { limit: 200 } }),
    refetchInterval: 10_000,
  });
  return (
    <Stack>
      <Title order={1} size="h2">
        Rejected messages
      </Title>
      <Loaded from={found}>
        {({ rejected }) =>
          rejected.length === 0 ? (
            <Empty title="Nothing was refused">
              Messages that break the schema are shown here with the field and the rule that failed.
            </Empty>
          ) : (
            <table className="rows">
              <thead>
                <tr>
                  <th>When</th>
                  <th>Device</th>
                  <th>Field</th>
                  <th>What is wrong</th>
                  <th>Beginning of the message</th>
                </tr>
              </thead>
              <tbody>
                {rejected.map((row, index) => (
                  <tr key={`${row.TimeGenerated}${row.Field}${index}`}>
                    <td>
                      <When at={row.TimeGenerated} />
                    </td>
                    <td>{row.DeviceId}</td>
                    <td className="mono">{row.Field || "(message)"}</td>
                    <td>{row.Explanation}</td>
                    <td className="mono">{row.Body?.slice(0, 160)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </Stack>
  );
}

/** The rules that watch, and what fires each. */
export function Rules() {
  const found = useQuery({ queryKey: ["rules"], queryFn: () => api("GET /rules") });
  return (
    <Stack>
      <Title order={1} size="h2">
        Rules
      </Title>
      <Loaded from={found}>
        {({ rules }) => (
          <Stack gap="xs">
            {rules.map((rule) => (
              <details key={rule.id} className="card">
                <summary>
                  <strong>{rule.name}</strong> · {rule.severity} · {rule.reads}
                </summary>
                <Text mt="xs">{rule.about}</Text>
                <Text size="sm" c="dimmed">
                  {rule.id} · {rule.alertType} · {rule.techniques.join(", ")}
                </Text>
                <ul>
                  {rule.cases.map(({ name, alerts }) => (
                    <li key={name}>
                      {alerts > 0 ? "Fires: " : "Stays silent: "}
                      <span className="mono">{name}</span>
                    </li>
                  ))}
                </ul>
              </details>
            ))}
          </Stack>
        )}
      </Loaded>
    </Stack>
  );
}
