import { accountChecks, passwordChecks } from "./account-checks.js";
import type { Check } from "./check.js";
import { fileChecks, mountChecks } from "./file-checks.js";
import { kernelChecks, networkChecks } from "./kernel-checks.js";
import { moduleChecks, programChecks, serviceChecks } from "./service-checks.js";
import { sshChecks } from "./ssh-checks.js";
import { bootChecks, loggingChecks, otherChecks } from "./system-checks.js";

/** The checks, in our own words. They read files and start nothing. */
export const checks: readonly Check[] = [
  ...kernelChecks,
  ...networkChecks,
  ...fileChecks,
  ...mountChecks,
  ...sshChecks,
  ...accountChecks,
  ...passwordChecks,
  ...serviceChecks,
  ...programChecks,
  ...moduleChecks,
  ...loggingChecks,
  ...bootChecks,
  ...otherChecks,
];
