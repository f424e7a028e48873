import { isKnown } from "@picket/kit";
import type { OperationCause } from "@picket/schema";
import type { AmqpError } from "rhea";

/** What IoT Hub's AMQP says for each error of ours. */
const ofErrors: Readonly<Record<string, string>> = {
  HUB_DEVICE_NOT_FOUND: "amqp:not-found",
  HUB_UNAUTHORIZED: "amqp:unauthorized-access",
  HUB_ARGUMENT_INVALID: "com.microsoft:argument-error",
  HUB_MESSAGE_TOO_LARGE: "amqp:link:message-size-exceeded",
  HUB_COMMAND_TOO_LARGE: "amqp:link:message-size-exceeded",
  HUB_QUEUE_FULL: "amqp:resource-limit-exceeded",
  HUB_MESSAGE_LOCK_LOST: "com.microsoft:message-lock-lost",
  HUB_PRECONDITION_FAILED: "com.microsoft:precondition-failed",
  HUB_GATEWAY_TIMEOUT: "com.microsoft:timeout",
  HUB_THROTTLED: "com.microsoft:device-container-throttled",
  HUB_QUOTA_EXCEEDED: "com.microsoft:quota-exceeded",
};

/** What it says when the hub ends something. */
const ofCauses: Readonly<Partial<Record<OperationCause, string>>> = {
  takenOver: "amqp:link:stolen",
  expiredToken: "amqp:unauthorized-access",
  disabledDevice: "amqp:unauthorized-access",
  unknownDevice: "amqp:not-found",
  forbidden: "amqp:unauthorized-access",
  throttled: "com.microsoft:device-container-throttled",
  messageTooLarge: "amqp:link:message-size-exceeded",
  protocolViolation: "amqp:decode-error",
  timeout: "com.microsoft:timeout",
  unavailable: "amqp:connection:forced",
};

/** An error as AMQP tells it. */
export const conditionOf = (error: unknown): AmqpError =>
  isKnown(error)
    ? { condition: ofErrors[error.code] ?? "amqp:internal-error", description: error.message }
    : { condition: "amqp:internal-error", description: "The hub could not do it; try again." };

/** A cause of the operation log as AMQP tells it. */
export const conditionFor = (cause: OperationCause, description: string): AmqpError => ({
  condition: ofCauses[cause] ?? "amqp:internal-error",
  description,
});
