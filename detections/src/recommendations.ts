// A list, written by tools/list-rules.mjs.

import type { Recommendation } from "./recommendation.js";
import { baselineFailed } from "./recommendations/baseline-failed.js";
import { cisBenchmarks } from "./recommendations/cis-benchmarks.js";
import {
  conflictingSessions,
  deviceCertificateExpiring,
  deviceCertificateWeak,
} from "./recommendations/device-certificates.js";
import {
  edgeHubMemory,
  edgeModuleWithoutLog,
  privilegedEdgeModule,
  registryWithoutPrincipal,
} from "./recommendations/edge-modules.js";
import {
  agentMissing,
  inconsistentModules,
  learntIpRules,
  sharedCredentials,
  staleIdentity,
} from "./recommendations/fleet.js";
import {
  authorityExpiring,
  authorityUnverified,
  diagnosticsOff,
  ipFilterDenyAll,
  ipFilterPermissive,
  policyKeyOld,
  policyPermissive,
  serverCertificateExpiring,
  tlsUpgrade,
} from "./recommendations/hub-settings.js";
import { messagesUnderused } from "./recommendations/messages-underused.js";
import { openPorts } from "./recommendations/open-ports.js";
import {
  permissiveFirewallPolicy,
  permissiveInputRule,
  permissiveOutputRule,
} from "./recommendations/permissive-firewall.js";
import { twinConflict, twinNotOptimal } from "./recommendations/twin-settings.js";

/** Every built-in recommendation. */
export const recommendations: readonly Recommendation[] = [
  agentMissing,
  authorityExpiring,
  authorityUnverified,
  baselineFailed,
  cisBenchmarks,
  conflictingSessions,
  deviceCertificateExpiring,
  deviceCertificateWeak,
  diagnosticsOff,
  edgeHubMemory,
  edgeModuleWithoutLog,
  inconsistentModules,
  ipFilterDenyAll,
  ipFilterPermissive,
  learntIpRules,
  messagesUnderused,
  openPorts,
  permissiveFirewallPolicy,
  permissiveInputRule,
  permissiveOutputRule,
  policyKeyOld,
  policyPermissive,
  privilegedEdgeModule,
  registryWithoutPrincipal,
  serverCertificateExpiring,
  sharedCredentials,
  staleIdentity,
  tlsUpgrade,
  twinConflict,
  twinNotOptimal,
];
