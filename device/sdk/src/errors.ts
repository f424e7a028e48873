/** Why a client could not do what it was asked; `retry` says whether trying again can help. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientErrorCode;
  readonly retry: "never" | "later";

  constructor(code: ClientErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retry = retryLater.has(code) ? "later" : "never";
  }
}

/** The reasons there are. */
export type ClientErrorCode =
  | "CLIENT_BAD_CONNECTION_STRING"
  | "CLIENT_REFUSED"
  | "CLIENT_CERTIFICATE"
  | "CLIENT_CLOCK"
  | "CLIENT_PROVISIONING"
  | "CLIENT_SEALED_KEY"
  | "CLIENT_UNREACHABLE"
  | "CLIENT_DISCONNECTED"
  | "CLIENT_CLOSED"
  | "CLIENT_TOO_LARGE"
  | "CLIENT_TWIN"
  | "CLIENT_TIMEOUT"
  | "CLIENT_BAD_EVENT";

const retryLater = new Set<ClientErrorCode>([
  "CLIENT_UNREACHABLE",
  "CLIENT_CLOCK",
  "CLIENT_DISCONNECTED",
  "CLIENT_TIMEOUT",
  "CLIENT_TWIN",
]);
