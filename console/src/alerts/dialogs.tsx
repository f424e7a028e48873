import { Button, Modal, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { type Alert, useSession } from "../shared/api.js";
import { counted } from "../shared/format.js";
import { Severity } from "../shared/severity.js";
import { Problem } from "../shared/states.js";
import { type Decision, useDecide } from "./use-decide.js";

interface DialogProps {
  readonly alerts: readonly Alert[];
  readonly leave: () => void;
  readonly done: () => void;
}

const LISTED = 5;

const dispositions: readonly {
  readonly value: NonNullable<Decision["disposition"]>;
  readonly label: string;
}[] = [
  { value: "truePositive", label: "Real, and dealt with" },
  { value: "benignPositive", label: "Real, but intended" },
  { value: "falsePositive", label: "False alarm: the rule should not have fired" },
  { value: "duplicate", label: "Duplicate of another alert" },
  { value: "other", label: "Something else" },
];

interface FormProps extends DialogProps {
  readonly title: string;
  readonly verb: string;
  readonly isReady: boolean;
  readonly decision: Omit<Decision, "ids">;
  readonly children: ReactNode;
}

/** Asks for what a decision needs, says what it will change, and sends it. */
function DecisionForm({ alerts, leave, done, title, verb, isReady, decision, children }: FormProps) {
  const decide = useDecide();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const ids = alerts.map(({ SystemAlertId = "" }) => SystemAlertId);
    decide.mutate(
      { ids, ...decision },
      {
        onSuccess: () => {
          leave();
          done();
        },
      },
    );
  };
  return (
    <Modal
      opened
      onClose={leave}
      title={`${title} ${counted(alerts.length, "alert")}`}
      closeButtonProps={{ "aria-label": "Cancel" }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Listed alerts={alerts} />
          {children}
          {decide.error && <Problem error={decide.error} />}
          <Button type="submit" disabled={!isReady} loading={decide.isPending}>
            {verb}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function Listed({ alerts }: { readonly alerts: readonly Alert[] }) {
  return (
    <ul className="list">
      {alerts.slice(0, LISTED).map(({ SystemAlertId, AlertSeverity, DisplayName }) => (
        <li key={SystemAlertId}>
          <Severity of={AlertSeverity} /> {DisplayName}
        </li>
      ))}
      {alerts.length > LISTED && <li>and {alerts.length - LISTED} more</li>}
    </ul>
  );
}

/** Closes alerts with a finding and a reason. */
export function CloseDialog(props: DialogProps) {
  const [reason, setReason] = useState("");
  const [disposition, setDisposition] = useState(dispositions[0]!.value);
  return (
    <DecisionForm
      {...props}
      title="Close"
      verb="Close"
      isReady={reason.trim() !== ""}
      decision={{ action: "close", reason: reason.trim(), disposition }}
    >
      <Select
        label="What was it?"
        data={[...dispositions]}
        value={disposition}
        onChange={(value) =>
          setDisposition(dispositions.find((each) => each.value === value)?.value ?? "other")
        }
        allowDeselect={false}
      />
      <Textarea
        label="Why is it closed?"
        description="Your colleagues read this in the alert's history, next time it happens too."
        data-autofocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        rows={3}
      />
    </DecisionForm>
  );
}

/** Gives alerts to somebody. */
export function AssignDialog(props: DialogProps) {
  const { data: session } = useSession();
  const [owner, setOwner] = useState(session?.name ?? "");
  const [reason, setReason] = useState("");
  return (
    <DecisionForm
      {...props}
      title="Assign"
      verb="Assign"
      isReady={owner.trim() !== ""}
      decision={{
        action: "assign",
        owner: owner.trim(),
        ...(reason.trim() ? { reason: reason.trim() } : {}),
      }}
    >
      <TextInput
        label="Who works on it?"
        data-autofocus
        value={owner}
        onChange={(event) => setOwner(event.currentTarget.value)}
      />
      <TextInput
        label="Word to them"
        description="If there is something they should know."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </DecisionForm>
  );
}

/** Writes something down about alerts. */
export function CommentDialog(props: DialogProps) {
  const [reason, setReason] = useState("");
  return (
    <DecisionForm
      {...props}
      title="Comment on"
      verb="Write it down"
      isReady={reason.trim() !== ""}
      decision={{ action: "comment", reason: reason.trim() }}
    >
      <Textarea
        label="What should be remembered?"
        data-autofocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        rows={3}
      />
    </DecisionForm>
  );
}
