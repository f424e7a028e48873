import { Button, Checkbox, Modal, Textarea } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Alert, api } from "../shared/api.js";
import { count, counted } from "../shared/format.js";
import { Loaded, Problem } from "../shared/states.js";
import { useToast } from "../shared/toast.js";

type Proposed = Reply<Routes["POST /exceptions/propose"]>;

interface DialogProps {
  readonly alert: Alert;
  readonly close: () => void;
}

/** Proposes an exception from an alert, and says what it would have hidden before it applies. */
export function ExceptionDialog({ alert, close }: DialogProps) {
  const id = alert.SystemAlertId ?? "";
  const proposed = useQuery({
    queryKey: ["exception", id],
    queryFn: () => api("POST /exceptions/propose", { body: { alertId: id } }),
  });
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title="Make an exception"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Loaded from={proposed}>{(found) => <Form found={found} alert={alert} close={close} />}</Loaded>
    </Modal>
  );
}

/** A name that says what it is for, from what stands in the way. */
const nameOf = (ruleId: string, id: string): string =>
  `${ruleId.replace(/[^\w.:-]/g, "-").slice(0, 50)} ${id.slice(0, 8)}`;

function Form({ found, alert, close }: DialogProps & { readonly found: Proposed }) {
  const queries = useQueryClient();
  const say = useToast();
  const { exception, covered } = found;
  const isDangerous = covered.truePositives > 0;
  const [reason, setReason] = useState("");
  const [isMeant, setMeant] = useState(false);
  const [error, setError] = useState<Error>();
  const save = (): void => {
    setError(undefined);
    api("PUT /exceptions/{name}", {
      params: { name: nameOf(exception.ruleId, alert.SystemAlertId ?? "") },
      body: { ...exception, reason, ...(isMeant ? { evenTruePositives: true } : {}) },
    }).then(() => {
      say("The exception is in force.");
      close();
      return queries.invalidateQueries({ queryKey: ["exceptions"] });
    }, setError);
  };
  return (
    <div className="stack">
      {error && <Problem error={error} />}
      <Proposal found={found} />
      <Textarea
        label="Why this is normal here"
        data-autofocus
        autosize
        minRows={2}
        maxLength={2_000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {isDangerous && (
        <Checkbox
          label="Hide what was real, too"
          checked={isMeant}
          onChange={(event) => setMeant(event.currentTarget.checked)}
        />
      )}
      <Button onClick={save} disabled={reason.trim() === "" || (isDangerous && !isMeant)}>
        Make the exception
      </Button>
    </div>
  );
}

/** What the exception says, and what it would have hidden. */
function Proposal({ found: { exception, covered } }: { readonly found: Proposed }) {
  return (
    <>
      <p>
        The rule <span className="tag">{exception.ruleId}</span> makes no more alerts when all of this holds:
      </p>
      <ul className="plain-list mono small">
        {Object.entries(exception.where).map(([field, like]) => (
          <li key={field}>
            {field} is {like}
          </li>
        ))}
      </ul>
      <p>
        In the last 90 days it would have kept away <strong>{count(covered.alerts)}</strong> of{" "}
        {counted(covered.ofAlerts, "alert")} of the rule.
      </p>
      {covered.truePositives > 0 && (
        <p className="note" role="alert">
          {count(covered.truePositives)} of them {covered.truePositives === 1 ? "was" : "were"} closed as
          real. Such an exception hides attacks.
        </p>
      )}
    </>
  );
}
