import { Button } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api, useMay } from "../shared/api.js";
import { When } from "../shared/clock.js";
import { counted } from "../shared/format.js";
import { Heads } from "../shared/heads.js";
import { Page, Panel } from "../shared/page.js";
import { Empty, Loaded } from "../shared/states.js";
import { useToast } from "../shared/toast.js";
import { AddSuppression } from "./add-suppression.js";

type Suppression = Reply<Routes["GET /suppressions"]>["suppressions"][number];
type Exception = Reply<Routes["GET /exceptions"]>["exceptions"][number];

/** What is kept quiet, by whom, why and until when. */
export function Quiet() {
  const suppressions = useQuery({ queryKey: ["suppressions"], queryFn: () => api("GET /suppressions") });
  const exceptions = useQuery({ queryKey: ["exceptions"], queryFn: () => api("GET /exceptions") });
  const mayChange = useMay("analyst");
  return (
    <Page
      title="Kept quiet"
      lede="Alerts that wake nobody for a while, and what is no alert at all here. Everything ends, has an owner and a reason."
    >
      <Panel title="For a while" isFlush>
        <Loaded from={suppressions}>{(found) => <Suppressions found={found.suppressions} />}</Loaded>
      </Panel>
      {mayChange && <AddSuppression />}
      <Panel title="Exceptions of rules" isFlush>
        <Loaded from={exceptions}>{(found) => <Exceptions found={found.exceptions} />}</Loaded>
      </Panel>
    </Page>
  );
}

interface EndProps {
  readonly name: string;
  readonly end: () => Promise<unknown>;
  readonly listed: string;
}

function EndButton({ name, end, listed }: EndProps) {
  const queries = useQueryClient();
  const say = useToast();
  if (!useMay("analyst")) return null;
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      aria-label={`End ${name}`}
      onClick={() =>
        void end().then(
          () => queries.invalidateQueries({ queryKey: [listed] }),
          (error: Error) => say(error.message),
        )
      }
    >
      End
    </Button>
  );
}

interface RowsProps {
  readonly heads: readonly string[];
  readonly children: ReactNode;
}

function Rows({ heads, children }: RowsProps) {
  return (
    <table className="rows top">
      <Heads of={heads} />
      <tbody>{children}</tbody>
    </table>
  );
}

const covers = ({ kind, rule, device, entity }: Suppression): string =>
  [
    kind === "maintenance" ? "everything" : rule ? `rule ${rule}` : "every rule",
    device ? `of ${device}` : "of every device",
    entity ? `about ${entity}` : "",
  ]
    .filter(Boolean)
    .join(" ");

function Suppressions({ found }: { readonly found: readonly Suppression[] }) {
  if (found.length === 0)
    return (
      <Empty title="Nothing is suppressed">
        While a device is worked on, a maintenance window keeps its alerts from waking anybody. They are kept
        all the same.
      </Empty>
    );
  return (
    <Rows heads={["Name", "Covers", "From", "Until", "Why", ""]}>
      {found.map((each) => (
        <tr key={each.name}>
          <td>
            <strong>{each.name}</strong>
            <div className="muted small">
              {each.kind === "maintenance" ? "maintenance window" : "suppression"}
            </div>
          </td>
          <td>{covers(each)}</td>
          <td>
            <When at={each.from} />
          </td>
          <td>
            <When at={each.until} />
          </td>
          <td>
            {each.reason} <span className="muted">({each.actor})</span>
          </td>
          <td className="number">
            <EndButton
              name={each.name}
              listed="suppressions"
              end={() => api("DELETE /suppressions/{name}", { params: { name: each.name } })}
            />
          </td>
        </tr>
      ))}
    </Rows>
  );
}

function Exceptions({ found }: { readonly found: readonly Exception[] }) {
  if (found.length === 0)
    return (
      <Empty title="No exceptions">
        On the page of an alert that was none, <em>Make an exception</em> proposes one and replays it on
        history.
      </Empty>
    );
  return (
    <Rows heads={["Rule", "When", "Kept away", "Why", "Until", ""]}>
      {found.map((each) => (
        <tr key={each.name}>
          <td>
            <strong>{each.ruleId}</strong>
          </td>
          <td className="mono small">
            {Object.entries(each.where).map(([field, like]) => (
              <div key={field}>
                {field} is {like}
              </div>
            ))}
          </td>
          <td>{counted(each.kept, "hit")}</td>
          <td>
            {each.reason} <span className="muted">({each.actor})</span>
          </td>
          <td>{each.until ? <When at={each.until} /> : "for good"}</td>
          <td className="number">
            <EndButton
              name={each.name}
              listed="exceptions"
              end={() => api("DELETE /exceptions/{name}", { params: { name: each.name } })}
            />
          </td>
        </tr>
      ))}
    </Rows>
  );
}
