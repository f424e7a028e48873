import { createHmac } from "node:crypto";
import { ClientError } from "./errors.js";

/** Where a device connects and with which key. */
export interface ConnectionString {
  readonly hostName: string;
  readonly port?: number;
  readonly deviceId: string;
  readonly moduleId?: string;
  /** Base64; empty when a certificate speaks for the device (`x509=true`). */
  readonly sharedAccessKey: string;
  /** The socket goes there; user name and token keep `hostName`. */
  readonly gatewayHostName?: string;
}

/** Reads `HostName=…;DeviceId=…[;ModuleId=…];SharedAccessKey=…[;GatewayHostName=…]`, with `x509=true` instead of a key; the host may carry a port. */
export function parseConnectionString(text: string): ConnectionString {
  const parts = new Map<string, string>();
  for (const part of text.trim().split(";")) {
    const at = part.indexOf("=");
    if (at > 0) parts.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim());
  }
  const need = (name: string): string => {
    const value = parts.get(name.toLowerCase());
    if (value) return value;
    throw new ClientError(
      "CLIENT_BAD_CONNECTION_STRING",
      `The connection string has no ${name}; it looks like HostName=…;DeviceId=…;SharedAccessKey=….`,
    );
  };
  const [hostName = "", port] = need("HostName").split(":");
  const hasCertificate = parts.get("x509")?.toLowerCase() === "true";
  const moduleId = parts.get("moduleid");
  const gatewayHostName = parts.get("gatewayhostname");
  if (port !== undefined && !/^\d{1,5}$/.test(port)) {
    throw new ClientError(
      "CLIENT_BAD_CONNECTION_STRING",
      `The port ${port} of HostName in the connection string is no number.`,
    );
  }
  return {
    hostName,
    deviceId: need("DeviceId"),
    sharedAccessKey: hasCertificate ? "" : need("SharedAccessKey"),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(moduleId ? { moduleId } : {}),
    ...(gatewayHostName ? { gatewayHostName } : {}),
  };
}

/** Writes a connection string. */
export function formatConnectionString(parts: ConnectionString): string {
  const { hostName, port, deviceId, moduleId, sharedAccessKey, gatewayHostName } = parts;
  const module = moduleId ? `;ModuleId=${moduleId}` : "";
  const gateway = gatewayHostName ? `;GatewayHostName=${gatewayHostName}` : "";
  const secret = sharedAccessKey === "" ? "x509=true" : `SharedAccessKey=${sharedAccessKey}`;
  return `HostName=${hostName}${port ? `:${port}` : ""};DeviceId=${deviceId}${module};${secret}${gateway}`;
}

/** What a token is for and how long it lives. */
export interface TokenRequest {
  /** Such as `host/devices/pump-7`, not encoded. */
  readonly resource: string;
  /** Base64. */
  readonly key: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  readonly policy?: string;
}

/** Makes a shared access signature, the token that IoT Hub takes as a password. */
export function sharedAccessSignature({ resource, key, expiresAt, policy }: TokenRequest): string {
  const sr = encodeURIComponent(resource);
  const signature = createHmac("sha256", Buffer.from(key, "base64"))
    .update(`${sr}\n${expiresAt}`)
    .digest("base64");
  const named = policy === undefined ? "" : `&skn=${encodeURIComponent(policy)}`;
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(signature)}&se=${expiresAt}${named}`;
}
