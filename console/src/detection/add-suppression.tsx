import { Button, Select, TextInput } from "@mantine/core";
import type { Call, Reply, Routes } from "@picket/api";
import { type FormEvent, useState } from "react";
import { api } from "../shared/api.js";
import { useChange } from "../shared/change.js";
import { counted } from "../shared/format.js";
import { Panel } from "../shared/page.js";
import { Problem } from "../shared/states.js";

type Asked = Call<Routes["POST /suppressions/preview"]>["body"];
type Previewed = Reply<Routes["POST /suppressions/preview"]>;

const HOUR_MS = 3_600_000;
const spans = [
  { value: "2", label: "2 hours" },
  { value: "24", label: "A day" },
  { value: "168", label: "A week" },
  { value: "720", label: "30 days" },
];
const kinds = [
  { value: "maintenance", label: "Maintenance: everything of a device" },
  { value: "suppression", label: "Suppression: some alerts" },
];

interface Draft {
  readonly kind: "maintenance" | "suppression";
  readonly device: string;
  readonly rule: string;
  readonly hours: string;
}

/** What the draft means, from now on. */
const askedBy = ({ kind, device, rule, hours }: Draft): Asked => ({
  kind,
  ...(device.trim() ? { device: device.trim() } : {}),
  ...(kind === "suppression" && rule.trim() ? { rule: rule.trim() } : {}),
  from: new Date().toISOString(),
  until: new Date(Date.now() + Number(hours) * HOUR_MS).toISOString(),
});

/** Whether it would cover the whole fleet, which nobody means. */
const coversAll = ({ kind, device, rule }: Draft): boolean =>
  device.trim() === "" && (kind === "maintenance" || rule.trim() === "");

/** Keeps alerts quiet for a while; what it would have covered is shown first. */
export function AddSuppression() {
  const { error, isBusy, change: make } = useChange("suppressions");
  const [name, setName] = useState("");
  const [reason, setReason] = useState("");
  const [draft, setDraft] = useState<Draft>({ kind: "maintenance", device: "", rule: "", hours: "24" });
  const [previewed, setPreviewed] = useState<Previewed>();
  const change = (part: Partial<Draft>): void => {
    setDraft({ ...draft, ...part });
    setPreviewed(undefined);
  };
  const preview = (): void =>
    make(
      api("POST /suppressions/preview", { body: askedBy(draft) }),
      ({ total }) => `${counted(total, "alert")} in 30 days.`,
      setPreviewed,
    );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const body = { ...askedBy(draft), reason };
    make(
      api("PUT /suppressions/{name}", { params: { name: name.trim() }, body }),
      () => `${name.trim()} is in force.`,
      () => setName(""),
    );
  };
  const isBare = coversAll(draft);
  return (
    <Panel title="Keep something quiet">
      <form onSubmit={submit} className="stack">
        {error && <Problem error={error} />}
        <Fields draft={draft} change={change} />
        <div className="row" style={{ alignItems: "flex-end" }}>
          <TextInput
            label="Name"
            value={name}
            maxLength={64}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Why reason={reason} set={setReason} />
          <Button variant="default" onClick={preview} disabled={isBare}>
            What would it cover?
          </Button>
          <Button
            type="submit"
            loading={isBusy}
            disabled={isBare || name.trim() === "" || reason.trim() === ""}
          >
            Keep it quiet
          </Button>
        </div>
        {previewed && <Covered by={previewed} />}
      </form>
    </Panel>
  );
}

function Fields({
  draft,
  change,
}: {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
}) {
  return (
    <div className="row" style={{ alignItems: "flex-end" }}>
      <Select
        label="What"
        data={kinds}
        value={draft.kind}
        allowDeselect={false}
        onChange={(value) => change({ kind: value === "suppression" ? "suppression" : "maintenance" })}
        w={300}
      />
      <TextInput
        label="Device"
        placeholder="pump-7, or pump-*"
        value={draft.device}
        maxLength={200}
        onChange={(event) => change({ device: event.currentTarget.value })}
      />
      {draft.kind === "suppression" && (
        <TextInput
          label="Rule"
          placeholder="its id, or part-of-it*"
          value={draft.rule}
          maxLength={400}
          onChange={(event) => change({ rule: event.currentTarget.value })}
        />
      )}
      <Select
        label="For how long"
        data={spans}
        value={draft.hours}
        allowDeselect={false}
        onChange={(value) => change({ hours: value ?? "24" })}
        w={130}
      />
    </div>
  );
}

function Covered({ by: { total, alerts } }: { readonly by: Previewed }) {
  const [first] = alerts;
  return (
    <p role="status">
      In the last 30 days it would have covered {counted(total, "alert")}
      {first && `, such as “${first.DisplayName}”`}.
    </p>
  );
}

function Why({ reason, set }: { readonly reason: string; readonly set: (reason: string) => void }) {
  return (
    <TextInput
      label="Why"
      value={reason}
      maxLength={2_000}
      style={{ flex: "1 1 220px" }}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}
