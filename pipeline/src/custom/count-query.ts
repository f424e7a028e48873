import type { CountedThing } from "@picket/detections";
import { kqlText } from "../conditions/print-kql.js";
import { kqlMembers } from "./list-rules.js";
import type { CountRule } from "./read-group.js";

const overProtocol: Readonly<Record<string, string>> = {
  amqp: '"Amqp", "AmqpWs"',
  mqtt: '"Mqtt", "MqttWs"',
  http: '"Https"',
};
const columns: Readonly<Record<string, string>> = {
  Messages: "Messages",
  Commands: "CommandsDelivered",
  CommandsRejected: "CommandsRejected",
};

/** What is counted, as rows with a column `By`. */
function rowsOf(thing: CountedThing): string {
  const found = /^(amqp|mqtt|http)(\w+)$/.exec(thing);
  if (found)
    return `IoTDeviceActivity\n| where Protocol in (${overProtocol[found[1]!]})\n| extend By = ${columns[found[2]!]}`;
  const events = "SecurityIoTRawEvent\n| extend Details = parse_json(EventDetails)";
  const hits = "extend By = coalesce(tolong(Details.ExtraDetails.HitCount), 1)";
  if (thing === "connections") return `${events}\n| where RawEventName == "ConnectionCreate"\n| ${hits}`;
  if (thing === "failedLogins")
    return `${events}\n| where RawEventName == "Login" and tostring(Details.Result) == "Fail"\n| ${hits}`;
  return `IoTDeviceActivity\n| extend By = ${thing[0]!.toUpperCase()}${thing.slice(1)}`;
}

/**
 * The query that finds in history what a count finds in the stream. Windows in which a device did nothing at all leave no
 * row, so that it finds fewer of too little than the stream does.
 */
export function kqlOfCount(group: string, { type, min, max, windowMs }: CountRule): string {
  const window = kqlText(`${windowMs / 60_000}m`).slice(1, -1);
  return `${rowsOf(type.counts)}
| where DeviceId in ((${kqlMembers(group)}))
| summarize Count = sum(By) by DeviceId, TimeGenerated = bin(TimeGenerated, ${window})
| where Count > ${max} or Count < ${min}`;
}
