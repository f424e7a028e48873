import { randomUUID } from "node:crypto";
import type { KnownError } from "@picket/kit";

/** An error as the provisioning service answers it. */
export const refusalBody = (error: Pick<KnownError, "status" | "message"> | undefined): object => ({
  errorCode: (error?.status ?? 500) * 1_000 + (error?.status === 401 ? 2 : 0),
  trackingId: randomUUID(),
  message: error?.message ?? "The service could not answer; try again.",
  timestampUtc: new Date().toISOString(),
});
