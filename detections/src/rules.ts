// A list, written by tools/list-rules.mjs.

import type { Rule } from "./rule.js";
import { beaconToUnusualPort } from "./rules/command-and-control/beacon-to-unusual-port.js";
import { malwareDownloaded } from "./rules/command-and-control/malware-downloaded.js";
import { portForwarded } from "./rules/command-and-control/port-forwarded.js";
import { bruteForceFailed } from "./rules/credential-access/brute-force-failed.js";
import { bruteForceSucceeded } from "./rules/credential-access/brute-force-succeeded.js";
import { credentialToolUsed } from "./rules/credential-access/credential-tool-used.js";
import { shellHistoryRead } from "./rules/credential-access/shell-history-read.js";
import { auditdDisabled } from "./rules/defense-evasion/auditd-disabled.js";
import { commonFilesOverwritten } from "./rules/defense-evasion/common-files-overwritten.js";
import { deviceSilent } from "./rules/defense-evasion/device-silent.js";
import { firewallDisabled } from "./rules/defense-evasion/firewall-disabled.js";
import { hubDiagnosticsChanged } from "./rules/defense-evasion/hub-diagnostics-changed.js";
import { hubDiagnosticsDeleted } from "./rules/defense-evasion/hub-diagnostics-deleted.js";
import { hubIpFilterChanged } from "./rules/defense-evasion/hub-ip-filter-changed.js";
import { scriptInterpreterMismatch } from "./rules/defense-evasion/script-interpreter-mismatch.js";
import { shellHistoryCleared } from "./rules/defense-evasion/shell-history-cleared.js";
import { systemLogsRemoved } from "./rules/defense-evasion/system-logs-removed.js";
import { trailingSpaceProgram } from "./rules/defense-evasion/trailing-space-program.js";
import { twinNotParsed } from "./rules/defense-evasion/twin-not-parsed.js";
import { hostReconnaissance } from "./rules/discovery/host-reconnaissance.js";
import { binaryWrittenFromCommandLine } from "./rules/execution/binary-written-from-command-line.js";
import { downloadedThenRun } from "./rules/execution/downloaded-then-run.js";
import { knownAttackTool } from "./rules/execution/known-attack-tool.js";
import { linuxBotBehaviour } from "./rules/execution/linux-bot-behaviour.js";
import { reverseShellOpened } from "./rules/execution/reverse-shell-opened.js";
import { dataCarriedOut } from "./rules/exfiltration/data-carried-out.js";
import { cryptoMinerContainerStarted } from "./rules/impact/crypto-miner-container-started.js";
import { cryptoMinerStarted } from "./rules/impact/crypto-miner-started.js";
import { devicesDeletedInBulk } from "./rules/impact/devices-deleted-in-bulk.js";
import { fairwareBehaviour } from "./rules/impact/fairware-behaviour.js";
import { hubCertificateDeleted } from "./rules/impact/hub-certificate-deleted.js";
import { hubCertificateNotDeleted } from "./rules/impact/hub-certificate-not-deleted.js";
import { ransomwareBehaviour } from "./rules/impact/ransomware-behaviour.js";
import { certificateExpired } from "./rules/initial-access/certificate-expired.js";
import { certificateMismatch } from "./rules/initial-access/certificate-mismatch.js";
import { deviceIdsGuessed } from "./rules/initial-access/device-ids-guessed.js";
import { deviceOnboarded } from "./rules/initial-access/device-onboarded.js";
import { disabledDeviceRefused } from "./rules/initial-access/disabled-device-refused.js";
import { localLoginFailed } from "./rules/initial-access/local-login-failed.js";
import { localLoginSucceeded } from "./rules/initial-access/local-login-succeeded.js";
import { sasTokenExpired } from "./rules/initial-access/sas-token-expired.js";
import { sasTokenInvalid } from "./rules/initial-access/sas-token-invalid.js";
import { sessionTakenOver } from "./rules/initial-access/session-taken-over.js";
import { unknownDeviceRefused } from "./rules/initial-access/unknown-device-refused.js";
import { backdoorOpened } from "./rules/persistence/backdoor-opened.js";
import { htaccessAccessed } from "./rules/persistence/htaccess-accessed.js";
import { hubCertificateAdded } from "./rules/persistence/hub-certificate-added.js";
import { hubCertificateNotAdded } from "./rules/persistence/hub-certificate-not-added.js";
import { hubPolicyChanged } from "./rules/persistence/hub-policy-changed.js";
import { nohupInTemp } from "./rules/persistence/nohup-in-temp.js";
import { userAddedToGroup } from "./rules/persistence/user-added-to-group.js";
import { userDeleted } from "./rules/persistence/user-deleted.js";
import { userRemovedFromGroup } from "./rules/persistence/user-removed-from-group.js";
import { useraddSuspicious } from "./rules/persistence/useradd-suspicious.js";
import { webShellUsed } from "./rules/persistence/web-shell-used.js";
import { dockerExposed } from "./rules/privilege-escalation/docker-exposed.js";
import { privilegedContainerStarted } from "./rules/privilege-escalation/privileged-container-started.js";
import { suspiciousCompilation } from "./rules/privilege-escalation/suspicious-compilation.js";

/** Every built-in rule. */
export const rules: readonly Rule[] = [
  auditdDisabled,
  backdoorOpened,
  beaconToUnusualPort,
  binaryWrittenFromCommandLine,
  bruteForceFailed,
  bruteForceSucceeded,
  certificateExpired,
  certificateMismatch,
  commonFilesOverwritten,
  credentialToolUsed,
  cryptoMinerContainerStarted,
  cryptoMinerStarted,
  dataCarriedOut,
  deviceIdsGuessed,
  deviceOnboarded,
  deviceSilent,
  devicesDeletedInBulk,
  disabledDeviceRefused,
  dockerExposed,
  downloadedThenRun,
  fairwareBehaviour,
  firewallDisabled,
  hostReconnaissance,
  htaccessAccessed,
  hubCertificateAdded,
  hubCertificateDeleted,
  hubCertificateNotAdded,
  hubCertificateNotDeleted,
  hubDiagnosticsChanged,
  hubDiagnosticsDeleted,
  hubIpFilterChanged,
  hubPolicyChanged,
  knownAttackTool,
  linuxBotBehaviour,
  localLoginFailed,
  localLoginSucceeded,
  malwareDownloaded,
  nohupInTemp,
  portForwarded,
  privilegedContainerStarted,
  ransomwareBehaviour,
  reverseShellOpened,
  sasTokenExpired,
  sasTokenInvalid,
  scriptInterpreterMismatch,
  sessionTakenOver,
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
