import { Button, JsonInput, NumberInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, useMay } from "../shared/api.js";
import { RemoveButton, useChange } from "../shared/change.js";
import { count } from "../shared/format.js";
import { Panel } from "../shared/page.js";
import { Empty, Loaded, Problem } from "../shared/states.js";
import { type Bag, parseObject, rolloutOf, textAt } from "./read.js";

const SETTINGS = `{
  "modulesContent": {
    "azureiotsecurity": {
      "properties.desired.ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration": {
        "snapshotFrequency": { "value": "PT13H" }
      }
    }
  }
}`;

/** Settings that reach every device a condition names, and how far they have come. */
export function Configurations() {
  const found = useQuery({
    queryKey: ["configurations"],
    queryFn: () => api("GET /hub/configurations"),
    refetchInterval: 5_000,
  });
  const mayChange = useMay("admin");
  return (
    <>
      <Panel title="Settings that reach the fleet">
        <Loaded from={found}>
          {({ configurations, rollout }) => (
            <>
              {rollout && rollout.finishedAt === undefined && (
                <p role="status">
                  Looking at devices: {count(rollout.looked)} of {count(rollout.total)},{" "}
                  {count(rollout.changed)} changed.
                </p>
              )}
              {configurations.length === 0 ? (
                <Empty title="No configuration">
                  A configuration writes desired properties into the twins of all devices that fit a
                  condition, also of those that come later.
                </Empty>
              ) : (
                configurations.map((each) => <ConfigurationRow key={textAt(each, "id")} of={each} />)
              )}
            </>
          )}
        </Loaded>
      </Panel>
      {mayChange && <AddConfiguration />}
    </>
  );
}

function ConfigurationRow({ of }: { readonly of: Bag }) {
  const id = textAt(of, "id");
  const { targeted, applied } = rolloutOf(of);
  const { error, change } = useChange("configurations");
  return (
    <div className="sentence">
      <div>
        <strong>{id}</strong> <span className="muted small">priority {textAt(of, "priority") || "0"}</span>
        <div className="mono small">{textAt(of, "targetCondition") || "no device"}</div>
      </div>
      <div className="row">
        {error && <Problem error={error} />}
        <progress
          max={Math.max(targeted, 1)}
          value={applied}
          aria-label={`${applied} of ${targeted} devices have ${id}`}
        />
        <span>
          {count(applied)} of {count(targeted)} devices have it
        </span>
        <RemoveButton
          name={id}
          follows="Twins keep what they have, or get what the next configuration says."
          remove={() =>
            change(
              api("DELETE /hub/configurations/{name}", { params: { name: id } }),
              () => `${id} is removed.`,
            )
          }
        />
      </div>
    </div>
  );
}

function AddConfiguration() {
  const [id, setId] = useState("");
  const [condition, setCondition] = useState("tags.SecurityGroup = 'default'");
  const [priority, setPriority] = useState(10);
  const [content, setContent] = useState(SETTINGS);
  const { error, isBusy, change } = useChange("configurations");
  const parsed = parseObject(content);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (parsed instanceof Error) return;
    const body = { id: id.trim(), targetCondition: condition, priority, content: parsed };
    change(
      api("PUT /hub/configurations/{name}", { params: { name: id.trim() }, body }),
      () => `${id.trim()} is on its way.`,
      () => setId(""),
    );
  };
  return (
    <Panel title="Send settings to the fleet">
      <form onSubmit={submit} className="stack">
        {error && <Problem error={error} />}
        <div className="row" style={{ alignItems: "flex-end" }}>
          <TextInput
            label="Name"
            placeholder="ring-1"
            value={id}
            maxLength={128}
            onChange={(event) => setId(event.currentTarget.value)}
          />
          <TextInput
            label="Devices for which"
            value={condition}
            style={{ flex: "1 1 260px" }}
            onChange={(event) => setCondition(event.currentTarget.value)}
          />
          <NumberInput
            label="Priority"
            description="The highest wins."
            value={priority}
            min={0}
            onChange={(value) => setPriority(Number(value) || 0)}
            w={130}
          />
        </div>
        <JsonInput
          label="What is written into their twins"
          autosize
          minRows={6}
          maxRows={16}
          value={content}
          onChange={setContent}
          error={parsed instanceof Error ? parsed.message : undefined}
        />
        <Button type="submit" loading={isBusy} disabled={id.trim() === "" || parsed instanceof Error}>
          Send
        </Button>
      </form>
    </Panel>
  );
}
