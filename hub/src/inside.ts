import type { Clock, Recorder } from "@picket/kit";
import { Administration } from "./administration/administration.js";
import { Diagnostics } from "./administration/diagnostics.js";
import type { DoorAround } from "./around.js";
import { Attendance } from "./attendance.js";
import { CommandQueues } from "./c2d/command-queues.js";
import { Authenticator } from "./identity/authenticator.js";
import { Certificates } from "./identity/certificates.js";
import { Registry } from "./identity/registry.js";
import { Intake } from "./messages/intake.js";
import { DeviceCounters } from "./operations/device-counters.js";
import { OperationLog } from "./operations/operation-log.js";
import { Outbound } from "./outbound.js";
import { Provisioning } from "./provisioning/provisioning.js";
import { IpFilter } from "./quotas/ip-filter.js";
import { Throttles } from "./quotas/throttles.js";
import { ServiceSide } from "./service-side.js";
import type { HubConfig, HubLimits, KeyValueStore, Outlet, Vault } from "./slots.js";
import { State } from "./state.js";
import { TwinsAndMethods } from "./twins/twins-and-methods.js";

/** What the hub needs of the house. */
interface Needs {
  readonly outlet: Outlet;
  readonly store: KeyValueStore;
  readonly vault: Vault;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

/** What stands behind the doors. */
export interface Inside extends DoorAround {
  readonly state: State;
  readonly certificates: Certificates;
  readonly counters: DeviceCounters;
  readonly twins: TwinsAndMethods;
  readonly service: ServiceSide;
  readonly administration: Administration;
  readonly diagnostics: Diagnostics;
}

const limits: HubLimits = { unackedBytes: 4_194_304, connections: 50_000, connectMs: 10_000 };

/** Makes what stands behind the doors, each from those before it. */
export function assemble(config: HubConfig, { outlet, store, vault, recorder, clock }: Needs): Inside {
  const common = { store, recorder, clock };
  const outbound = new Outbound(outlet, common);
  const counters = new DeviceCounters(outbound, clock);
  const state = new State(store);
  const diagnostics = new Diagnostics(state);
  const operations = new OperationLog(outbound, { ...common, counters, choice: diagnostics });
  outbound.watchedBy((health) => operations.route(health));
  const registry = new Registry({ store: state, vault, outbound, clock });
  const certificates = new Certificates(common);
  const authenticator = new Authenticator({
    certificates,
    registry,
    store: state,
    vault,
    clock,
    hostNames: config.hostNames,
  });
  const attendance = new Attendance();
  const twins = new TwinsAndMethods(registry, attendance);
  const shared = { state, vault, registry, twins, operations, recorder, clock };
  const throttles = new Throttles(common, config.quotas);
  const provisioning = new Provisioning({
    ...shared,
    certificates,
    hostNames: config.hostNames,
    linkedHubs: config.linkedHubs ?? [],
  });
  const ipFilter = new IpFilter({ store, operations });
  const administration = new Administration({
    ...{ state, config, certificates, ipFilter, diagnostics, attendance, operations, outbound, clock },
    policies: authenticator.policyBook,
    enrolments: provisioning.store,
  });
  return {
    ...common,
    twins,
    service: new ServiceSide(shared),
    provisioning,
    administration,
    diagnostics,
    state,
    outbound,
    counters,
    operations,
    registry,
    certificates,
    authenticator,
    attendance,
    throttles,
    ipFilter,
    commands: new CommandQueues({ ...common, registry, operations, throttles }),
    intake: new Intake({ ...common, registry, counters, outbound }),
    limits: { ...limits, ...config.limits },
  };
}
