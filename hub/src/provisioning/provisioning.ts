import { randomBytes, randomUUID, type X509Certificate } from "node:crypto";
import { type Clock, isKnown, type Recorder } from "@picket/kit";
import type { Protocol } from "@picket/schema";
import { hubErrors } from "../errors.js";
import type { Certificates } from "../identity/certificates.js";
import { matchEtag, newEtag } from "../identity/identity.js";
import type { Registry } from "../identity/registry.js";
import type { OperationLog, Told } from "../operations/operation-log.js";
import { doorBroke } from "../signals.js";
import type { Vault } from "../slots.js";
import type { State } from "../state.js";
import type { TwinsAndMethods } from "../twins/twins-and-methods.js";
import { allocate } from "./allocation.js";
import { type Attested, attest, type Credential, keysOf } from "./attestation.js";
import {
  type Enrolment,
  enrolmentId,
  type InitialTwin,
  type Registration,
  registrationJson,
} from "./enrolment.js";
import { draftedEnrolment } from "./enrolment-draft.js";
import { EnrolmentStore } from "./enrolment-store.js";
import { assignAt, type LinkedHub } from "./linked-hubs.js";

interface Around {
  readonly state: State;
  readonly vault: Vault;
  readonly registry: Registry;
  readonly twins: TwinsAndMethods;
  readonly certificates: Certificates;
  readonly operations: OperationLog;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly hostNames: readonly string[];
  /** Other hubs that devices can be given to. */
  readonly linkedHubs: readonly LinkedHub[];
}

/** A device that comes: who it says it is, what it shows, and from where. */
export interface Comer {
  readonly idScope: string;
  readonly registrationId: string;
  readonly credential: Credential;
  readonly protocol: Protocol;
  readonly ipAddress: string;
  readonly sdkVersion: string;
}

/** What a device is answered. */
export interface ProvisioningAnswer {
  readonly status: number;
  /** Seconds after which it shall ask again. */
  readonly retryAfter?: number;
  readonly body: object;
}

const SCOPE = "provisioning/id-scope";
const RETRY_SECONDS = 1;

/** Gives devices that come for the first time an identity, as the Device Provisioning Service does. */
export class Provisioning {
  readonly store: EnrolmentStore;
  readonly #around: Around;
  readonly #assigning = new Map<string, Promise<void>>();
  readonly #intermediates = new Map<string, X509Certificate>();
  readonly #idScope: string;

  constructor(around: Around) {
    this.#around = around;
    this.store = new EnrolmentStore(around.state);
    this.#idScope = around.state.json<string>(SCOPE) ?? `0ne${randomBytes(4).toString("hex").toUpperCase()}`;
  }

  async open(): Promise<void> {
    const value = Buffer.from(JSON.stringify(this.#idScope));
    if (!this.#around.state.get(SCOPE)) await this.#around.state.write([{ key: SCOPE, value }]);
  }

  async close(): Promise<void> {
    await Promise.all(this.#assigning.values());
  }

  /** What devices name this service by. */
  get idScope(): string {
    return this.#idScope;
  }

  /** Whether a comer may come; the reason when not, which is in the operation log then. */
  admitted(comer: Comer, operationName = "register"): Attested {
    const { store, idScope } = this;
    const { registrationId, credential } = comer;
    const verdict =
      comer.idScope.toLowerCase() === idScope.toLowerCase()
        ? attest(
            { ...this.#around, store, idScope, intermediates: this.#intermediates },
            registrationId,
            credential,
            this.#around.clock.now(),
          )
        : {
            cause: "wrongAudience" as const,
            why: `the ID scope ${comer.idScope.slice(0, 32)} is not this service's`,
          };
    if ("enrolment" in verdict) return verdict;
    const { cause, why } = verdict;
    this.#tell(comer, operationName, { cause, resultDescription: `${registrationId} was refused: ${why}.` });
    throw hubErrors.unauthorized({ why });
  }

  /** Begins to assign a device; it asks for what became of it afterwards. */
  async register(comer: Comer, payload: unknown): Promise<ProvisioningAnswer> {
    const attested = this.admitted(comer);
    const { registrationId } = comer;
    const operationId = `5.${randomUUID().replaceAll("-", "")}`;
    const turn = registrationId.toLowerCase();
    // One after the other: whoever waited looks again whether somebody else went first.
    for (let running = this.#assigning.get(turn); running; running = this.#assigning.get(turn)) await running;
    const work = this.#assign({ comer, attested, payload, operationId }).finally(() =>
      this.#assigning.delete(turn),
    );
    this.#assigning.set(turn, work);
    return { status: 202, retryAfter: RETRY_SECONDS, body: { operationId, status: "assigning" } };
  }

  /** What became of a device. */
  operation(comer: Comer, operationId: string): ProvisioningAnswer {
    this.admitted(comer, "getOperationStatus");
    const registration = this.store.registration(comer.registrationId);
    if (registration?.operationId !== operationId) {
      if (this.#assigning.has(comer.registrationId.toLowerCase()))
        return { status: 202, retryAfter: RETRY_SECONDS, body: { operationId, status: "assigning" } };
      throw hubErrors.operationNotFound({ id: operationId.slice(0, 64) });
    }
    const { status } = registration;
    return { status: 200, body: { operationId, status, registrationState: registrationJson(registration) } };
  }

  /** Makes or changes an enrolment; with an ETag only what it names. */
  async put(
    kind: Enrolment["kind"],
    id: string,
    body: Record<string, unknown>,
    ifMatch?: string,
  ): Promise<Enrolment> {
    const { vault, clock } = this.#around;
    const before = this.store.find(kind, id);
    if (ifMatch !== undefined) {
      if (!before) throw hubErrors.enrolmentNotFound({ id });
      matchEtag(`The enrolment ${id}`, ifMatch, before.etag);
    } else if (before) throw hubErrors.enrolmentAlreadyExists({ id });
    const making = { kind, id, vault, now: clock.now(), ...(before ? { before } : {}) };
    const made = draftedEnrolment(body, making);
    await this.store.write(made);
    return made;
  }

  get(kind: Enrolment["kind"], id: string): Enrolment {
    const found = this.store.find(kind, id);
    if (!found) throw hubErrors.enrolmentNotFound({ id });
    return found;
  }

  async remove(kind: Enrolment["kind"], id: string, ifMatch = "*"): Promise<void> {
    matchEtag(`The enrolment ${id}`, ifMatch, this.get(kind, id).etag);
    await this.store.remove(kind, id);
  }

  /** The keys of an enrolment, base64. */
  keys(enrolment: Enrolment): string[] {
    return keysOf(this.#around.vault, enrolment);
  }

  registration(id: string): Registration {
    const found = this.store.registration(id);
    if (!found) throw hubErrors.registrationNotFound({ id });
    return found;
  }

  /** What became of a device, as it sees it itself. */
  shown(registrationId: string): object {
    return registrationJson(this.registration(registrationId));
  }

  async removeRegistration(id: string, ifMatch = "*"): Promise<void> {
    matchEtag(`The registration ${id}`, ifMatch, this.registration(id).etag);
    await this.store.removeRegistration(id);
  }

  async #assign(coming: Coming): Promise<void> {
    const { comer, attested, operationId } = coming;
    const { registrationId } = comer;
    const present = this.store.registration(registrationId);
    const time = new Date(this.#around.clock.now()).toISOString();
    const { enrolment } = attested;
    const blank: Registration = {
      registrationId,
      enrollmentGroupId: enrolment.kind === "group" ? enrolmentId(enrolment) : "",
      operationId,
      assignedHub: "",
      deviceId: "",
      status: "failed",
      substatus: "",
      errorCode: 0,
      errorMessage: "",
      etag: newEtag(),
      createdDateTimeUtc: present?.createdDateTimeUtc ?? time,
      lastUpdatedDateTimeUtc: time,
    };
    try {
      const done =
        enrolment.provisioningStatus === "disabled"
          ? {
              ...blank,
              status: "disabled" as const,
              errorCode: 403_000,
              errorMessage: "The enrolment is disabled.",
            }
          : { ...blank, ...(await this.#assignment(coming, present)) };
      await this.store.writeRegistration(done);
      this.#told(comer, done);
    } catch (error) {
      if (!isKnown(error))
        doorBroke(this.#around.recorder, { door: "provisioning" }, 1, { error: String(error) });
      const errorMessage = isKnown(error)
        ? error.message
        : "The service could not assign the device; try again.";
      const failed = { ...blank, errorCode: isKnown(error) ? 400_000 : 500_000, errorMessage };
      await this.store.writeRegistration(failed).catch(() => {});
      this.#told(comer, failed);
    }
  }

  /** Chooses a hub and makes the device there, or leaves both as they are. */
  async #assignment(
    { comer, attested, payload }: Coming,
    before: Registration | undefined,
  ): Promise<Partial<Registration>> {
    const { registry, hostNames, linkedHubs } = this.#around;
    const { enrolment } = attested;
    const { reprovisionPolicy } = enrolment;
    const [own = ""] = hostNames;
    const deviceId = (enrolment.kind === "individual" ? enrolment.deviceId : "") || comer.registrationId;
    const isHere = registry.find(deviceId) !== undefined;
    const isAssigned = before?.status === "assigned" && before.deviceId === deviceId;
    const present = isAssigned && (isHere || before.assignedHub !== own) ? before : undefined;
    if (present && !reprovisionPolicy.updateHubAssignment) {
      const { assignedHub, substatus } = present;
      return { assignedHub, substatus, deviceId, status: "assigned" };
    }
    const allocation = await allocate({
      enrolment,
      registrationId: comer.registrationId,
      payload,
      linked: [own, ...linkedHubs.map(({ hostName }) => hostName)],
      ...(present ? { present: present.assignedHub } : {}),
    });
    const isReset = !reprovisionPolicy.migrateDeviceData;
    const how = { isReset, twin: allocation.initialTwin ?? enrolment.initialTwin };
    const elsewhere = linkedHubs.find(({ hostName }) => hostName === allocation.hub);
    const wasThere = elsewhere
      ? await this.#deviceElsewhere(elsewhere, deviceId, { attested, ...how })
      : await this.#device(deviceId, attested, how);
    return {
      assignedHub: allocation.hub,
      deviceId,
      status: "assigned",
      substatus: !wasThere ? "initialAssignment" : isReset ? "deviceDataReset" : "deviceDataMigrated",
      ...(allocation.payload === undefined ? {} : { payload: allocation.payload }),
    };
  }

  /** Makes a device at another hub; one that was here takes its twin along, unless it shall begin anew. */
  async #deviceElsewhere(
    hub: LinkedHub,
    deviceId: string,
    { attested, isReset, twin }: { attested: Attested; isReset: boolean; twin: InitialTwin },
  ): Promise<boolean> {
    const { registry, twins, clock } = this.#around;
    const here = registry.find(deviceId);
    const moved = here && !isReset ? { tags: here.tags, properties: { desired: here.desired } } : twin;
    const { identity, enrolment } = attested;
    const assignment = { deviceId, identity, isEdge: enrolment.isEdge, isReset, twin: moved };
    const wasThere = await assignAt(hub, assignment, clock.now());
    if (here) {
      twins.disconnect(deviceId, "");
      await registry.remove(here);
    }
    return wasThere || here !== undefined;
  }

  async #device(
    deviceId: string,
    { enrolment, identity }: Attested,
    { isReset, twin }: { isReset: boolean; twin: InitialTwin },
  ): Promise<boolean> {
    const { registry, twins } = this.#around;
    const present = registry.find(deviceId);
    if (present && !isReset) {
      await registry.update(present, identity);
      return true;
    }
    if (present) {
      twins.disconnect(deviceId, "");
      await registry.remove(present);
    }
    const { tags, properties: { desired } = {} } = twin;
    await registry.create(deviceId, "", {
      ...identity,
      isEdge: enrolment.isEdge,
      ...(tags ? { tags } : {}),
      ...(desired ? { desired } : {}),
    });
    return present !== undefined;
  }

  #told(comer: Comer, { status, assignedHub, deviceId, errorMessage, substatus }: Registration): void {
    const isFine = status === "assigned";
    this.#tell(comer, "register", {
      ...(isFine
        ? {}
        : {
            cause: status === "disabled" ? "disabledDevice" : "invalidRequest",
            resultDescription: errorMessage,
          }),
      properties: { registrationId: comer.registrationId, assignedHub, deviceId, status, substatus },
    });
  }

  #tell(
    { registrationId, protocol, ipAddress, sdkVersion, credential }: Comer,
    operationName: string,
    more: Pick<Told, "cause" | "resultDescription" | "properties">,
  ): void {
    const authType = credential.token !== "" ? "Sas" : credential.certificate ? "X509" : "None";
    this.#around.operations.tell({
      operationName,
      category: "DeviceOperations",
      deviceId: registrationId,
      moduleId: "",
      protocol,
      ipAddress,
      sdkVersion,
      authType,
      ...more,
    });
  }
}

interface Coming {
  readonly comer: Comer;
  readonly attested: Attested;
  readonly payload: unknown;
  readonly operationId: string;
}
