import type { Alert, DeliveryFormat } from "./delivery-route.js";

/** Severity as the Common Event Format counts it, 0 to 10. */
const cefSeverity: Readonly<Record<string, number>> = { High: 9, Medium: 6, Low: 3, Informational: 1 };
/** Severity ids of OCSF. */
const ocsfSeverity: Readonly<Record<string, number>> = { High: 4, Medium: 3, Low: 2, Informational: 1 };

const head = (text: string): string => text.replace(/[\\|]/g, "\\$&").replace(/[\r\n]+/g, " ");
const extension = (text: string): string => text.replace(/[\\=]/g, "\\$&").replace(/\r?\n/g, "\\n");
const millisecondsOf = (time: string | undefined): number => Date.parse(time ?? "") || 0;

/** An alert as a line of the Common Event Format. */
export function printCef(alert: Alert): string {
  const fields: Record<string, string> = {
    rt: String(millisecondsOf(alert.ProcessingEndTime)),
    start: String(millisecondsOf(alert.StartTime)),
    end: String(millisecondsOf(alert.EndTime)),
    externalId: alert.SystemAlertId ?? "",
    dvchost: alert.DeviceId ?? "",
    msg: alert.Reason ?? "",
    cnt: String(alert.EventCount ?? 1),
    cat: alert.Tactics ?? "",
    cs1Label: "Rule",
    cs1: alert.RuleId ?? "",
    cs2Label: "Status",
    cs2: alert.Status ?? "",
    cs3Label: "Techniques",
    cs3: alert.Techniques ?? "",
    cs4Label: "Remediation",
    cs4: alert.RemediationSteps ?? "",
  };
  const printed = Object.entries(fields)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${extension(value)}`);
  const severity = cefSeverity[alert.AlertSeverity ?? ""] ?? 5;
  return `CEF:0|Picket|Picket|0.1.0|${head(alert.AlertType ?? "")}|${head(alert.DisplayName ?? "")}|${severity}|${printed.join(" ")}`;
}

/** An alert as a Detection Finding of the Open Cybersecurity Schema Framework. */
export function printOcsf(alert: Alert): object {
  const isClosed = alert.Status === "Closed";
  const activity = isClosed ? 3 : 1;
  return {
    category_uid: 2,
    category_name: "Findings",
    class_uid: 2004,
    class_name: "Detection Finding",
    activity_id: activity,
    activity_name: isClosed ? "Close" : "Create",
    type_uid: 200400 + activity,
    severity_id: ocsfSeverity[alert.AlertSeverity ?? ""] ?? 0,
    severity: alert.AlertSeverity,
    status_id: { New: 1, InProgress: 2, Closed: 4 }[alert.Status ?? ""] ?? 0,
    status: alert.Status,
    time: millisecondsOf(alert.TimeGenerated),
    message: alert.Reason,
    count: alert.EventCount ?? 1,
    start_time: millisecondsOf(alert.StartTime),
    end_time: millisecondsOf(alert.EndTime),
    metadata: { version: "1.3.0", product: { name: "Picket", vendor_name: "Picket", version: "0.1.0" } },
    finding_info: {
      uid: alert.SystemAlertId,
      title: alert.DisplayName,
      desc: alert.Description,
      types: [alert.AlertType],
      created_time: millisecondsOf(alert.ProcessingEndTime),
      analytic: { uid: alert.RuleId, name: alert.AlertName, type: "Rule", type_id: 1 },
      attacks: listOf(alert.Techniques).map((uid) => ({ version: "ATT&CK", technique: { uid } })),
    },
    device: { type_id: 7, type: "IOT", uid: alert.DeviceId, name: alert.DeviceId },
    remediation: { desc: alert.RemediationSteps },
  };
}

const listOf = (text: string | undefined): string[] => (text ?? "").split(", ").filter((each) => each !== "");

/** An alert as a few lines for people. */
export const printText = (alert: Alert): string =>
  [
    `${alert.AlertSeverity}: ${alert.DisplayName}`,
    "",
    alert.Reason ?? "",
    "",
    `Device      ${alert.DeviceId}`,
    `Rule        ${alert.RuleId} (${alert.AlertName})`,
    `Status      ${alert.Status}${alert.StatusReason ? ` (${alert.StatusReason})` : ""}`,
    `Seen        ${alert.StartTime} to ${alert.EndTime}, ${alert.EventCount ?? 1} times`,
    `Tactics     ${alert.Tactics || "-"}`,
    `What to do  ${alert.RemediationSteps}`,
    `Alert       ${alert.SystemAlertId}`,
  ].join("\n");

/** An alert in a form. */
export function printAlert(alert: Alert, format: DeliveryFormat): string {
  if (format === "cef") return printCef(alert);
  if (format === "text") return printText(alert);
  return JSON.stringify(format === "ocsf" ? printOcsf(alert) : alert);
}
