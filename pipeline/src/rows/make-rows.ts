import type {
  AuditEntry,
  DeviceCounters,
  DeviceSnapshot,
  Operation,
  ReceivedEvent,
  ReceivedMessage,
  StreamRecord,
  TableName,
  TableRow,
  Violation,
} from "@picket/schema";

/** Rows of a turn by table, as compact JSON texts. */
export class RowSet {
  readonly #rows = new Map<TableName, string[]>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add<T extends TableName>(table: T, row: TableRow<T>): void {
    this.addText(table, JSON.stringify(row));
  }

  addText(table: TableName, text: string): void {
    const rows = this.#rows.get(table);
    if (rows) rows.push(text);
    else this.#rows.set(table, [text]);
    this.#count += 1;
  }

  list(): { table: TableName; rows: string[] }[] {
    return [...this.#rows].map(([table, rows]) => ({ table, rows }));
  }
}

/** What is the same for all rows of one message, printed once. */
export interface MessageHead {
  readonly text: string;
  readonly hubName: string;
}

/** The columns that all rows of one message share, as the beginning of a JSON object. */
export function messageHead(record: StreamRecord, message: ReceivedMessage, hubName: string): MessageHead {
  const shared = {
    TimeGenerated: new Date(record.receivedAt).toISOString(),
    DeviceId: record.deviceId,
    ModuleId: record.moduleId,
    AssociatedResourceId: hubName.toLowerCase(),
    AgentId: message.agentId,
    AgentVersion: message.agentVersion,
  };
  return { text: JSON.stringify(shared).slice(0, -1), hubName };
}

/**
 * The rows of one event: one per payload item, or one empty one. `EventDetails` is the item as compact JSON with the
 * event's id and local time; queries of the original look into it as text, so no blank may stand after a colon.
 */
export function eventRows(head: MessageHead, event: ReceivedEvent, rows: RowSet): void {
  const shared = `${head.text},"TimeStamp":"${new Date(event.at).toISOString()}","IsEmpty":${event.isEmpty},"RawEventName":${JSON.stringify(event.name)},"RawEventCategory":"${event.category}","RawEventType":"${event.eventType}"`;
  const tail = `"EventId":${JSON.stringify(event.id)},"TimestampLocal":${JSON.stringify(event.timestampLocal)}}`;
  if (event.items.length === 0) rows.addText("SecurityIoTRawEvent", row(shared, event.id, 0, `{${tail}`));
  for (let place = 0; place < event.items.length; place += 1) {
    const item = JSON.stringify(event.items[place]);
    const details = item === "{}" ? `{${tail}` : `${item.slice(0, -1)},${tail}`;
    rows.addText("SecurityIoTRawEvent", row(shared, event.id, place, details));
  }
}

const row = (shared: string, id: string, place: number, details: string): string =>
  `${shared},"IoTRawEventId":${JSON.stringify(place === 0 ? id : `${id}/${place}`)},"_BilledSize":${details.length},"EventDetails":${JSON.stringify(details)}}`;

const SHOWN_BYTES = 4_096;

/** What was refused of a message, with the field, the rule and the beginning of the body. */
export function rejectedRow(record: StreamRecord, violation: Violation): TableRow<"SecurityIoTRejected"> {
  return {
    TimeGenerated: new Date(record.receivedAt).toISOString(),
    DeviceId: record.deviceId,
    ModuleId: record.moduleId,
    Scope: violation.scope,
    Reason: violation.code,
    Field: violation.path,
    Rule: violation.rule,
    Explanation: violation.explanation,
    BodySize: record.body.byteLength,
    Body: new TextDecoder().decode(record.body.subarray(0, SHOWN_BYTES)).replaceAll("\u0000", "\ufffd"),
  };
}

export function operationRow(record: StreamRecord, operation: Operation): TableRow<"IoTHubOperation"> {
  return {
    TimeGenerated: new Date(record.receivedAt).toISOString(),
    OperationName: operation.operationName,
    Category: operation.category,
    Level: operation.level,
    ResultType: operation.resultType,
    ResultDescription: operation.resultDescription,
    DurationMs: operation.durationMs ?? 0,
    CorrelationId: operation.correlationId ?? "",
    DeviceId: operation.deviceId,
    ModuleId: operation.moduleId,
    Protocol: operation.protocol,
    AuthType: operation.authType,
    IpAddress: operation.ipAddress,
    StatusCode: operation.statusCode ?? 200,
    SdkVersion: operation.sdkVersion ?? "",
    MessageSize: operation.messageSize ?? 0,
    Properties: { ...operation.properties, ...(operation.cause === "" ? {} : { cause: operation.cause }) },
  };
}

export function deviceRow(record: StreamRecord, device: DeviceSnapshot): TableRow<"IoTDevice"> {
  return {
    TimeGenerated: new Date(record.receivedAt).toISOString(),
    DeviceId: device.deviceId,
    ModuleId: device.moduleId,
    Status: device.status,
    AuthType: device.authType,
    GenerationId: device.generationId,
    ConnectionState: device.connectionState,
    ...(device.connectionStateUpdatedTime === undefined
      ? {}
      : { ConnectionStateUpdatedTime: device.connectionStateUpdatedTime }),
    ...(device.lastActivityTime === undefined ? {} : { LastActivityTime: device.lastActivityTime }),
    CreatedTime: device.createdTime,
    SdkVersion: device.sdkVersion,
    Tags: device.tags,
    Desired: device.desired,
    Reported: device.reported,
    DesiredVersion: device.desiredVersion,
    ReportedVersion: device.reportedVersion,
  };
}

export function auditRow(record: StreamRecord, entry: AuditEntry): TableRow<"PicketAudit"> {
  return {
    TimeGenerated: new Date(record.receivedAt).toISOString(),
    Actor: entry.actor,
    ActorType: entry.actorType,
    Role: entry.role,
    Action: entry.action,
    Target: entry.target,
    Result: entry.result,
    IpAddress: entry.ipAddress,
    DurationMs: entry.durationMs ?? 0,
    Details: entry.details ?? {},
  };
}

/** What a device did in a minute: a row for each protocol, and one for what goes over none. */
export function activityRows(
  record: StreamRecord,
  { minute, protocols, ...rest }: DeviceCounters,
): TableRow<"IoTDeviceActivity">[] {
  const head = { TimeGenerated: minute, DeviceId: record.deviceId, ModuleId: record.moduleId };
  const rows = Object.entries(protocols).map(([protocol, each]) => ({
    ...head,
    Protocol: protocol,
    ...capitals(each),
  }));
  const others = capitals(rest);
  return Object.values(others).some((count) => count > 0)
    ? [...rows, { ...head, Protocol: "", ...others }]
    : rows;
}

const capitals = (counts: object): Record<string, number> =>
  Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [
      `${name[0]!.toUpperCase()}${name.slice(1)}`,
      Number(count),
    ]),
  );
