import { createHmac } from "node:crypto";
import { request } from "node:https";
import { hubErrors } from "../errors.js";
import type { Attested } from "./attestation.js";
import type { InitialTwin } from "./enrolment.js";

/** Another hub that devices can be given to, and how to register them there. */
export interface LinkedHub {
  readonly hostName: string;
  readonly port?: number;
  /** A policy with the rights registryRead, registryWrite and serviceConnect, and one of its keys. */
  readonly policy: string;
  readonly key: string;
  /** PEM of its authority, when it is none that everybody knows. */
  readonly ca?: string;
}

/** What a device shall be at its hub. */
export interface Assignment {
  readonly deviceId: string;
  readonly identity: Attested["identity"];
  readonly isEdge: boolean;
  readonly twin: InitialTwin;
  readonly isReset: boolean;
}

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES = 262_144;
const TOKEN_SECONDS = 300;
const VERSION = "api-version=2021-04-12";

/** Registers a device at another hub, or renews its credentials there; answers whether it was there before. */
export async function assignAt(hub: LinkedHub, assignment: Assignment, now: number): Promise<boolean> {
  const { deviceId, isReset, twin, isEdge } = assignment;
  const path = `/devices/${encodeURIComponent(deviceId)}`;
  const call = (method: string, at: string, body?: object, headers: Record<string, string> = {}) =>
    asked(hub, { method, path: at, now, headers, ...(body ? { body } : {}) });
  const wasThere = (await call("GET", path)) === 200;
  if (wasThere && isReset) expect(hub, await call("DELETE", path, undefined, { "if-match": "*" }));
  const body = {
    deviceId,
    status: "enabled",
    authentication: authenticationOf(assignment),
    capabilities: { iotEdge: isEdge },
  };
  const isNew = !wasThere || isReset;
  expect(hub, await call("PUT", path, body, isNew ? {} : { "if-match": "*" }));
  const { tags = {}, properties: { desired = {} } = {} } = twin;
  if (isNew && Object.keys(tags).length + Object.keys(desired).length > 0)
    expect(
      hub,
      await call("PATCH", `/twins/${encodeURIComponent(deviceId)}`, { tags, properties: { desired } }),
    );
  return wasThere;
}

function authenticationOf({ identity }: Assignment): object {
  if (identity.authType === "sas") {
    const { primaryKey, secondaryKey } = identity;
    return { type: "sas", symmetricKey: { primaryKey, secondaryKey } };
  }
  const { primaryThumbprint } = identity;
  return {
    type: "selfSigned",
    x509Thumbprint: { primaryThumbprint, secondaryThumbprint: primaryThumbprint },
  };
}

function expect({ hostName }: LinkedHub, status: number): void {
  if (status < 200 || status > 299)
    throw hubErrors.provisioningFailed({ id: "The device", why: `the hub ${hostName} answered ${status}` });
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly headers: Record<string, string>;
  readonly now: number;
}

function asked(hub: LinkedHub, { method, path, body, headers, now }: Call): Promise<number> {
  const { hostName: host, port = 443, ca } = hub;
  const options = {
    ...{ method, host, port, path: `${path}?${VERSION}`, timeout: TIMEOUT_MS },
    ...(ca === undefined ? {} : { ca }),
    headers: {
      authorization: tokenFor(hub, now),
      "content-type": "application/json; charset=utf-8",
      ...headers,
    },
  };
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void =>
      reject(
        hubErrors.provisioningFailed(
          { id: "The device", why: `the hub ${host} cannot be reached` },
          { cause: error },
        ),
      );
    const sent = request(options, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES) answer.destroy();
      });
      answer.on("close", () => resolve(answer.statusCode ?? 0));
      answer.on("error", failed);
    });
    sent.on("timeout", () => sent.destroy(new Error("it did not answer in time")));
    sent.on("error", failed);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function tokenFor({ hostName, policy, key }: LinkedHub, now: number): string {
  const expiry = Math.floor(now / 1_000) + TOKEN_SECONDS;
  const signed = createHmac("sha256", Buffer.from(key, "base64")).update(`${hostName}\n${expiry}`);
  const signature = encodeURIComponent(signed.digest("base64"));
  return `SharedAccessSignature sr=${hostName}&sig=${signature}&se=${expiry}&skn=${policy}`;
}
