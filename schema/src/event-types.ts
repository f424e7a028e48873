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
  /** Whether queries find it only in the item's JSON and not in a column of its own. */
  readonly isPlain?: true;
}

/** When an event is made: on a timer, when something happened, or many happenings folded into one. */
export type Category = "Periodic" | "Triggered" | "Aggregated";

/** What an event speaks about: the host's security, the sender's operation, or its diagnosis. */
export type EventType = "Security" | "Operational" | "Diagnostic";

/** What one of the event names means. */
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
/** A field that is seldom filtered by. */
const plain = <const T extends FieldType>(type: T, about: string) =>
  ({ type, required: false, about, isPlain: true }) as const;

/**
 * The events with their payload fields: first the fourteen of message schema 1.0, as they were; then ours, which a receiver of
 * that schema takes as names it does not know.
 */
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
  ConnectionTerminate: {
    about: "A network connection ended, with what went over it.",
    category: "Triggered",
    eventType: "Security",
    priority: "Low",
    aggregated: true,
    fields: {
      Executable: must("text", "Path of the program that owned the connection; empty when not known."),
      ProcessId: must("id", "Process id; 0 when aggregated or not known."),
      Direction: must(["In", "Out"], "Whether the device accepted (In) or opened (Out) the connection."),
      Protocol: must("text", "Transport protocol, tcp or udp."),
      RemoteAddress: must("address", "Address of the other end."),
      RemotePort: must("port", "Port of the other end; 0 when aggregated inbound."),
      LocalAddress: may("address", "Address of this end."),
      LocalPort: may("port", "Port of this end."),
      UserId: may("text", "User id of the process."),
      CommandLine: may("text", "Command line of the process."),
      BytesSent: may("count", "Bytes that went out and were acknowledged; of all that are aggregated."),
      BytesReceived: may("count", "Bytes that came in; of all that are aggregated."),
      DurationMs: may("count", "How long it was open; of all that are aggregated."),
    },
  },
  Logout: {
    about: "Somebody's session on the device ended.",
    category: "Triggered",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      ProcessId: must("id", "Process that held the session."),
      Executable: must("text", "Program that held the session."),
      Operation: must("text", "What kind of session it was, such as ssh."),
      UserId: may("text", "User id, when known."),
      UserName: may("text", "User name, when known."),
      RemoteAddress: may("address", "Where the session came from; absent for a local one."),
      Terminal: plain("text", "Terminal of the session."),
    },
  },
  DnsQuery: {
    about: "A name was looked up.",
    category: "Triggered",
    eventType: "Security",
    priority: "Low",
    aggregated: true,
    fields: {
      ProcessId: must("id", "Process that asked; 0 when aggregated or not known."),
      QueryName: must("text", "Name that was asked for, in lower case, without the last dot."),
      QueryType: must("text", "Type that was asked for, such as A, AAAA or TXT."),
      ResponseCode: may(
        "text",
        "How the server answered, such as NOERROR or NXDOMAIN; empty without an answer.",
      ),
      Answers: may("text", "What was answered, joined by ;."),
      RemoteAddress: may("address", "Server that was asked."),
      Executable: may("text", "Program that asked, when known."),
      UserId: may("text", "User id of the process, when known."),
    },
  },
  FileChange: {
    about: "A file or folder that is watched was made, changed, deleted or given other rights.",
    category: "Triggered",
    eventType: "Security",
    priority: "High",
    aggregated: false,
    fields: {
      Path: must("text", "The file or folder."),
      Operation: must(["Create", "Modify", "Delete", "Attributes"], "What was done."),
      HashBefore: may("text", "SHA-256 before, as sha256:hex; absent when not known."),
      HashAfter: may("text", "SHA-256 afterwards, as sha256:hex; absent when it is gone or too large."),
      ProcessId: may("id", "Process that did it, when known."),
      Executable: may("text", "Program that did it, when known."),
      CommandLine: may("text", "Command line of that process."),
      UserId: may("text", "User id of that process."),
      Mode: plain("text", "Rights afterwards, in octal."),
      OwnerId: plain("text", "Owner's user id and group id afterwards, such as 0:0."),
      SizeInBytes: plain("count", "Size afterwards."),
      HitCount: plain("count", "Changes that this one stands for, when they came in a storm."),
    },
  },
  LocalGroups: {
    about: "The groups of the device, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      GroupName: must("text", "Group name."),
      GroupId: must("text", "Group id."),
      Members: must("text", "Names of its members joined by ;, those whose primary group it is included."),
    },
  },
  SBoM: {
    about: "The software packages that are installed, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      PackageName: must("text", "Name of the package."),
      PackageVersion: must("text", "Its version, as its package manager writes it."),
      PackageType: must("text", "Package manager: deb, apk, rpm or opkg."),
      SourceName: may("text", "Package it was built from; advisories are written about it."),
      SourceVersion: may("text", "Version of that package."),
      PackageArchitecture: plain("text", "Architecture it was built for."),
      Distribution: plain("text", "Id and version of the distribution, such as debian-12."),
      License: plain("text", "Licence, where the package manager knows it."),
    },
  },
  KernelModules: {
    about: "The modules that are loaded into the kernel, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      ModuleName: must("text", "Name of the module."),
      SizeInBytes: plain("count", "Memory it takes."),
      UsedBy: plain("text", "Modules that use it, joined by ;."),
      State: plain("text", "Live, Loading or Unloading."),
      Taints: may(
        "text",
        "Why it taints the kernel: O not of the kernel's tree, E not signed, P proprietary, F forced.",
      ),
    },
  },
  ScheduledJobs: {
    about: "What the device starts by itself at certain times, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      Path: must("text", "File that says so."),
      Schedule: must("text", "When, as the file writes it."),
      CommandLine: must("text", "What is started."),
      UserName: may("text", "User it is started as, when the file says it."),
      JobKind: plain("text", "cron, periodic or timer."),
    },
  },
  SystemServices: {
    about: "The services that the device is set up with, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      ServiceName: must("text", "Name of the unit or script."),
      Path: must("text", "File that describes it."),
      Enabled: must("flag", "Whether it is started at boot, or when it is called for."),
      CommandLine: may("text", "What it starts."),
      UserName: may("text", "User it runs as; root when the file does not say."),
      ServiceKind: plain("text", "systemd, sysv, openrc or procd."),
      Description: may("text", "What it says of itself."),
    },
  },
  Mounts: {
    about: "The file systems that are mounted, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      MountPoint: must("text", "Where it is mounted."),
      FileSystem: must("text", "Kind of file system."),
      MountSource: must("text", "Device or server it comes from."),
      MountOptions: must("text", "Options in force, joined by commas."),
    },
  },
  SshAuthorizedKeys: {
    about: "The keys that may log in by SSH, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      UserName: must("text", "Account the key opens."),
      Fingerprint: must("text", "SHA-256 fingerprint as ssh-keygen prints it."),
      KeyType: must("text", "Kind of key, such as ssh-ed25519."),
      Path: must("text", "File that lists it."),
      KeyComment: plain("text", "Comment behind the key."),
      KeyOptions: plain("text", "Restrictions before the key."),
    },
  },
  SetuidFiles: {
    about: "The programs that run with the rights of their owner or group, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      Path: must("text", "The program."),
      Mode: plain("text", "Its rights, in octal."),
      OwnerId: plain("text", "Owner's user id and group id, such as 0:0."),
      HashAfter: may("text", "SHA-256 of its content, as sha256:hex."),
    },
  },
  Certificates: {
    about: "The certificates that lie on the device, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      Path: must("text", "File it lies in."),
      Subject: must("text", "Whom it names."),
      Issuer: must("text", "Who signed it."),
      ValidUntil: must("text", "When it ends, ISO 8601."),
      DaysLeft: may("count", "Whole days until then; negative when it has ended."),
      Fingerprint: may("text", "SHA-256 fingerprint in hexadecimal."),
      KeyType: may("text", "Kind and size of its key, such as rsa-2048."),
      IsAuthority: plain("flag", "Whether it may sign others."),
    },
  },
  Containers: {
    about: "The containers that run on the device, as a snapshot.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      ContainerId: must("text", "Id of the container."),
      ContainerName: may("text", "Name, when its runtime's files can be read."),
      Image: may("text", "Image it was made of, when its runtime's files can be read."),
      ContainerRuntime: may("text", "docker, containerd, podman, cri-o, lxc or systemd-nspawn."),
      ProcessId: may("id", "Its first process, as the host numbers it."),
      CommandLine: may("text", "Command line of that process."),
      Processes: plain("count", "How many processes it has."),
      IsPrivileged: plain("flag", "Whether that process has every capability of the host."),
    },
  },
  BaselineSummary: {
    about: "How the checks of the operating system's configuration ended, those that passed included.",
    category: "Periodic",
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      Checks: must("count", "Checks that were looked at."),
      Passed: must("count", "Of them, passed."),
      Failed: must("count", "Of them, failed."),
      Skipped: must("count", "Of them, about something the device does not have, or switched off."),
      Errors: must("count", "Of them, that could not be made."),
      DurationMs: may("count", "How long all of them took."),
      SkippedChecks: plain("text", "Why checks were skipped: ids and reason, joined by ;."),
    },
  },
  CollectorHealth: {
    about: "Where the agent gets each kind of event from, and what it had to leave out.",
    category: "Periodic",
    eventType: "Operational",
    priority: "Low",
    aggregated: false,
    fields: {
      Collector: must("text", "Name of the event it collects."),
      Source: must("text", "Source that serves it, such as ebpf, audit or polling; none when none does."),
      Reason: plain("text", "Why a better source does not serve; empty when the best does."),
      Items: plain("count", "Items of its last snapshot, or events since the last report."),
      LeftOut: may(
        "count",
        "Items or events that it saw and could not send, or that were lost before it saw them.",
      ),
      DurationMs: may("count", "How long its last snapshot took."),
    },
  },
  Heartbeat: {
    about: "The agent is alive, with what it uses and what waits.",
    category: "Periodic",
    // As the early micro agents sent it.
    eventType: "Security",
    priority: "Low",
    aggregated: false,
    fields: {
      UptimeSeconds: may("count", "How long the agent runs."),
      WaitingEvents: may("count", "Events that wait to be sent."),
      CpuPercent: plain("text", "Processor time on average, in percent of one core."),
      MemoryInBytes: plain("count", "Resident memory of the agent."),
      LimitStep: plain("text", "What the agent leaves out to stay within its limits; full when nothing."),
    },
  },
  ResponseAction: {
    about: "Something was done to the device by order of the hub, was refused, or ended by itself.",
    category: "Triggered",
    eventType: "Security",
    priority: "High",
    aggregated: false,
    fields: {
      Action: must("text", "What was ordered, such as isolateNetwork."),
      Result: must(["Done", "DryRun", "Refused", "Failed", "Lifted"], "What came of it."),
      Arguments: may("text", "What it was ordered with, as JSON."),
      Proof: may("text", "What changed on the device, as JSON; for a dry run what would have."),
      ExpiresAt: may("text", "When it ends by itself, ISO 8601."),
      Message: may("text", "Why it was refused or failed."),
    },
  },
} as const satisfies Readonly<Record<string, EventDefinition>>;

/** One of the event names. */
export type EventName = keyof typeof eventTypes;

/** The event names. */
export const eventNames = Object.keys(eventTypes) as readonly EventName[];

/** True when the text is one of the event names. */
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
