import { Link } from "@tanstack/react-router";
import type { Alert } from "../shared/api.js";
import { When } from "../shared/clock.js";
import { Facts } from "../shared/page.js";
import { toneOf } from "./parts.js";

/** What matters about the row at hand, beside the list; enough to decide most of them. */
export function Peek({ alert }: { readonly alert: Alert }) {
  return (
    <aside className="panel peek" aria-label="The alert at hand">
      <h2>Why it fired</h2>
      <div className="why" style={toneOf(alert.AlertSeverity)}>
        {alert.Reason}
      </div>
      <h2>What to do</h2>
      <p>{alert.RemediationSteps}</p>
      <Facts
        of={[
          ["Type", alert.AlertName],
          ["First", <When key="first" at={alert.StartTime} />],
          ["Last", <When key="last" at={alert.EndTime} />],
          ["ATT&CK", alert.Techniques],
          ["Confidence", alert.ConfidenceLevel],
        ]}
      />
      <Link to={`/alerts/${alert.SystemAlertId}`}>Evidence, processes and timeline</Link>
    </aside>
  );
}
