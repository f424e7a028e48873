import { Anchor, Button, CopyButton, Group, Modal, Stack, Text, TextInput, Title } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, queries } from "../shared/api.js";
import { count } from "../shared/format.js";
import { Empty, Loaded, Problem, When } from "../shared/parts.js";

/** The devices of the hub with what is open on them. */
export function Devices() {
  const [text, setText] = useState("");
  const [isAdding, setAdding] = useState(false);
  const devices = useQuery({
    queryKey: ["devices", text],
    queryFn: () => api("GET /devices", { query: { limit: 500, ...(text ? { text } : {}) } }),
    refetchInterval: 10_000,
  });
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1} size="h2">
          Devices
        </Title>
        <Button onClick={() => setAdding(true)}>Connect a device…</Button>
      </Group>
      <TextInput
        aria-label="Search devices"
        placeholder="Search"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maw={320}
      />
      <Loaded from={devices}>
        {({ devices: found, total }) => <DeviceTable found={found} total={total} />}
      </Loaded>
      <Connect isOpen={isAdding} leave={() => setAdding(false)} />
    </Stack>
  );
}

type Listed = Reply<Routes["GET /devices"]>["devices"];

function DeviceTable({ found, total }: { readonly found: Listed; readonly total: number }) {
  if (found.length === 0)
    return (
      <Empty title="No devices here">
        Connect one, or try `npx picket simulate` for a fleet to play with.
      </Empty>
    );
  return (
    <div className="scroll">
      <table className="rows">
        <thead>
          <tr>
            {["Device", "Connection", "High", "Medium", "Low", "Recommendations", "Last event"].map(
              (name) => (
                <th key={name}>{name}</th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {found.map(({ device, alerts, recommendations, lastEventAt, modules }) => (
            <tr key={device.DeviceId}>
              <td>
                <Anchor component={Link} to={`/devices/${device.DeviceId}`} fw={600}>
                  {device.DeviceId}
                </Anchor>
              </td>
              <td>{connectionOf(device, modules)}</td>
              <td>{alerts.High}</td>
              <td>{alerts.Medium}</td>
              <td>{alerts.Low}</td>
              <td>{recommendations}</td>
              <td>
                <When at={lastEventAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Text size="sm" c="dimmed" p="xs">
        {count(found.length)} of {count(total)}
      </Text>
    </div>
  );
}

function connectionOf(device: Listed[number]["device"], modules: Listed[number]["modules"]): string {
  if (device.Status === "disabled") return "Disabled";
  return [device, ...modules].some(({ ConnectionState }) => ConnectionState === "Connected")
    ? "Connected"
    : "Not connected";
}

type Made = Reply<Routes["POST /devices"]>;

/** Registers a device, shows the command to copy, and waits with the reader until it speaks. */
function Connect({ isOpen, leave }: { readonly isOpen: boolean; readonly leave: () => void }) {
  const [id, setId] = useState("");
  const [made, setMade] = useState<Made>();
  const [error, setError] = useState<Error>();
  const close = (): void => {
    leave();
    setMade(undefined);
    setId("");
    void queries.invalidateQueries({ queryKey: ["devices"] });
  };
  const create = (): void => void api("POST /devices", { body: { id } }).then(setMade, setError);
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title="Connect a device"
      size="xl"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        {error && <Problem error={error} />}
        {made ? (
          <Command made={made} />
        ) : (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              create();
            }}
          >
            <Stack>
              <TextInput
                label="Device id"
                description="Letters, digits and - . _; it cannot be changed later."
                value={id}
                onChange={(event) => setId(event.currentTarget.value)}
                data-autofocus
              />
              <Button type="submit" disabled={id === ""}>
                Register
              </Button>
            </Stack>
          </form>
        )}
      </Stack>
    </Modal>
  );
}

function Command({ made: { device, connection } }: { readonly made: Made }) {
  const id = device.DeviceId ?? "";
  const state = useQuery({
    queryKey: ["device", id, "wait"],
    queryFn: () => api("GET /devices/{id}", { params: { id } }),
    refetchInterval: 2_000,
    retry: true,
  });
  const isConnected =
    state.data?.modules.some(({ ConnectionState }) => ConnectionState === "Connected") ?? false;
  const hasSpoken = (state.data?.activity.length ?? 0) > 0;
  return (
    <Stack>
      <Text>Run this on {id}. It needs Node 20.19 or newer and curl; it is shown once.</Text>
      <pre className="card mono scroll" tabIndex={0} style={{ maxHeight: 220, whiteSpace: "pre-wrap" }}>
        {connection.command}
      </pre>
      <CopyButton value={connection.command}>
        {({ copied, copy }) => <Button onClick={copy}>{copied ? "Copied" : "Copy the command"}</Button>}
      </CopyButton>
      <Text>Or give an Azure IoT SDK this connection string of the security module:</Text>
      <pre className="card mono scroll" tabIndex={0} style={{ whiteSpace: "pre-wrap" }}>
        {connection.connectionString}
      </pre>
      <ol aria-live="polite">
        <li>Registered ✓</li>
        <li>{isConnected || hasSpoken ? "Connected ✓" : "Waiting for it to connect…"}</li>
        <li>{hasSpoken ? "First events received ✓" : "Waiting for its first events…"}</li>
      </ol>
    </Stack>
  );
}
