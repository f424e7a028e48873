import type { Clock, Recorder } from "@picket/kit";
import type { Attendance } from "./attendance.js";
import type { CommandQueues } from "./c2d/command-queues.js";
import type { Authenticator } from "./identity/authenticator.js";
import type { Registry } from "./identity/registry.js";
import type { Intake } from "./messages/intake.js";
import type { OperationLog } from "./operations/operation-log.js";
import type { Outbound } from "./outbound.js";
import type { Provisioning } from "./provisioning/provisioning.js";
import type { IpFilter } from "./quotas/ip-filter.js";
import type { Throttles } from "./quotas/throttles.js";
import type { HubLimits, KeyValueStore } from "./slots.js";

/** What all doors share. */
export interface DoorAround {
  readonly authenticator: Authenticator;
  readonly registry: Registry;
  readonly operations: OperationLog;
  readonly attendance: Attendance;
  readonly commands: CommandQueues;
  readonly intake: Intake;
  readonly throttles: Throttles;
  readonly ipFilter: IpFilter;
  readonly outbound: Outbound;
  readonly provisioning: Provisioning;
  readonly store: KeyValueStore;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly limits: HubLimits;
}
