import { Button, Modal, Stack, Tabs, TextInput } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { IconCircleCheck, IconCircleDashed } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../shared/api.js";
import { Command } from "../shared/copy.js";
import { Problem } from "../shared/states.js";

type Connection = Reply<Routes["POST /devices"]>["connection"];
const BEAT_MS = 2_000;

/** Registers a device, gives the one command that connects it, and waits with the person until it speaks. */
export function ConnectDialog({ leave, id: known }: { readonly leave: () => void; readonly id?: string }) {
  const queries = useQueryClient();
  const [id, setId] = useState(known ?? "");
  const [group, setGroup] = useState("default");
  const [connection, setConnection] = useState<Connection>();
  const [error, setError] = useState<Error>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setError(undefined);
    const asked = known
      ? api("POST /devices/{id}/connection", { params: { id } })
      : api("POST /devices", { body: { id, tags: { SecurityGroup: group } } }).then(
          (made) => made.connection,
        );
    asked.then((made) => {
      setConnection(made);
      void queries.invalidateQueries({ queryKey: ["devices"] });
    }, setError);
  };
  return (
    <Modal
      opened
      onClose={leave}
      size={connection ? "xl" : "md"}
      title={connection ? `Connect ${id}` : "Connect a device"}
      closeButtonProps={{ "aria-label": "Leave" }}
    >
      {connection ? (
        <HowTo id={id} connection={connection} leave={leave} />
      ) : (
        <form onSubmit={submit}>
          <Stack>
            {error && <Problem error={error} />}
            <TextInput
              label="Device id"
              description="Letters, digits and - . _ : are safe. It cannot be changed later."
              placeholder="pump-7"
              data-autofocus
              disabled={known !== undefined}
              value={id}
              onChange={(event) => setId(event.currentTarget.value.trim())}
            />
            {known === undefined && (
              <TextInput
                label="Group"
                description="Devices of one group are compared with each other (tag SecurityGroup)."
                value={group}
                onChange={(event) => setGroup(event.currentTarget.value)}
              />
            )}
            <Button type="submit" disabled={id === ""}>
              {known ? "Show how to connect it" : "Register it and show the command"}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

interface HowToProps {
  readonly id: string;
  readonly connection: Connection;
  readonly leave: () => void;
}

function HowTo({ id, connection, leave }: HowToProps) {
  return (
    <Stack>
      <Tabs defaultValue="command">
        <Tabs.List>
          <Tabs.Tab value="command">Linux, one command</Tabs.Tab>
          <Tabs.Tab value="strings">Connection strings</Tabs.Tab>
          <Tabs.Tab value="ca">CA certificate</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="command" pt="sm">
          <Command
            label="Run this on the device, as a user who may use sudo. Node 20 or newer must be there."
            text={connection.command}
          />
        </Tabs.Panel>
        <Tabs.Panel value="strings" pt="sm">
          <Stack gap="sm">
            <Command label="For a security agent (module)" text={connection.connectionString} />
            <Command label="For the device's own application" text={connection.deviceConnectionString} />
            <p className="muted small">They are secrets. They can be shown again from the device's page.</p>
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="ca" pt="sm">
          <Command label="Devices trust the hub by this certificate" text={connection.caCertificate} />
        </Tabs.Panel>
      </Tabs>
      <Arrival id={id} leave={leave} />
    </Stack>
  );
}

/** Whether the device came, step by step; changes by itself. */
function Arrival({ id, leave }: { readonly id: string; readonly leave: () => void }) {
  const { data } = useQuery({
    queryKey: ["arrival", id],
    queryFn: async () =>
      (await api("GET /devices", { query: { text: id, limit: 100 } })).devices.find(
        ({ device }) => device.DeviceId === id,
      ) ?? null,
    refetchInterval: BEAT_MS,
  });
  const isRegistered = Boolean(data);
  const isConnected = Boolean(
    data &&
      [data.device, ...data.modules].some(
        (each) => each.ConnectionState === "Connected" || each.LastActivityTime,
      ),
  );
  const isHeard = Boolean(data?.lastEventAt);
  return (
    <div className="panel" aria-live="polite">
      <ol className="steps">
        <Step isDone={isRegistered} title="Registered" wait="The hub is told about it." />
        <Step
          isDone={isConnected}
          title="Connected"
          wait="Waiting for the device. If it does not come: is the hub's name known to it, and does a firewall let it through? Refusals stand in the operation log of its page."
        />
        <Step
          isDone={isHeard}
          title="First message received"
          wait="The agent sends its first state within seconds of connecting."
        />
      </ol>
      <div className="row" style={{ marginTop: 12 }}>
        <Link to={`/devices/${encodeURIComponent(id)}`}>
          {isHeard ? `${id} is here. Look at it` : `Go to the page of ${id}`}
        </Link>
        <Button size="compact-sm" variant="default" onClick={leave}>
          {isHeard ? "Done" : "Leave, it goes on"}
        </Button>
      </div>
    </div>
  );
}

interface StepProps {
  readonly isDone: boolean;
  readonly title: string;
  readonly wait: string;
}

function Step({ isDone, title, wait }: StepProps) {
  return (
    <li data-done={isDone}>
      {isDone ? (
        <IconCircleCheck size={18} color="var(--good)" aria-hidden="true" />
      ) : (
        <IconCircleDashed size={18} aria-hidden="true" />
      )}
      <span>
        <strong>{title}</strong>
        {isDone ? <span className="hidden"> done</span> : <div className="small">{wait}</div>}
      </span>
    </li>
  );
}
