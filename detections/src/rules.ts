// A list.

import type { Rule } from "./rule.js";
import { auditdDisabled } from "./rules/auditd-disabled.js";
import { backdoorOpened } from "./rules/backdoor-opened.js";
import { beaconToUnusualPort } from "./rules/beacon-to-unusual-port.js";
import { binaryWrittenFromCommandLine } from "./rules/binary-written-from-command-line.js";
import { bruteForceFailed } from "./rules/brute-force-failed.js";
import { bruteForceSucceeded } from "./rules/brute-force-succeeded.js";
import { commonFilesOverwritten } from "./rules/common-files-overwritten.js";
import { credentialToolUsed } from "./rules/credential-tool-used.js";
import { cryptoMinerContainerStarted } from "./rules/crypto-miner-container-started.js";
import { cryptoMinerStarted } from "./rules/crypto-miner-started.js";
import { dataCarriedOut } from "./rules/data-carried-out.js";
import { deviceOnboarded } from "./rules/device-onboarded.js";
import { deviceSilent } from "./rules/device-silent.js";
import { disabledDeviceRefused } from "./rules/disabled-device-refused.js";
import { dockerExposed } from "./rules/docker-exposed.js";
import { downloadedThenRun } from "./rules/downloaded-then-run.js";
import { fairwareBehaviour } from "./rules/fairware-behaviour.js";
import { firewallDisabled } from "./rules/firewall-disabled.js";
import { hostReconnaissance } from "./rules/host-reconnaissance.js";
import { htaccessAccessed } from "./rules/htaccess-accessed.js";
import { knownAttackTool } from "./rules/known-attack-tool.js";
import { knownMalwareDownloaded } from "./rules/known-malware-downloaded.js";
import { linuxBotBehaviour } from "./rules/linux-bot-behaviour.js";
import { localLoginFailed } from "./rules/local-login-failed.js";
import { localLoginSucceeded } from "./rules/local-login-succeeded.js";
import { nohupInTemp } from "./rules/nohup-in-temp.js";
import { portForwarded } from "./rules/port-forwarded.js";
import { privilegedContainerStarted } from "./rules/privileged-container-started.js";
import { ransomwareBehaviour } from "./rules/ransomware-behaviour.js";
import { reverseShellOpened } from "./rules/reverse-shell-opened.js";
import { sasTokenExpired } from "./rules/sas-token-expired.js";
import { sasTokenInvalid } from "./rules/sas-token-invalid.js";
import { scriptInterpreterMismatch } from "./rules/script-interpreter-mismatch.js";
import { shellHistoryCleared } from "./rules/shell-history-cleared.js";
import { shellHistoryRead } from "./rules/shell-history-read.js";
import { suspiciousCompilation } from "./rules/suspicious-compilation.js";
import { systemLogsRemoved } from "./rules/system-logs-removed.js";
import { trailingSpaceProgram } from "./rules/trailing-space-program.js";
import { twinNotParsed } from "./rules/twin-not-parsed.js";
import { unknownDeviceRefused } from "./rules/unknown-device-refused.js";
import { userAddedToGroup } from "./rules/user-added-to-group.js";
import { userDeleted } from "./rules/user-deleted.js";
import { userRemovedFromGroup } from "./rules/user-removed-from-group.js";
import { useraddSuspicious } from "./rules/useradd-suspicious.js";
import { webShellUsed } from "./rules/web-shell-used.js";

/** Every built-in rule. */
export const rules: readonly Rule[] = [
  auditdDisabled,
  backdoorOpened,
  beaconToUnusualPort,
  binaryWrittenFromCommandLine,
  bruteForceFailed,
  bruteForceSucceeded,
  commonFilesOverwritten,
  credentialToolUsed,
  cryptoMinerContainerStarted,
  cryptoMinerStarted,
  dataCarriedOut,
  deviceOnboarded,
  deviceSilent,
  disabledDeviceRefused,
  dockerExposed,
  downloadedThenRun,
  fairwareBehaviour,
  firewallDisabled,
  hostReconnaissance,
  htaccessAccessed,
  knownAttackTool,
  knownMalwareDownloaded,
  linuxBotBehaviour,
  localLoginFailed,
  localLoginSucceeded,
  nohupInTemp,
  portForwarded,
  privilegedContainerStarted,
  ransomwareBehaviour,
  reverseShellOpened,
  sasTokenExpired,
  sasTokenInvalid,
  scriptInterpreterMismatch,
  shellHistoryCleared,
  shellHistoryRead,
  suspiciousCompilation,
  systemLogsRemoved,
  trailingSpaceProgram,
  twinNotParsed,
  unknownDeviceRefused,
  userAddedToGroup,
  userDeleted,
  userRemovedFromGroup,
  useraddSuspicious,
  webShellUsed,
];
