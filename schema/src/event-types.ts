// A list.

/** How a payload field is typed on the wire. `port` is text (`"80"`, `"100-200"`, `"*"`); `id` is an integer. */
export type FieldType =
  | "text"
  | "id"
  | "count"
  | "flag"
  | "port"
  | "address"
  | "addressTag"
  | readonly string[];

/** One field of a payload item. */
export interface Field {
  readonly type: FieldType;
  readonly required: boolean;
  readonly about: string;
}

/** When an event is made: on a timer, when something happened, or many happenings folded into one. */
export type Category = "Periodic" | "Triggered" | "Aggregated";

/** What an event speaks about: the host's security, the sender's operation, or its diagnosis. */
export type EventType = "Security" | "Operational" | "Diagnostic";

/** What one of the fourteen event names means. */
export interface EventDefinition {
  readonly about: string;
  readonly category: "Periodic" | "Triggered";
  readonly eventType: EventType;
  /** The queue it waits in unless the twin says otherwise. */
  readonly priority: "High" | "Low";
  /** Whether agents fold repeats of it into one event. */
  readonly aggregated: boolean;
  readonly fields: Readonly<Record<string, Field>>;
}

const must = <const T extends FieldType>(type: T, about: string) =>
  ({ type, required: true, about }) as const;
const may = <const T extends FieldType>(type: T, about: string) =>
  ({ type, required: false, about }) as const;

/** The fourteen events of message schema 1.0, with their payload fields. */
export const eventTypes = {
  ConnectionCreate: {
    about: "A process opened or accepted a network connection.",
    category: "Triggered",
    eventType: "Security",
    priority: "Low",
    aggregated: true,
    fields: {
      Executable: must("text", "Path of the program that owns the connection."),
      ProcessId: must("id", "Process id; 0 when aggregated."),
      Direction: must(["In", "Out"], "Whether the device accepted (In) or opened (Out) the connection."),
      Protocol: must("text", "Transport protocol, such as tcp."),
      RemoteAddress: must("address", "Address of the other end."),
      RemotePort: must("port", "Port of the other end; empty or 0 when aggregated inbound."),
      LocalAddress: may("address", "Address of this end."),
      LocalPort: may("port", "Port of this end."),
      UserId: may("text", "User id of the process."),
      CommandLine: may("text", "Command line of the process."),
    },
  },
  Login: {
    about: "Somebody logged in to the device or failed to.",
    category: "Triggered",
    eventType: "Security",
    priority: "High",
    aggregated: false,
    fields: {
      ProcessId: must("id", "Process that handled the login."),
      Executable: must("text", "Program that handled the login."),
      Operation: must("text", "What was attempted, such as PAM:authentication."),
      Result: must(["Fail", "Success"], "How it ended."),
      UserId: may("text", "User id, when known."),
      UserName: may("text", "User name, when known."),
      RemoteAddress: may("address", "Where the login came from; absent for a local one."),
      RemotePort: may("port", "Port at the other end."),
      LocalPort: may("port", "Port on the device."),
    },
  },
  ProcessCreate: {
    about: "A process started a program.",
    category: "Triggered",
    eventType: "Security",
    priority: "Low",
    aggregated: true,
    fields: {
      Executable: must("text", "Path of the program."),
      ProcessId: must("id", "Process id; 0 when aggregated."),
      ParentProcessId: must("id", "Parent's process id; 0 when aggregated."),
      UserId: must("text", "User id it runs as."),
      CommandLine: must("text", "Command line with argv[0], joined by blanks."),
      UserName: may("text", "User name it runs as."),
    },
  },
  ProcessTerminate: {
    about: "A process ended.",
    category: "Triggered",
    eventType: "Security",
    priority: "Low",
    aggregated: true,
    fields: {
      Executable: must("text", "Path of the program."),
      ProcessId: must("id", "Process id; 0 when aggregated."),
      ExitStatus: must("count", "Exit status."),
    },
  },
  ListeningPorts: {
    about: "The sockets that wait for traffic, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "High",
    aggregated: false,
    fields: {
      Protocol: must("text", "tcp, tcp6, udp, udp6, raw or raw6."),
      LocalPort: must("port", "Port it listens on."),
      LocalAddress: may("addressTag", "Address it is bound to."),
      RemoteAddress: may("addressTag", "Other end; a wildcard for a listener."),
      RemotePort: may("port", "Other end's port; * for a listener."),
    },
  },
  FirewallConfiguration: {
    about: "The firewall's rules, as a snapshot in order of priority.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      Enabled: must("flag", "Whether the rule is in force."),
      Action: must(["Allow", "Deny", "Other"], "What it does with matching traffic."),
      Priority: may("count", "Order in its chain, first is 1."),
      Direction: may(["In", "Out"], "Direction it looks at; absent for FORWARD and user chains."),
      ChainName: may("text", "Chain it belongs to."),
      Application: may("text", "Program it applies to."),
      SourceAddress: may("addressTag", "Source it matches."),
      SourcePort: may("port", "Source ports it matches."),
      DestinationAddress: may("addressTag", "Destination it matches."),
      DestinationPort: may("port", "Destination ports it matches."),
      Protocol: may("text", "Protocol it matches."),
    },
  },
  LocalUsers: {
    about: "The accounts of the device, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "High",
    aggregated: false,
    fields: {
      UserName: must("text", "Account name."),
      UserId: must("text", "Account id."),
      GroupNames: must("text", "Group names joined by ; with the primary group first."),
      GroupIds: must("text", "Group ids joined by ; with the primary group first."),
    },
  },
  ConnectedHardware: {
    about: "The peripherals that are attached, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      HardwareCategory: must("text", "Bus or kind, such as USB."),
      HardwareSubCategory: must("text", "Class of the device."),
      HardwareName: must("text", "Name of the device."),
    },
  },
  OSBaseline: {
    about: "Checks of the operating system's configuration that did not pass.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      Description: must("text", "What the check expects."),
      CceId: must("text", "Id of the check."),
      Result: must(["Pass", "Fail", "Err"], "How it ended."),
      Error: must("text", "What was found instead."),
      Severity: must(["Critical", "Important", "Warning", "Informational"], "How much it matters."),
    },
  },
  SystemInformation: {
    about: "What the device is and runs, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      OSName: may("text", "Operating system."),
      OSVersion: may("text", "Its version."),
      OSVendor: may("text", "Its vendor."),
      OsArchitecture: may("text", "Processor architecture."),
      HostName: may("text", "Host name."),
      BIOSVersion: may("text", "Firmware version."),
      BootDevice: may("text", "Device it boots from."),
      TotalPhysicalMemoryInKB: may("count", "Memory in KB."),
      FreePhysicalMemoryInKB: may("count", "Free memory in KB."),
      TotalVirtualMemoryInKB: may("count", "Memory and swap in KB."),
      FreeVirtualMemoryInKB: may("count", "Free memory and swap in KB."),
    },
  },
  Diagnostic: {
    about: "A line of the agent's own log.",
    category: "Triggered",
    eventType: "Diagnostic",
    priority: "Low",
    aggregated: false,
    fields: {
      Severity: must(["Fatal", "Error", "Warning", "Information", "Debug"], "How serious it is."),
      Message: must("text", "What the agent says."),
      ProcessId: must("id", "Process of the agent."),
      ThreadId: must("id", "Thread of the agent."),
      CorrelationId: may("text", "Joins the lines of one piece of work."),
    },
  },
  ConfigurationError: {
    about: "The agent found something wrong in its twin.",
    category: "Triggered",
    eventType: "Operational",
    priority: "Low",
    aggregated: false,
    fields: {
      ConfigurationName: must("text", "Setting it is about."),
      ErrorType: must(["TypeMismatch", "NotOptimal", "Conflict"], "What is wrong."),
      UsedConfiguration: must("text", "Value in force instead."),
      Message: must("text", "Explanation."),
    },
  },
  DroppedEventsStatistics: {
    about: "Events collected and dropped since the last report, per queue.",
    category: "Periodic",
    eventType: "Operational",
    priority: "Low",
    aggregated: false,
    fields: {
      Queue: must(["High", "Low"], "Which queue."),
      CollectedEvents: must("count", "Events made."),
      DroppedEvents: must("count", "Events dropped for want of room."),
    },
  },
  MessageStatistics: {
    about: "Messages sent since the last report.",
    category: "Periodic",
    eventType: "Operational",
    priority: "Low",
    aggregated: false,
    fields: {
      MessagesSent: must("count", "Messages sent."),
      MessagesUnder4KB: must("count", "Of them, smaller than 4 KB."),
      TotalFailed: must("count", "Messages that could not be sent."),
    },
  },
} as const satisfies Readonly<Record<string, EventDefinition>>;

/** One of the fourteen event names. */
export type EventName = keyof typeof eventTypes;

/** The fourteen event names. */
export const eventNames = Object.keys(eventTypes) as readonly EventName[];

/** True when the text is one of the fourteen event names. */
export const isEventName = (name: string): name is EventName => Object.hasOwn(eventTypes, name);

type ValueOf<T extends FieldType> = T extends "id" | "count"
  ? number
  : T extends "flag"
    ? boolean
    : T extends readonly (infer W)[]
      ? W
      : string;
type Fields<N extends EventName> = (typeof eventTypes)[N]["fields"];
type Required<F> = { [K in keyof F]: F[K] extends { readonly required: true } ? K : never }[keyof F];

/** A payload item of one event, as the published schema wants it (what we send). */
export type Payload<N extends EventName> = {
  readonly [K in Extract<keyof Fields<N>, string> as K]?: Fields<N>[K] extends {
    readonly type: infer T extends FieldType;
  }
    ? ValueOf<T>
    : never;
} & {
  readonly [K in Extract<Required<Fields<N>>, string>]: Fields<N>[K] extends {
    readonly type: infer T extends FieldType;
  }
    ? ValueOf<T>
    : never;
} & { readonly ExtraDetails?: Readonly<Record<string, string>> };
