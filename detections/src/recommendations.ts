// A list, written by tools/list-rules.mjs.

import type { Recommendation } from "./recommendation.js";
import { baselineFailed } from "./recommendations/baseline-failed.js";
import { openPorts } from "./recommendations/open-ports.js";
import {
  permissiveFirewallPolicy,
  permissiveInputRule,
  permissiveOutputRule,
} from "./recommendations/permissive-firewall.js";

/** Every built-in recommendation. */
export const recommendations: readonly Recommendation[] = [
  baselineFailed,
  openPorts,
  permissiveFirewallPolicy,
  permissiveInputRule,
  permissiveOutputRule,
];
