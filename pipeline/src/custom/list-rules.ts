import { type ListedAlertType, type RuleEvent, textOf } from "@picket/detections";
import { ANY_RUN, all, any, type Condition, not } from "../conditions/condition.js";
import { kqlOf, kqlText } from "../conditions/print-kql.js";
import { type EngineRule, fromCondition, type Origin } from "../engine/engine-rule.js";
import type { Membership } from "./membership.js";
import { DEFAULT_GROUP, type ListRule, type SecurityGroup } from "./read-group.js";

const plainText = (field: string, text: string): Condition => ({
  kind: "text",
  field,
  pattern: [text],
  cased: false,
});
const present = (field: string): Condition => not({ kind: "empty", field });

interface Subject {
  readonly reads: "ConnectionCreate" | "Login" | "ProcessCreate";
  readonly field: string;
  /** Which events are looked at. */
  readonly looksAt: Condition;
  /** What is on a list. */
  listed(values: readonly string[]): Condition;
  says(event: RuleEvent): string;
}

/** A name stands for any program of that name, a path for that program alone. */
const programs = (values: readonly string[]): Condition =>
  any([
    { kind: "among", field: "Executable", texts: values },
    ...values
      .filter((value) => !value.includes("/"))
      .map(
        (value): Condition => ({
          kind: "text",
          field: "Executable",
          pattern: [ANY_RUN, `/${value}`],
          cased: false,
        }),
      ),
  ]);

const subjects: Readonly<Record<ListedAlertType["looksAt"], Subject>> = {
  connection: {
    reads: "ConnectionCreate",
    field: "RemoteAddress",
    looksAt: all([plainText("Direction", "Out"), present("RemoteAddress")]),
    listed: (values) =>
      any(values.map((block): Condition => ({ kind: "cidr", field: "RemoteAddress", block }))),
    says: (event) =>
      `${textOf(event, "Executable") || "A program"} connected to ${textOf(event, "RemoteAddress")}`,
  },
  login: {
    reads: "Login",
    field: "UserName",
    looksAt: all([plainText("Result", "Success"), present("UserName")]),
    listed: (values) => ({ kind: "among", field: "UserName", texts: values }),
    says: (event) => `${textOf(event, "UserName")} logged in`,
  },
  process: {
    reads: "ProcessCreate",
    field: "Executable",
    looksAt: present("Executable"),
    listed: programs,
    says: (event) => `${textOf(event, "Executable")} was started`,
  },
};

const conditionOf = ({ type, values }: ListRule): Condition => {
  const { looksAt, listed } = subjects[type.looksAt];
  const onList = listed(values);
  return all([looksAt, type.kind === "denyList" ? onList : not(onList)]);
};

/** Who wrote a custom alert. */
export const customOrigin = (group: string): Origin => ({
  form: "custom",
  author: "",
  source: `security group ${group}`,
  licence: "",
});

/** A list of a group as a rule of the engine. */
export function listRule(group: SecurityGroup, rule: ListRule, members: Membership): EngineRule {
  const { type } = rule;
  const subject = subjects[type.looksAt];
  const why = type.kind === "denyList" ? "which the list denies" : "which is not on the list";
  return fromCondition({
    id: `custom/${group.name}/${type.ruleType}`,
    alertType: `IoT_CA_${type.ruleType}`,
    name: type.alertTitle,
    severity: "Low",
    about: type.description,
    tactics: [],
    techniques: [],
    remediation: type.remediation,
    origin: customOrigin(group.name),
    reads: subject.reads,
    condition: conditionOf(rule),
    isFor: (deviceId) => members.groupOf(deviceId) === group.name,
    entity: (event) => textOf(event, subject.field),
    title: (event) => `${subject.says(event)} on ${event.deviceId}, ${why}`,
    reason: (event) =>
      `${subject.says(event)}, ${why} ${type.ruleType} of the security group ${group.name} (${rule.values.length} values).`,
  });
}

/** The devices of a group, as a query says it. */
export function kqlMembers(group: string): string {
  const tag = `iff(isnotempty(tostring(Tags.SecurityGroup)), tostring(Tags.SecurityGroup), tostring(Tags.securityGroup))`;
  const wanted =
    group === DEFAULT_GROUP
      ? '| summarize Group = max(Group) by DeviceId | where isempty(Group) or Group == "default"'
      : `| where Group == ${kqlText(group)}`;
  return `IoTDevice | where Status != "deleted" | extend Group = ${tag} ${wanted} | project DeviceId`;
}

/** The query that finds in history what a list finds in the stream. */
export const kqlOfList = (group: string, rule: ListRule): string =>
  `${kqlOf(conditionOf(rule), { table: "SecurityIoTRawEvent", event: subjects[rule.type.looksAt].reads })}\n| where DeviceId in ((${kqlMembers(group)}))`;
