import { Button, Select, TextInput } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, useMay } from "../shared/api.js";
import { useChange } from "../shared/change.js";
import { counted } from "../shared/format.js";
import { Panel } from "../shared/page.js";
import { Loaded, Problem } from "../shared/states.js";

type Rule = Reply<Routes["GET /hub/ip-filter"]>["rules"][number];
type CutOff = Reply<Routes["POST /hub/ip-filter/preview"]>["cutOff"];

/** From where devices may connect; who would be cut off is shown before anything applies. */
export function IpFilter() {
  const found = useQuery({ queryKey: ["ip-filter"], queryFn: () => api("GET /hub/ip-filter") });
  return (
    <Panel title="From where devices may connect">
      <p className="muted small">The first rule that fits decides; an address that none fits may connect.</p>
      <Loaded from={found}>{({ rules }) => <Rules key={JSON.stringify(rules)} stored={rules} />}</Loaded>
    </Panel>
  );
}

function Rules({ stored }: { readonly stored: readonly Rule[] }) {
  const mayChange = useMay("admin");
  const [rules, setRules] = useState<readonly Rule[]>(stored);
  const [cutOff, setCutOff] = useState<CutOff>();
  const { error, isBusy, change } = useChange("ip-filter");
  const body = { rules: rules.map((rule) => ({ ...rule })) };
  const set = (next: readonly Rule[]): void => {
    setRules(next);
    setCutOff(undefined);
  };
  const isChanged = JSON.stringify(rules) !== JSON.stringify(stored);
  return (
    <div className="stack">
      {error && <Problem error={error} />}
      {rules.map((rule, index) => (
        <RuleRow
          key={`${index} of ${rules.length}`}
          rule={rule}
          isFixed={!mayChange}
          set={(next) => set(rules.map((each, at) => (at === index ? next : each)))}
          remove={() => set(rules.filter((_, at) => at !== index))}
        />
      ))}
      {mayChange && (
        <div className="row">
          <Button
            variant="default"
            onClick={() => set([...rules, { name: `rule-${rules.length + 1}`, action: "accept", mask: "" }])}
          >
            Add a rule
          </Button>
          <Button
            variant="default"
            disabled={!isChanged}
            loading={isBusy}
            onClick={() =>
              change(
                api("POST /hub/ip-filter/preview", { body }),
                ({ cutOff: some }) => `${counted(some.length, "connection")} would end.`,
                (answer) => setCutOff(answer.cutOff),
              )
            }
          >
            Whom would it cut off?
          </Button>
          <Button
            disabled={!isChanged || cutOff === undefined}
            loading={isBusy}
            onClick={() => change(api("PUT /hub/ip-filter", { body }), () => "The rules are in force.")}
          >
            Put in force
          </Button>
        </div>
      )}
      {cutOff && <Cut cutOff={cutOff} />}
    </div>
  );
}

interface RowProps {
  readonly rule: Rule;
  readonly isFixed: boolean;
  readonly set: (rule: Rule) => void;
  readonly remove: () => void;
}

function RuleRow({ rule, isFixed, set, remove }: RowProps) {
  return (
    <div className="row">
      <TextInput
        aria-label="Name of the rule"
        value={rule.name}
        disabled={isFixed}
        onChange={(event) => set({ ...rule, name: event.currentTarget.value })}
      />
      <Select
        aria-label={`What ${rule.name} does`}
        data={[
          { value: "accept", label: "lets in" },
          { value: "reject", label: "keeps out" },
        ]}
        value={rule.action}
        disabled={isFixed}
        allowDeselect={false}
        onChange={(value) => set({ ...rule, action: value === "reject" ? "reject" : "accept" })}
        w={130}
      />
      <TextInput
        aria-label={`Addresses of ${rule.name}`}
        placeholder="10.0.0.0/8"
        value={rule.mask}
        disabled={isFixed}
        onChange={(event) => set({ ...rule, mask: event.currentTarget.value.trim() })}
      />
      {!isFixed && (
        <Button size="compact-sm" variant="subtle" aria-label={`Take ${rule.name} away`} onClick={remove}>
          Take away
        </Button>
      )}
    </div>
  );
}

function Cut({ cutOff }: { readonly cutOff: CutOff }) {
  if (cutOff.length === 0) return <p role="status">Nobody who is connected now would be cut off.</p>;
  return (
    <div className="note" role="status">
      {counted(cutOff.length, "connection")} would end:
      <ul className="plain-list">
        {cutOff.slice(0, 50).map(({ deviceId, moduleId, ipAddress, rule }) => (
          <li key={`${deviceId}/${moduleId}`}>
            {deviceId}
            {moduleId && `/${moduleId}`} from {ipAddress}, by {rule}
          </li>
        ))}
      </ul>
    </div>
  );
}
