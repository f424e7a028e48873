// A list.

/** The scalar types that columns have, named as in the query language. */
export type ColumnType = "string" | "long" | "int" | "real" | "bool" | "datetime" | "dynamic";

/** One described column. */
export interface TableColumn {
  readonly type: ColumnType;
  readonly about: string;
  /** A value that every row has; writers leave it out. */
  readonly fixed?: string | boolean | number;
}

/** One described table. */
export interface TableDefinition {
  readonly about: string;
  /** Columns whose values name one row: a later row with the same values replaces the earlier. Without it rows only add up. */
  readonly key?: readonly string[];
  /** Days a row is kept unless configured otherwise. */
  readonly retentionDays: number;
  readonly columns: Readonly<Record<string, TableColumn>>;
}

const string = (about: string): TableColumn & { type: "string" } => ({ type: "string", about });
const long = (about: string): TableColumn & { type: "long" } => ({ type: "long", about });
const real = (about: string): TableColumn & { type: "real" } => ({ type: "real", about });
const bool = (about: string): TableColumn & { type: "bool" } => ({ type: "bool", about });
const datetime = (about: string): TableColumn & { type: "datetime" } => ({ type: "datetime", about });
const dynamic = (about: string): TableColumn & { type: "dynamic" } => ({ type: "dynamic", about });
const fixed = <const V extends string>(value: V, about: string) =>
  ({ type: "string", about, fixed: value }) as const;

const standard = <const N extends string>(name: N) => ({
  _IsBillable: fixed("false", "Whether ingestion is billed; never here."),
  Type: fixed(name, "Name of the table."),
});

/** The tables of the workspace. The first three keep the names and columns of the original product. */
export const tables = {
  SecurityIoTRawEvent: {
    about: "Raw security events: one row per payload item of a security message.",
    retentionDays: 30,
    columns: {
      TimeGenerated: datetime("When the hub received the message."),
      TimeStamp: datetime("When it happened on the device, in UTC."),
      DeviceId: string("Device that sent it, as authenticated by the hub."),
      ModuleId: string("Module that sent it; empty for the device itself."),
      AssociatedResourceId: string("Hub it arrived at, in lower case."),
      AzureSubscriptionId: string("Kept for compatibility; the hub's instance id."),
      AgentId: string("Id the agent gave itself."),
      AgentVersion: string("Version of the agent."),
      IoTRawEventId: string("Unique id of this row."),
      IsEmpty: bool("True when the event carries no payload."),
      RawEventName: string("Name of the event, such as ProcessCreate."),
      RawEventCategory: string("Periodic, Triggered or Aggregated."),
      RawEventType: string("Security, Operational or Diagnostic."),
      EventDetails: string("The payload item as compact JSON, with EventId and TimestampLocal."),
      _BilledSize: real("Size of the item in bytes."),
      ...standard("SecurityIoTRawEvent"),
    },
  },
  SecurityAlert: {
    about: "Alerts: one row per alert with its present state; repeats of a day raise EventCount.",
    key: ["SystemAlertId"],
    retentionDays: 365,
    columns: {
      TimeGenerated: datetime("When the row last changed."),
      SystemAlertId: string("Unique id of the alert."),
      AlertName: string("Title of the alert's type."),
      DisplayName: string("Title shown to people: a sentence with the device in it."),
      AlertType: string("Id of the detection, such as IoT_CryptoMiner."),
      AlertSeverity: string("Informational, Low, Medium or High."),
      Description: string("What is suspected."),
      Reason: string("Why it fired, with this event's values, in a sentence."),
      Status: string("New, InProgress or Closed."),
      StatusReason: string("Why it was closed, in a person's words or a disposition."),
      Owner: string("Who works on it."),
      DeviceId: string("Device concerned."),
      ModuleId: string("Module concerned; empty for the device itself."),
      EventCount: long("How many events it stands for."),
      StartTime: datetime("First related activity."),
      EndTime: datetime("Last related activity."),
      ProcessingEndTime: datetime("When the alert was made."),
      RuleId: string("Rule that fired."),
      RemediationSteps: string("What to do about it."),
      ExtendedProperties: string("JSON bag; always holds DeviceId."),
      Entities: string("JSON list of the processes, accounts and addresses involved."),
      Evidence: dynamic("The raw-event rows that made it fire, newest last."),
      Ancestry: dynamic(
        "The process and its ancestors, nearest first: {ProcessId, Executable, CommandLine, UserName}.",
      ),
      NextQueries: dynamic("Questions an analyst asks next: {Question, Query}."),
      Tactics: string("ATT&CK tactics, joined by commas."),
      Techniques: string("ATT&CK techniques, joined by commas."),
      SubTechniques: string("ATT&CK sub-techniques, joined by commas."),
      ConfidenceLevel: string("Low, Medium or High."),
      ConfidenceScore: real("0 to 1."),
      IsIncident: bool("True for an alert made of alerts."),
      ResourceId: string("Hub concerned, in lower case."),
      CompromisedEntity: string("Device id."),
      VendorOriginalId: string("Id at the provider; the rule and its key."),
      AlertLink: string("Path of the alert in the console."),
      ExtendedLinks: string("JSON list of further links."),
      SourceComputerId: string("Kept for compatibility; empty."),
      ProductComponentName: string("Part of the product that made it."),
      WorkspaceSubscriptionId: string("Kept for compatibility; empty."),
      WorkspaceResourceGroup: string("Kept for compatibility; empty."),
      ProviderName: fixed("IoTSecurity", "Provider."),
      VendorName: fixed("Picket", "Vendor."),
      ProductName: fixed("Azure Security Center for IoT", "Kept, so that saved queries go on working."),
      _BilledSize: real("Size of the row in bytes."),
      ...standard("SecurityAlert"),
    },
  },
  SecurityAlertHistory: {
    about: "Everything that happened to an alert: who, when, why. Rows are never changed.",
    retentionDays: 730,
    columns: {
      TimeGenerated: datetime("When it happened."),
      SystemAlertId: string("Alert concerned."),
      Action: string("Created, Repeated, Acknowledged, Assigned, Commented, Closed or Reopened."),
      Actor: string("Person or program; picket for the pipeline itself."),
      FromStatus: string("Status before."),
      ToStatus: string("Status after."),
      Reason: string("Reason given."),
      Details: dynamic("What else belongs to it."),
      ...standard("SecurityAlertHistory"),
    },
  },
  SecurityRecommendation: {
    about: "Recommendations: one row per recommendation and device, with its present state.",
    key: ["RecommendationId"],
    retentionDays: 365,
    columns: {
      TimeGenerated: datetime("When the row last changed."),
      AssessedResourceId: string("Hub concerned, in lower case."),
      DeviceId: string("Device concerned; empty for the hub itself."),
      RecommendationId: string("Unique id: recommendation and device."),
      RecommendationName: string("Id of the recommendation, such as IoT_OpenPorts."),
      RecommendationDisplayName: string("Title."),
      RecommendationSeverity: string("Low, Medium or High."),
      RecommendationState: string("Active, Resolved or Dismissed."),
      RecommendationAdditionalData: dynamic("Evidence: what was found."),
      Description: string("Why it matters and what was found, in a sentence."),
      RemediationSteps: string("What to do about it."),
      DiscoveredTimeUTC: datetime("When it was found."),
      ResolvedTimeUTC: datetime("When it went away."),
      FirstEvaluationDate: datetime("When it was first looked at."),
      StatusChangeDate: datetime("When its state last changed."),
      IsSnapshot: bool("Kept for compatibility; false."),
      Environment: string("Kept for compatibility; IoT."),
      ResourceRegion: string("Kept for compatibility; empty."),
      ProviderName: fixed("IoTSecurity", "Provider."),
      PolicyDefinitionId: string("Kept for compatibility; empty."),
      Properties: dynamic("Kept for compatibility."),
      _BilledSize: real("Size of the row in bytes."),
      ...standard("SecurityRecommendation"),
    },
  },
  IoTHubOperation: {
    about:
      "The hub's operation log: connections, refusals with their reason, twins, methods, registry changes.",
    retentionDays: 90,
    columns: {
      TimeGenerated: datetime("When it happened."),
      OperationName: string("What was done, such as deviceConnect."),
      Category: string(
        "Connections, DeviceTelemetry, C2DCommands, DeviceIdentityOperations, D2CTwinOperations, …",
      ),
      Level: string("Information, Warning or Error."),
      ResultType: string("Empty when it went well, else the code, such as 401003."),
      ResultDescription: string("What happened, in a sentence."),
      DurationMs: long("How long it took, milliseconds."),
      CorrelationId: string("Joins the operations of one request or connection."),
      DeviceId: string("Device concerned, as claimed by the caller when it was refused."),
      ModuleId: string("Module concerned."),
      Protocol: string("Mqtt, MqttWs, Amqp, AmqpWs or Https."),
      AuthType: string("Sas, X509 or None."),
      IpAddress: string("Caller's address."),
      StatusCode: long("HTTP status that says the same."),
      SdkVersion: string("What the caller says it is."),
      MessageSize: long("Bytes, where there is a message."),
      Properties: dynamic("What else belongs to it."),
      ...standard("IoTHubOperation"),
    },
  },
  IoTDevice: {
    about: "Devices and modules with their twins: one row each, as they are now.",
    key: ["DeviceId", "ModuleId"],
    retentionDays: 36_500,
    columns: {
      TimeGenerated: datetime("When the row last changed."),
      DeviceId: string("Device."),
      ModuleId: string("Module; empty for the device itself."),
      Status: string("enabled, disabled or deleted."),
      AuthType: string("sas, selfSigned, certificateAuthority or none."),
      GenerationId: string("Changes when an id is deleted and made again."),
      ConnectionState: string("Connected or Disconnected."),
      ConnectionStateUpdatedTime: datetime("When that changed."),
      LastActivityTime: datetime("When it last spoke."),
      CreatedTime: datetime("When it was registered."),
      SdkVersion: string("What its client says it is."),
      Tags: dynamic("Twin tags."),
      Desired: dynamic("Twin desired properties."),
      Reported: dynamic("Twin reported properties."),
      DesiredVersion: long("Version of the desired properties."),
      ReportedVersion: long("Version of the reported properties."),
      ...standard("IoTDevice"),
    },
  },
  IoTDeviceActivity: {
    about:
      "What devices did at the hub: one row per device, module, minute and protocol; without protocol what goes over none.",
    retentionDays: 30,
    columns: {
      TimeGenerated: datetime("Start of the minute."),
      DeviceId: string("Device."),
      ModuleId: string("Module; empty for the device itself."),
      Protocol: string("Mqtt, MqttWs, Amqp, AmqpWs or Https; empty for what goes over no protocol."),
      Messages: long("Device-to-cloud messages taken."),
      SecurityMessages: long("Security messages among them."),
      Bytes: long("Bytes of all of them."),
      Failures: long("Messages and requests that were refused."),
      Unauthorized: long("Attempts with bad credentials in the identity's name."),
      Connects: long("Connections opened."),
      Disconnects: long("Connections closed."),
      CommandsDelivered: long("Cloud-to-device messages handed over."),
      CommandsCompleted: long("Of them, completed by the device."),
      CommandsRejected: long("Of them, rejected by the device."),
      CommandsAbandoned: long("Of them, abandoned by the device."),
      MethodCalls: long("Direct methods called on it."),
      MethodFailures: long("Of them, failed or not answered."),
      TwinReads: long("Twin reads."),
      TwinUpdates: long("Twin updates by the device or a service."),
      CommandsEnqueued: long("Cloud-to-device messages put into its queue."),
      CommandsDeadLettered: long("Of them, expired or delivered too often."),
      QueuePurges: long("Purges of its queue."),
      FileUploads: long("Files it uploaded."),
      ...standard("IoTDeviceActivity"),
    },
  },
  ThreatIntelligenceIndicator: {
    about: "Indicators of threats as feeds gave them: one row per indicator and set, with its present state.",
    key: ["IndicatorId"],
    retentionDays: 365,
    columns: {
      TimeGenerated: datetime("When the set it belongs to was last taken in."),
      IndicatorId: string("Unique id: set and pattern."),
      SourceSystem: string("Set it came with, such as a feed's name."),
      Action: string("alert."),
      Active: bool("False when it expired or its set was taken out."),
      ConfidenceScore: real("0 to 100: the feed's confidence times the trust in it."),
      Description: string("What the feed says of it."),
      ExpirationDateTime: datetime("When it stops to count; empty for never."),
      ThreatType: string("Such as C2, Malware or Botnet, as the feed says."),
      Tags: string("Labels, joined by commas."),
      IndicatorType: string("ipv4, ipv6, cidr, domain, url, md5, sha1, sha256 or ja3."),
      NetworkIP: string("Address or range."),
      DomainName: string("Domain."),
      Url: string("URL."),
      FileHashType: string("md5, sha1 or sha256."),
      FileHashValue: string("Hash."),
      ...standard("ThreatIntelligenceIndicator"),
    },
  },
  SecurityIoTRejected: {
    about: "Messages and events that were refused, with the field and the rule that failed.",
    retentionDays: 30,
    columns: {
      TimeGenerated: datetime("When the hub received it."),
      DeviceId: string("Device that sent it."),
      ModuleId: string("Module that sent it."),
      Scope: string("message, event or item: how much was refused."),
      Reason: string("Code of the reason, such as SCHEMA_NOT_JSON."),
      Field: string("Path of the field that failed, such as /Events/0/Name."),
      Rule: string("Rule it failed, such as required or enum."),
      Explanation: string("What is wrong and what would be right, in a sentence."),
      BodySize: long("Size of the whole message in bytes."),
      Body: string("The first 4 KB of what was refused."),
      ...standard("SecurityIoTRejected"),
    },
  },
  PicketAudit: {
    about: "What people and programs did or asked here. Rows are never changed.",
    retentionDays: 730,
    columns: {
      TimeGenerated: datetime("When it happened."),
      Actor: string("User or token name."),
      ActorType: string("user, token, agent or system."),
      Role: string("viewer, analyst or admin."),
      Action: string("What was done, such as alerts.decide or query.run."),
      Target: string("What it was done to."),
      Result: string("ok, or the error's code."),
      IpAddress: string("Where from."),
      DurationMs: long("How long it took, milliseconds."),
      Details: dynamic("What else belongs to it, such as the query's text."),
      ...standard("PicketAudit"),
    },
  },
} as const satisfies Readonly<Record<string, TableDefinition>>;

/** One of the workspace's table names. */
export type TableName = keyof typeof tables;

/** The table names in the order they are shown. */
export const tableNames = Object.keys(tables) as readonly TableName[];

interface Carried {
  readonly string: string;
  readonly long: number;
  readonly int: number;
  readonly real: number;
  readonly bool: boolean;
  /** ISO 8601 in UTC, ending in Z. */
  readonly datetime: string;
  readonly dynamic: unknown;
}
type Columns<T extends TableName> = (typeof tables)[T]["columns"];
type Written<C> = { [K in keyof C]: C[K] extends { readonly fixed: unknown } ? never : K }[keyof C];

/** A row as writers make it: every column but the fixed ones may be set; what is left out is empty. */
export type TableRow<T extends TableName> = {
  -readonly [K in Written<Columns<T>>]?: Columns<T>[K] extends { readonly type: infer C extends ColumnType }
    ? Carried[C]
    : never;
};
