import { X509Certificate } from "node:crypto";
import { type Clock, isKnown } from "@picket/kit";
import {
  type HubDiagnosticSetting,
  type HubIpRule,
  type HubSnapshot,
  type OperationCause,
  recordKind,
} from "@picket/schema";
import type { Address, Attendance } from "../attendance.js";
import { fingerprint } from "../identity/certificate-chain.js";
import type { AuthorityCertificate, CertificateDraft, Certificates } from "../identity/certificates.js";
import type { KeyChoice, Policies, Policy, Right } from "../identity/policies.js";
import type { OperationLog } from "../operations/operation-log.js";
import type { Outbound } from "../outbound.js";
import type { EnrolmentStore } from "../provisioning/enrolment-store.js";
import { type IpFilter, refuserOf } from "../quotas/ip-filter.js";
import type { HubConfig } from "../slots.js";
import { asJson, type State } from "../state.js";
import type { Diagnostics } from "./diagnostics.js";

const KEPT = "hub/snapshot";

interface Around {
  readonly state: State;
  readonly config: HubConfig;
  readonly certificates: Certificates;
  readonly policies: Policies;
  readonly ipFilter: IpFilter;
  readonly diagnostics: Diagnostics;
  readonly enrolments: EnrolmentStore;
  readonly attendance: Attendance;
  readonly operations: OperationLog;
  readonly outbound: Outbound;
  readonly clock: Clock;
}

/** Who changes something, as the operation log names them. */
export interface Administrator {
  readonly name: string;
  readonly ipAddress: string;
}

/** Somebody whom a change of the IP filter would cut off. */
export interface CutOff extends Address {
  readonly ipAddress: string;
  /** The rule that refuses it. */
  readonly rule: string;
}

/** Changes of the hub's own configuration: each is checked, in the operation log whether it works or not, and in a snapshot. */
export class Administration {
  readonly #around: Around;

  constructor(around: Around) {
    this.#around = around;
  }

  /** Tells how the hub is configured, and what its settings file changed since it last ran. */
  async open(): Promise<void> {
    const { state } = this.#around;
    const now = this.snapshot();
    const before = state.json<HubSnapshot>(KEPT);
    const by = { name: "settings", ipAddress: "" };
    if (before && JSON.stringify(before.tls) !== JSON.stringify(now.tls))
      this.#tell(by, "updateTls", now.tls.subject);
    if (before && (before.tier !== now.tier || before.units !== now.units))
      this.#tell(by, "updateTier", now.tier);
    await state.write([asJson(KEPT, now)]);
    this.tellSnapshot();
  }

  /** Writes how the hub is configured into the stream. */
  tellSnapshot(): void {
    const { outbound, clock } = this.#around;
    const body = Buffer.from(JSON.stringify(this.snapshot()));
    outbound.keep({ kind: recordKind.hub, receivedAt: clock.now(), deviceId: "", moduleId: "", body });
  }

  snapshot(): HubSnapshot {
    const { config, certificates, policies, ipFilter, diagnostics, enrolments } = this.#around;
    const own = new X509Certificate(config.tls.cert);
    return {
      hubName: config.hostNames[0] ?? "",
      hostNames: config.hostNames,
      tls: {
        minVersion: "TLSv1.2",
        subject: own.subject.replaceAll("\n", ", "),
        thumbprint: fingerprint(own),
        notAfter: new Date(own.validTo).toISOString(),
      },
      certificates: certificates
        .list()
        .map(({ name, subject, thumbprint, notBefore, notAfter, isVerified }) => ({
          name,
          subject,
          thumbprint,
          notBefore,
          notAfter,
          isVerified,
        })),
      policies: policies.list().map(({ name, rights, isBuiltIn, keysUpdatedTime }) => ({
        name,
        rights,
        isBuiltIn,
        keysUpdatedTime,
      })),
      ipFilter: ipFilter.rules,
      diagnosticSettings: diagnostics.settings,
      tier: config.quotas?.tier ?? "unlimited",
      units: config.quotas?.units ?? 1,
      enrolments: enrolments.count(),
      enrolmentGroups: enrolments.groups().length,
    };
  }

  putCertificate(by: Administrator, name: string, draft: CertificateDraft): Promise<AuthorityCertificate> {
    return this.#changed(by, "addCertificate", name, () => this.#around.certificates.put(name, draft));
  }

  askForProof(by: Administrator, name: string): Promise<AuthorityCertificate> {
    return this.#changed(by, "generateVerificationCode", name, () =>
      this.#around.certificates.askForProof(name),
    );
  }

  verifyCertificate(by: Administrator, name: string, proof: string): Promise<AuthorityCertificate> {
    return this.#changed(by, "verifyCertificate", name, async () =>
      this.#around.certificates.verify(name, proof),
    );
  }

  removeCertificate(by: Administrator, name: string): Promise<AuthorityCertificate> {
    return this.#changed(by, "deleteCertificate", name, () => this.#around.certificates.remove(name));
  }

  putPolicy(by: Administrator, name: string, rights: readonly Right[]): Promise<Policy> {
    const operation = this.#around.policies.find(name) ? "updatePolicy" : "addPolicy";
    return this.#changed(by, operation, name, () => this.#around.policies.put(name, rights));
  }

  regeneratePolicyKey(by: Administrator, name: string, choice: KeyChoice): Promise<Policy> {
    return this.#changed(by, "regeneratePolicyKey", name, () =>
      this.#around.policies.regenerate(name, choice),
    );
  }

  removePolicy(by: Administrator, name: string): Promise<void> {
    return this.#changed(by, "deletePolicy", name, () => this.#around.policies.remove(name));
  }

  /** Replaces the rules of the IP filter; open connections that they refuse are ended. */
  async setIpFilter(by: Administrator, rules: readonly HubIpRule[]): Promise<CutOff[]> {
    const cutOff = await this.#changed(by, "updateIpFilter", "ipFilter", async () => {
      const found = this.previewIpFilter(rules);
      await this.#around.ipFilter.set(rules);
      return found;
    });
    for (const { deviceId, moduleId } of cutOff)
      this.#around.attendance.find(deviceId, moduleId)?.end("forbidden");
    return cutOff;
  }

  /** Who of those that are connected now would be cut off by these rules. */
  previewIpFilter(rules: readonly HubIpRule[]): CutOff[] {
    const refuses = refuserOf(rules);
    return this.#around.attendance.present().flatMap(({ deviceId, moduleId, ipAddress }) => {
      const rule = refuses(ipAddress);
      return rule ? [{ deviceId, moduleId, ipAddress, rule: rule.name }] : [];
    });
  }

  async putDiagnosticSetting(by: Administrator, setting: HubDiagnosticSetting): Promise<void> {
    const { diagnostics } = this.#around;
    const isNew = !diagnostics.settings.some(({ name }) => name === setting.name);
    const operation = isNew ? "addDiagnosticSetting" : "updateDiagnosticSetting";
    await this.#changed(by, operation, setting.name, () => diagnostics.put(setting));
  }

  removeDiagnosticSetting(by: Administrator, name: string): Promise<void> {
    return this.#changed(by, "deleteDiagnosticSetting", name, () => this.#around.diagnostics.remove(name));
  }

  /** Does a change and tells of it; one that fails is told too. */
  async #changed<T>(
    by: Administrator,
    operationName: string,
    name: string,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      const result = await work();
      this.#tell(by, operationName, name);
      this.tellSnapshot();
      return result;
    } catch (error) {
      const why = isKnown(error) ? error.message : "The hub could not do it.";
      this.#tell(by, operationName, name, {
        cause: isKnown(error) ? "invalidRequest" : "other",
        resultDescription: why,
      });
      throw error;
    }
  }

  #tell(
    { name: who, ipAddress }: Administrator,
    operationName: string,
    name: string,
    failed?: { readonly cause: OperationCause; readonly resultDescription: string },
  ): void {
    this.#around.operations.tell({
      operationName,
      category: "HubConfiguration",
      deviceId: "",
      moduleId: "",
      protocol: "Https",
      ipAddress,
      ...failed,
      properties: { by: who, name },
    });
  }
}
