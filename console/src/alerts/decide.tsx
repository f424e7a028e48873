import { Button, Group, Modal, Select, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { api } from "../shared/api.js";
import { Problem } from "../shared/parts.js";

const dispositions = [
  { value: "truePositive", label: "Real, dealt with" },
  { value: "benignPositive", label: "Real, but intended" },
  { value: "falsePositive", label: "Wrong: the rule should not have fired" },
  { value: "duplicate", label: "Duplicate" },
  { value: "other", label: "Something else" },
] as const;
type Disposition = (typeof dispositions)[number]["value"];

/** Acknowledge, close with a reason, or reopen some alerts. */
export function DecideButtons({
  ids,
  status,
  done,
}: {
  readonly ids: readonly string[];
  readonly status?: string | undefined;
  readonly done: () => void;
}) {
  const [isClosing, setClosing] = useState(false);
  const [error, setError] = useState<Error>();
  const decide = (action: "acknowledge" | "reopen"): void =>
    void api("POST /alerts/decide", { body: { ids: [...ids], action } }).then(done, setError);
  return (
    <Group gap="xs">
      {status !== "Closed" && (
        <>
          <Button size="compact-md" variant="default" onClick={() => decide("acknowledge")}>
            Acknowledge{ids.length > 1 ? ` ${ids.length}` : ""}
          </Button>
          <Button size="compact-md" onClick={() => setClosing(true)}>
            Close{ids.length > 1 ? ` ${ids.length}` : ""}…
          </Button>
        </>
      )}
      {(status === "Closed" || status === undefined) && (
        <Button size="compact-md" variant="default" onClick={() => decide("reopen")}>
          Reopen
        </Button>
      )}
      {error && <Problem error={error} />}
      <CloseDialog ids={ids} isOpen={isClosing} leave={() => setClosing(false)} done={done} />
    </Group>
  );
}

function CloseDialog({
  ids,
  isOpen,
  leave,
  done,
}: {
  readonly ids: readonly string[];
  readonly isOpen: boolean;
  readonly leave: () => void;
  readonly done: () => void;
}) {
  const [reason, setReason] = useState("");
  const [disposition, setDisposition] = useState<Disposition>("truePositive");
  const [error, setError] = useState<Error>();
  const close = (): void =>
    void api("POST /alerts/decide", { body: { ids: [...ids], action: "close", reason, disposition } }).then(
      () => {
        leave();
        done();
      },
      setError,
    );
  return (
    <Modal
      opened={isOpen}
      onClose={leave}
      title={`Close ${ids.length} alert${ids.length === 1 ? "" : "s"}`}
      closeButtonProps={{ "aria-label": "Leave open" }}
    >
      <Stack>
        {error && <Problem error={error} />}
        <Select
          label="What was it?"
          data={[...dispositions]}
          value={disposition}
          onChange={(value) => setDisposition((value ?? "other") as Disposition)}
          allowDeselect={false}
        />
        <Textarea
          label="Why is it closed?"
          description="Your colleagues read this in the alert's history."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          autosize
          minRows={2}
        />
        <Button disabled={reason.trim() === ""} onClick={close}>
          Close
        </Button>
      </Stack>
    </Modal>
  );
}
