import { Button } from "@mantine/core";
import { useState } from "react";
import { type Alert, useMay } from "../shared/api.js";
import { Problem } from "../shared/states.js";
import { AssignDialog, CloseDialog, CommentDialog } from "./dialogs.js";
import { useDecide } from "./use-decide.js";

/** The dialog that is open. */
export type DialogName = "assign" | "comment" | "close";

interface DecideProps {
  readonly alerts: readonly Alert[];
  /** The dialog that keys opened, if any. */
  readonly dialog: DialogName | undefined;
  readonly setDialog: (name: DialogName | undefined) => void;
  readonly done?: () => void;
}

/** What can be decided about some alerts. */
export function DecideButtons({ alerts, dialog, setDialog, done }: DecideProps) {
  const mayDecide = useMay("analyst");
  const decide = useDecide();
  const ids = alerts.map(({ SystemAlertId = "" }) => SystemAlertId);
  const isAnyOpen = alerts.some(({ Status }) => Status !== "Closed");
  const isAnyNew = alerts.some(({ Status }) => Status === "New");
  const isAnyClosed = alerts.some(({ Status }) => Status === "Closed");
  const many = ids.length > 1 ? ` ${ids.length}` : "";
  if (!mayDecide) return <span className="muted small">You may read. Deciding needs the role analyst.</span>;
  const act = (action: "acknowledge" | "reopen"): void =>
    decide.mutate({ ids, action }, { onSuccess: () => done?.() });
  const dialogProps = { alerts, leave: () => setDialog(undefined), done: () => done?.() };
  return (
    <div className="row">
      {isAnyNew && (
        <Button variant="default" loading={decide.isPending} onClick={() => act("acknowledge")}>
          Acknowledge{many}
        </Button>
      )}
      {isAnyOpen && (
        <>
          <Button variant="default" disabled={decide.isPending} onClick={() => setDialog("assign")}>
            Assign{many}…
          </Button>
          <Button disabled={decide.isPending} onClick={() => setDialog("close")}>
            Close{many}…
          </Button>
        </>
      )}
      <Button variant="default" disabled={decide.isPending} onClick={() => setDialog("comment")}>
        Comment…
      </Button>
      {isAnyClosed && (
        <Button variant="default" onClick={() => act("reopen")}>
          Reopen{many}
        </Button>
      )}
      {decide.error && <Problem error={decide.error} />}
      {dialog === "assign" && <AssignDialog {...dialogProps} />}
      {dialog === "comment" && <CommentDialog {...dialogProps} />}
      {dialog === "close" && <CloseDialog {...dialogProps} />}
    </div>
  );
}

/** Which dialog is open. */
export const useDialog = () => useState<DialogName>();
