import { Button, Modal, Textarea } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, useMay } from "../shared/api.js";
import { counted } from "../shared/format.js";
import { Problem } from "../shared/states.js";
import { useToast } from "../shared/toast.js";
import type { RuleState } from "./rule-state.js";

/** What a rule is, what fires it, whether it can, and the switch. */
export function RuleDetails({ rule }: { readonly rule: RuleState }) {
  const { data } = useQuery({ queryKey: ["rules"], queryFn: () => api("GET /rules"), staleTime: 600_000 });
  const known = data?.rules.find(({ id }) => id === rule.id);
  return (
    <div style={{ padding: "0 16px 14px 122px" }} className="stack">
      {known && <p>{known.about}</p>}
      {rule.idle !== undefined && <p className="note">It cannot fire here: {rule.idle}</p>}
      {rule.trouble && (
        <p className="note">
          {counted(rule.trouble.errors, "error")}
          {rule.trouble.lastError && ` (the last: ${rule.trouble.lastError})`},{" "}
          {counted(rule.trouble.slowCalls, "slow call")}, the slowest of {rule.trouble.worstMs.toFixed(1)} ms.
        </p>
      )}
      <p className="row small">
        <span className="tag">{rule.id}</span>
        {rule.techniques.map((each) => (
          <span key={each} className="tag">
            ATT&CK {each}
          </span>
        ))}
        {rule.form === "sigma" && (
          <span className="muted">
            {rule.author || "nobody named"}, {rule.licence || "no licence named"}, {rule.source}
          </span>
        )}
        <Link to="/alerts" search={{ view: "open", rule: rule.id }}>
          Its open alerts
        </Link>
        {rule.kql && (
          <Link to="/explore" search={{ query: rule.kql, run: "1" }}>
            Look for the same in history
          </Link>
        )}
        <SwitchButton rule={rule} />
      </p>
      {known && known.cases.length > 0 && <Cases cases={known.cases} />}
    </div>
  );
}

interface CasesProps {
  readonly cases: readonly { readonly name: string; readonly alerts: number }[];
}

function Cases({ cases }: CasesProps) {
  return (
    <table className="rows">
      <thead>
        <tr>
          <th scope="col">When this happens</th>
          <th scope="col">it</th>
        </tr>
      </thead>
      <tbody>
        {cases.map(({ name, alerts }) => (
          <tr key={name}>
            <td className="mono">{name}</td>
            <td className="nowrap">{alerts === 0 ? "stays quiet" : `makes ${counted(alerts, "alert")}`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SwitchButton({ rule }: { readonly rule: RuleState }) {
  const [isAsking, setAsking] = useState(false);
  if (!useMay("analyst")) return null;
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
        {rule.isOff ? "Switch on…" : "Switch off…"}
      </Button>
      {isAsking && <SwitchDialog rule={rule} close={() => setAsking(false)} />}
    </>
  );
}

function SwitchDialog({ rule, close }: { readonly rule: RuleState; readonly close: () => void }) {
  const queries = useQueryClient();
  const say = useToast();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<Error>();
  const verb = rule.isOff ? "on" : "off";
  const turn = (): void => {
    api("PUT /detection/rules/{name}", {
      params: { name: rule.id },
      body: { isOff: !rule.isOff, reason },
    }).then(() => {
      say(`${rule.name} is switched ${verb}.`);
      close();
      return queries.invalidateQueries({ queryKey: ["detection-rules"] });
    }, setError);
  };
  return (
    <Modal
      opened
      onClose={close}
      title={`Switch ${verb}: ${rule.name}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <div className="stack">
        {error && <Problem error={error} />}
        <p>
          {rule.isOff
            ? "It watches again from the next event on."
            : "It makes no alert for any device until somebody switches it on. For a single device or program, suppress its alerts instead."}
        </p>
        <Textarea
          label="Why"
          description="Others see it in the audit table."
          data-autofocus
          autosize
          minRows={2}
          maxLength={2_000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button onClick={turn} disabled={reason.trim() === ""}>
          Switch {verb}
        </Button>
      </div>
    </Modal>
  );
}
