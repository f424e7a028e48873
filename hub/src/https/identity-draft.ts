import { hubErrors } from "../errors.js";
import type { AuthType, IdentityDraft } from "../identity/identity.js";

const authTypes: readonly AuthType[] = ["sas", "selfSigned", "certificateAuthority", "none"];

type Given = Readonly<Record<string, unknown>>;

const objectAt = (value: unknown): Given =>
  typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};

function refuse(what: string, why: string): never {
  throw hubErrors.argumentInvalid({ what, why });
}

/** A text of at most `most` characters; null and an empty one count as not given. */
function textAt(given: Given, name: string, most: number): string | undefined {
  const value = given[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") return refuse(name, "it must be a text");
  if (value.length > most) return refuse(name, `it has ${value.length} characters, at most ${most} are kept`);
  return value;
}

/** What a service application says of an identity, as IoT Hub's clients write it; what it leaves out stays as it is. */
export function draftOf(body: Given): IdentityDraft {
  const authentication = objectAt(body["authentication"]);
  const keys = objectAt(authentication["symmetricKey"]);
  const prints = objectAt(authentication["x509Thumbprint"]);
  const capabilities = objectAt(body["capabilities"]);
  const draft = {
    status: statusOf(body["status"]),
    statusReason: body["statusReason"] === null ? "" : textAt(body, "statusReason", 128),
    authType: authTypeOf(authentication, prints),
    primaryKey: textAt(keys, "primaryKey", 128),
    secondaryKey: textAt(keys, "secondaryKey", 128),
    primaryThumbprint: textAt(prints, "primaryThumbprint", 128),
    secondaryThumbprint: textAt(prints, "secondaryThumbprint", 128),
    isEdge: typeof capabilities["iotEdge"] === "boolean" ? capabilities["iotEdge"] : undefined,
    deviceScope: textAt(body, "deviceScope", 512),
    parentScopes: scopesOf(body["parentScopes"]),
    managedBy: textAt(body, "managedBy", 128),
  };
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined));
}

function statusOf(status: unknown): "enabled" | "disabled" | undefined {
  if (status === undefined || status === null) return undefined;
  const given = String(status).toLowerCase();
  return given === "enabled" || given === "disabled" ? given : refuse("status", "it is enabled or disabled");
}

function authTypeOf(authentication: Given, prints: Given): AuthType | undefined {
  const { type } = authentication;
  if (type === undefined || type === null)
    return prints["primaryThumbprint"] || prints["secondaryThumbprint"] ? "selfSigned" : undefined;
  return (
    authTypes.find((each) => each === type) ?? refuse("authentication.type", `it is ${authTypes.join(", ")}`)
  );
}

function scopesOf(scopes: unknown): readonly string[] | undefined {
  if (scopes === undefined || scopes === null) return undefined;
  if (Array.isArray(scopes) && scopes.length <= 1 && scopes.every((scope) => typeof scope === "string"))
    return scopes;
  return refuse("parentScopes", "it is a list of at most one text");
}
