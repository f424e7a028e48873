// A list, written by tools/list-rules.mjs.

import type { Rule } from "./rule.js";
import { brokerEavesdropped } from "./rules/collection/broker-eavesdropped.js";
import { cameraOrMicrophoneUsed } from "./rules/collection/camera-or-microphone-used.js";
import { databaseDumpedToTemp } from "./rules/collection/database-dumped-to-temp.js";
import { secretsPackedWithPassword } from "./rules/collection/secrets-packed-with-password.js";
import { serialLineAttached } from "./rules/collection/serial-line-attached.js";
import { beaconToUnusualPort } from "./rules/command-and-control/beacon-to-unusual-port.js";
import { certificateUncheckedDownload } from "./rules/command-and-control/certificate-unchecked-download.js";
import { changingNameLookedUp } from "./rules/command-and-control/changing-name-looked-up.js";
import { chatBotStarted } from "./rules/command-and-control/chat-bot-started.js";
import { chatNetworkConnected } from "./rules/command-and-control/chat-network-connected.js";
import { chatServiceCalled } from "./rules/command-and-control/chat-service-called.js";
import { downloadedPastTools } from "./rules/command-and-control/downloaded-past-tools.js";
import { echoTunnel } from "./rules/command-and-control/echo-tunnel.js";
import { foreignNetworkJoined } from "./rules/command-and-control/foreign-network-joined.js";
import { knownAddressContacted } from "./rules/command-and-control/known-address-contacted.js";
import { knownDoorOpened } from "./rules/command-and-control/known-door-opened.js";
import { knownNameLookedUp } from "./rules/command-and-control/known-name-looked-up.js";
import { knownSourceDownloaded } from "./rules/command-and-control/known-source-downloaded.js";
import { malwareDownloaded } from "./rules/command-and-control/malware-downloaded.js";
import { miningPoolLookedUp } from "./rules/command-and-control/mining-pool-looked-up.js";
import { namesMadeUp } from "./rules/command-and-control/names-made-up.js";
import { namesUsedAsTunnel } from "./rules/command-and-control/names-used-as-tunnel.js";
import { onionNameLookedUp } from "./rules/command-and-control/onion-name-looked-up.js";
import { portForwarded } from "./rules/command-and-control/port-forwarded.js";
import { proxyForStrangers } from "./rules/command-and-control/proxy-for-strangers.js";
import { remoteControlStarted } from "./rules/command-and-control/remote-control-started.js";
import { shellConnects } from "./rules/command-and-control/shell-connects.js";
import { temporaryProgramConnects } from "./rules/command-and-control/temporary-program-connects.js";
import { torUsed } from "./rules/command-and-control/tor-used.js";
import { accountFileChanged } from "./rules/credential-access/account-file-changed.js";
import { accountsTried } from "./rules/credential-access/accounts-tried.js";
import { brokerSecretsRead } from "./rules/credential-access/broker-secrets-read.js";
import { bruteForceFailed } from "./rules/credential-access/brute-force-failed.js";
import { bruteForceSucceeded } from "./rules/credential-access/brute-force-succeeded.js";
import { cloudMetadataAsked } from "./rules/credential-access/cloud-metadata-asked.js";
import { clusterTokenRead } from "./rules/credential-access/cluster-token-read.js";
import { credentialToolUsed } from "./rules/credential-access/credential-tool-used.js";
import { loginProcessTraced } from "./rules/credential-access/login-process-traced.js";
import { networkSecretsRead } from "./rules/credential-access/network-secrets-read.js";
import { pamChanged } from "./rules/credential-access/pam-changed.js";
import { passwordsSearched } from "./rules/credential-access/passwords-searched.js";
import { privateKeysCopied } from "./rules/credential-access/private-keys-copied.js";
import { processMemoryRead } from "./rules/credential-access/process-memory-read.js";
import { shellHistoryRead } from "./rules/credential-access/shell-history-read.js";
import { trafficRecorded } from "./rules/credential-access/traffic-recorded.js";
import { auditdDisabled } from "./rules/defense-evasion/auditd-disabled.js";
import { collectorBlind } from "./rules/defense-evasion/collector-blind.js";
import { commonFilesOverwritten } from "./rules/defense-evasion/common-files-overwritten.js";
import { deviceRenamed } from "./rules/defense-evasion/device-renamed.js";
import { deviceSilent } from "./rules/defense-evasion/device-silent.js";
import { doorsShutBehind } from "./rules/defense-evasion/doors-shut-behind.js";
import { eventsDropped } from "./rules/defense-evasion/events-dropped.js";
import { fileModified } from "./rules/defense-evasion/file-modified.js";
import { fileTimesForged } from "./rules/defense-evasion/file-times-forged.js";
import { firewallDisabled } from "./rules/defense-evasion/firewall-disabled.js";
import { firewallRuleVanished } from "./rules/defense-evasion/firewall-rule-vanished.js";
import { hiddenFolderMade } from "./rules/defense-evasion/hidden-folder-made.js";
import { hubDiagnosticsChanged } from "./rules/defense-evasion/hub-diagnostics-changed.js";
import { hubDiagnosticsDeleted } from "./rules/defense-evasion/hub-diagnostics-deleted.js";
import { hubIpFilterChanged } from "./rules/defense-evasion/hub-ip-filter-changed.js";
import { kernelGuardsLowered } from "./rules/defense-evasion/kernel-guards-lowered.js";
import { kernelLogEmptied } from "./rules/defense-evasion/kernel-log-emptied.js";
import { loginRecordsEdited } from "./rules/defense-evasion/login-records-edited.js";
import { longEncodedArgument } from "./rules/defense-evasion/long-encoded-argument.js";
import { mandatoryControlOff } from "./rules/defense-evasion/mandatory-control-off.js";
import { namesRedirected } from "./rules/defense-evasion/names-redirected.js";
import { packageChecksSkipped } from "./rules/defense-evasion/package-checks-skipped.js";
import { processHiddenByMount } from "./rules/defense-evasion/process-hidden-by-mount.js";
import { programDisguisedAsKernelThread } from "./rules/defense-evasion/program-disguised-as-kernel-thread.js";
import { programPacked } from "./rules/defense-evasion/program-packed.js";
import { rivalsKilled } from "./rules/defense-evasion/rivals-killed.js";
import { scriptInterpreterMismatch } from "./rules/defense-evasion/script-interpreter-mismatch.js";
import { securityToolStopped } from "./rules/defense-evasion/security-tool-stopped.js";
import { shellHistoryCleared } from "./rules/defense-evasion/shell-history-cleared.js";
import { startedThenDeleted } from "./rules/defense-evasion/started-then-deleted.js";
import { systemLogDeleted } from "./rules/defense-evasion/system-log-deleted.js";
import { systemLogsRemoved } from "./rules/defense-evasion/system-logs-removed.js";
import { systemNameInTemp } from "./rules/defense-evasion/system-name-in-temp.js";
import { timeSetBack } from "./rules/defense-evasion/time-set-back.js";
import { trailingSpaceProgram } from "./rules/defense-evasion/trailing-space-program.js";
import { twinNotParsed } from "./rules/defense-evasion/twin-not-parsed.js";
import { watchdogStopped } from "./rules/defense-evasion/watchdog-stopped.js";
import { containerWallsExamined } from "./rules/discovery/container-walls-examined.js";
import { controllersSearched } from "./rules/discovery/controllers-searched.js";
import { guardsSearched } from "./rules/discovery/guards-searched.js";
import { hostReconnaissance } from "./rules/discovery/host-reconnaissance.js";
import { networkScanned } from "./rules/discovery/network-scanned.js";
import { networkSwept } from "./rules/discovery/network-swept.js";
import { questionsInABurst } from "./rules/discovery/questions-in-a-burst.js";
import { setuidFilesSearched } from "./rules/discovery/setuid-files-searched.js";
import { binaryWrittenFromCommandLine } from "./rules/execution/binary-written-from-command-line.js";
import { codeFetchedAndRunInMemory } from "./rules/execution/code-fetched-and-run-in-memory.js";
import { databaseStartedShell } from "./rules/execution/database-started-shell.js";
import { debuggerInjects } from "./rules/execution/debugger-injects.js";
import { deletedProgramRun } from "./rules/execution/deleted-program-run.js";
import { downloadedThenRun } from "./rules/execution/downloaded-then-run.js";
import { encodedPowershell } from "./rules/execution/encoded-powershell.js";
import { hiddenProgramRun } from "./rules/execution/hidden-program-run.js";
import { interpreterFromTemp } from "./rules/execution/interpreter-from-temp.js";
import { javaStartedDownloader } from "./rules/execution/java-started-downloader.js";
import { knownAttackTool } from "./rules/execution/known-attack-tool.js";
import { kubernetesPodEntered } from "./rules/execution/kubernetes-pod-entered.js";
import { libraryPreloaded } from "./rules/execution/library-preloaded.js";
import { linuxBotBehaviour } from "./rules/execution/linux-bot-behaviour.js";
import { memoryFileMade } from "./rules/execution/memory-file-made.js";
import { packageInstalledFromTemp } from "./rules/execution/package-installed-from-temp.js";
import { programRunFromSharedMemory } from "./rules/execution/program-run-from-shared-memory.js";
import { reverseShellOpened } from "./rules/execution/reverse-shell-opened.js";
import { scriptRunByAt } from "./rules/execution/script-run-by-at.js";
import { serviceStartedShell } from "./rules/execution/service-started-shell.js";
import { shellFromInterpreterPty } from "./rules/execution/shell-from-interpreter-pty.js";
import { webServerStartedShell } from "./rules/execution/web-server-started-shell.js";
import { cloudStorageUpload } from "./rules/exfiltration/cloud-storage-upload.js";
import { dataCarriedOut } from "./rules/exfiltration/data-carried-out.js";
import { mailWithAttachment } from "./rules/exfiltration/mail-with-attachment.js";
import { muchSentByTool } from "./rules/exfiltration/much-sent-by-tool.js";
import { namesCarryData } from "./rules/exfiltration/names-carry-data.js";
import { toolsHandOverManyFiles } from "./rules/exfiltration/tools-hand-over-many-files.js";
import { backupsDestroyed } from "./rules/impact/backups-destroyed.js";
import { cryptoMinerContainerStarted } from "./rules/impact/crypto-miner-container-started.js";
import { cryptoMinerStarted } from "./rules/impact/crypto-miner-started.js";
import { databaseEmptied } from "./rules/impact/database-emptied.js";
import { devicesDeletedInBulk } from "./rules/impact/devices-deleted-in-bulk.js";
import { diskOverwritten } from "./rules/impact/disk-overwritten.js";
import { ethernetDisconnected } from "./rules/impact/ethernet-disconnected.js";
import { fairwareBehaviour } from "./rules/impact/fairware-behaviour.js";
import { fileDeleted } from "./rules/impact/file-deleted.js";
import { fileRenamedInBulk } from "./rules/impact/file-renamed-in-bulk.js";
import { filesChangedInBulk } from "./rules/impact/files-changed-in-bulk.js";
import { floodStarted } from "./rules/impact/flood-started.js";
import { forkBomb } from "./rules/impact/fork-bomb.js";
import { hubCertificateDeleted } from "./rules/impact/hub-certificate-deleted.js";
import { hubCertificateNotDeleted } from "./rules/impact/hub-certificate-not-deleted.js";
import { minerContainerRuns } from "./rules/impact/miner-container-runs.js";
import { minerPrepared } from "./rules/impact/miner-prepared.js";
import { miningPortUsed } from "./rules/impact/mining-port-used.js";
import { networkCut } from "./rules/impact/network-cut.js";
import { pageDefaced } from "./rules/impact/page-defaced.js";
import { peopleLockedOut } from "./rules/impact/people-locked-out.js";
import { ransomwareBehaviour } from "./rules/impact/ransomware-behaviour.js";
import { servicesStoppedInBulk } from "./rules/impact/services-stopped-in-bulk.js";
import { stoppedAtOnce } from "./rules/impact/stopped-at-once.js";
import { usbDisconnected } from "./rules/impact/usb-disconnected.js";
import { busFrameSent } from "./rules/impair-process-control/bus-frame-sent.js";
import { outputSetByHand } from "./rules/impair-process-control/output-set-by-hand.js";
import { registerWritten } from "./rules/impair-process-control/register-written.js";
import { alarmsSilenced } from "./rules/inhibit-response-function/alarms-silenced.js";
import { firmwareWrittenByHand } from "./rules/inhibit-response-function/firmware-written-by-hand.js";
import { adminDoorUsedFromOutside } from "./rules/initial-access/admin-door-used-from-outside.js";
import { certificateExpired } from "./rules/initial-access/certificate-expired.js";
import { certificateMismatch } from "./rules/initial-access/certificate-mismatch.js";
import { deviceIdsGuessed } from "./rules/initial-access/device-ids-guessed.js";
import { deviceOnboarded } from "./rules/initial-access/device-onboarded.js";
import { disabledDeviceRefused } from "./rules/initial-access/disabled-device-refused.js";
import { ethernetConnected } from "./rules/initial-access/ethernet-connected.js";
import { factoryAccountUsed } from "./rules/initial-access/factory-account-used.js";
import { localLoginFailed } from "./rules/initial-access/local-login-failed.js";
import { localLoginSucceeded } from "./rules/initial-access/local-login-succeeded.js";
import { rootLoginFromOutside } from "./rules/initial-access/root-login-from-outside.js";
import { sasTokenExpired } from "./rules/initial-access/sas-token-expired.js";
import { sasTokenInvalid } from "./rules/initial-access/sas-token-invalid.js";
import { serviceCrashes } from "./rules/initial-access/service-crashes.js";
import { sessionTakenOver } from "./rules/initial-access/session-taken-over.js";
import { telnetLogin } from "./rules/initial-access/telnet-login.js";
import { unknownDeviceRefused } from "./rules/initial-access/unknown-device-refused.js";
import { usbConnected } from "./rules/initial-access/usb-connected.js";
import { agentSocketBorrowed } from "./rules/lateral-movement/agent-socket-borrowed.js";
import { androidBridgeUsed } from "./rules/lateral-movement/android-bridge-used.js";
import { cacheServerAbused } from "./rules/lateral-movement/cache-server-abused.js";
import { defaultPasswordTried } from "./rules/lateral-movement/default-password-tried.js";
import { hostKeysUncheckedLoop } from "./rules/lateral-movement/host-keys-unchecked-loop.js";
import { passwordGivenToSsh } from "./rules/lateral-movement/password-given-to-ssh.js";
import { programPushedBySsh } from "./rules/lateral-movement/program-pushed-by-ssh.js";
import { telnetDoorsTried } from "./rules/lateral-movement/telnet-doors-tried.js";
import { accountAdded } from "./rules/persistence/account-added.js";
import { authorisedKeyAdded } from "./rules/persistence/authorised-key-added.js";
import { authorisedKeyWritten } from "./rules/persistence/authorised-key-written.js";
import { backdoorOpened } from "./rules/persistence/backdoor-opened.js";
import { bootConfigurationChanged } from "./rules/persistence/boot-configuration-changed.js";
import { bootScriptPlanted } from "./rules/persistence/boot-script-planted.js";
import { cronJobPlanted } from "./rules/persistence/cron-job-planted.js";
import { deviceRebuilt } from "./rules/persistence/device-rebuilt.js";
import { eventScriptPlanted } from "./rules/persistence/event-script-planted.js";
import { fileCreated } from "./rules/persistence/file-created.js";
import { fileMadeImmutable } from "./rules/persistence/file-made-immutable.js";
import { foreignKernelModule } from "./rules/persistence/foreign-kernel-module.js";
import { htaccessAccessed } from "./rules/persistence/htaccess-accessed.js";
import { hubCertificateAdded } from "./rules/persistence/hub-certificate-added.js";
import { hubCertificateNotAdded } from "./rules/persistence/hub-certificate-not-added.js";
import { hubPolicyChanged } from "./rules/persistence/hub-policy-changed.js";
import { kernelModuleInserted } from "./rules/persistence/kernel-module-inserted.js";
import { nohupInTemp } from "./rules/persistence/nohup-in-temp.js";
import { passwordSetByCommand } from "./rules/persistence/password-set-by-command.js";
import { portOpened } from "./rules/persistence/port-opened.js";
import { preloadFileAppeared } from "./rules/persistence/preload-file-appeared.js";
import { preloadFileChanged } from "./rules/persistence/preload-file-changed.js";
import { profileScriptPlanted } from "./rules/persistence/profile-script-planted.js";
import { pythonStartFilePlanted } from "./rules/persistence/python-start-file-planted.js";
import { scheduledJobAdded } from "./rules/persistence/scheduled-job-added.js";
import { scheduledJobSuspicious } from "./rules/persistence/scheduled-job-suspicious.js";
import { secondRootAccount } from "./rules/persistence/second-root-account.js";
import { serviceSuspicious } from "./rules/persistence/service-suspicious.js";
import { sshDoorWidened } from "./rules/persistence/ssh-door-widened.js";
import { startFileChanged } from "./rules/persistence/start-file-changed.js";
import { sudoRightsGranted } from "./rules/persistence/sudo-rights-granted.js";
import { systemdUnitPlanted } from "./rules/persistence/systemd-unit-planted.js";
import { telnetOpened } from "./rules/persistence/telnet-opened.js";
import { trustAnchorAdded } from "./rules/persistence/trust-anchor-added.js";
import { udevRulePlanted } from "./rules/persistence/udev-rule-planted.js";
import { userAddedToGroup } from "./rules/persistence/user-added-to-group.js";
import { userDeleted } from "./rules/persistence/user-deleted.js";
import { userRemovedFromGroup } from "./rules/persistence/user-removed-from-group.js";
import { useraddSuspicious } from "./rules/persistence/useradd-suspicious.js";
import { webFilePlanted } from "./rules/persistence/web-file-planted.js";
import { webProgramAppeared } from "./rules/persistence/web-program-appeared.js";
import { webShellUsed } from "./rules/persistence/web-shell-used.js";
import { busCallAbused } from "./rules/privilege-escalation/bus-call-abused.js";
import { capabilityGranted } from "./rules/privilege-escalation/capability-granted.js";
import { clusterRightsGranted } from "./rules/privilege-escalation/cluster-rights-granted.js";
import { containerRuntimeSocketUsed } from "./rules/privilege-escalation/container-runtime-socket-used.js";
import { containerWallsLowered } from "./rules/privilege-escalation/container-walls-lowered.js";
import { dockerExposed } from "./rules/privilege-escalation/docker-exposed.js";
import { hostDiskOpened } from "./rules/privilege-escalation/host-disk-opened.js";
import { hostFolderGivenToContainer } from "./rules/privilege-escalation/host-folder-given-to-container.js";
import { hostNamespaceEntered } from "./rules/privilege-escalation/host-namespace-entered.js";
import { kernelCallbackWritten } from "./rules/privilege-escalation/kernel-callback-written.js";
import { libraryPathAbused } from "./rules/privilege-escalation/library-path-abused.js";
import { privilegedContainerRuns } from "./rules/privilege-escalation/privileged-container-runs.js";
import { privilegedContainerStarted } from "./rules/privilege-escalation/privileged-container-started.js";
import { setuidBitAppeared } from "./rules/privilege-escalation/setuid-bit-appeared.js";
import { setuidBitGranted } from "./rules/privilege-escalation/setuid-bit-granted.js";
import { setuidProgramAppeared } from "./rules/privilege-escalation/setuid-program-appeared.js";
import { shellOutOfAProgram } from "./rules/privilege-escalation/shell-out-of-a-program.js";
import { sudoFlawUsed } from "./rules/privilege-escalation/sudo-flaw-used.js";
import { suspiciousCompilation } from "./rules/privilege-escalation/suspicious-compilation.js";

/** Every built-in rule. */
export const rules: readonly Rule[] = [
  accountAdded,
  accountFileChanged,
  accountsTried,
  adminDoorUsedFromOutside,
  agentSocketBorrowed,
  alarmsSilenced,
  androidBridgeUsed,
  auditdDisabled,
  authorisedKeyAdded,
  authorisedKeyWritten,
  backdoorOpened,
  backupsDestroyed,
  beaconToUnusualPort,
  binaryWrittenFromCommandLine,
  bootConfigurationChanged,
  bootScriptPlanted,
  brokerEavesdropped,
  brokerSecretsRead,
  bruteForceFailed,
  bruteForceSucceeded,
  busCallAbused,
  busFrameSent,
  cacheServerAbused,
  cameraOrMicrophoneUsed,
  capabilityGranted,
  certificateExpired,
  certificateMismatch,
  certificateUncheckedDownload,
  changingNameLookedUp,
  chatBotStarted,
  chatNetworkConnected,
  chatServiceCalled,
  cloudMetadataAsked,
  cloudStorageUpload,
  clusterRightsGranted,
  clusterTokenRead,
  codeFetchedAndRunInMemory,
  collectorBlind,
  commonFilesOverwritten,
  containerRuntimeSocketUsed,
  containerWallsExamined,
  containerWallsLowered,
  controllersSearched,
  credentialToolUsed,
  cronJobPlanted,
  cryptoMinerContainerStarted,
  cryptoMinerStarted,
  dataCarriedOut,
  databaseDumpedToTemp,
  databaseEmptied,
  databaseStartedShell,
  debuggerInjects,
  defaultPasswordTried,
  deletedProgramRun,
  deviceIdsGuessed,
  deviceOnboarded,
  deviceRebuilt,
  deviceRenamed,
  deviceSilent,
  devicesDeletedInBulk,
  disabledDeviceRefused,
  diskOverwritten,
  dockerExposed,
  doorsShutBehind,
  downloadedPastTools,
  downloadedThenRun,
  echoTunnel,
  encodedPowershell,
  ethernetConnected,
  ethernetDisconnected,
  eventScriptPlanted,
  eventsDropped,
  factoryAccountUsed,
  fairwareBehaviour,
  fileCreated,
  fileDeleted,
  fileMadeImmutable,
  fileModified,
  fileRenamedInBulk,
  fileTimesForged,
  filesChangedInBulk,
  firewallDisabled,
  firewallRuleVanished,
  firmwareWrittenByHand,
  floodStarted,
  foreignKernelModule,
  foreignNetworkJoined,
  forkBomb,
  guardsSearched,
  hiddenFolderMade,
  hiddenProgramRun,
  hostDiskOpened,
  hostFolderGivenToContainer,
  hostKeysUncheckedLoop,
  hostNamespaceEntered,
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
  interpreterFromTemp,
  javaStartedDownloader,
  kernelCallbackWritten,
  kernelGuardsLowered,
  kernelLogEmptied,
  kernelModuleInserted,
  knownAddressContacted,
  knownAttackTool,
  knownDoorOpened,
  knownNameLookedUp,
  knownSourceDownloaded,
  kubernetesPodEntered,
  libraryPathAbused,
  libraryPreloaded,
  linuxBotBehaviour,
  localLoginFailed,
  localLoginSucceeded,
  loginProcessTraced,
  loginRecordsEdited,
  longEncodedArgument,
  mailWithAttachment,
  malwareDownloaded,
  mandatoryControlOff,
  memoryFileMade,
  minerContainerRuns,
  minerPrepared,
  miningPoolLookedUp,
  miningPortUsed,
  muchSentByTool,
  namesCarryData,
  namesMadeUp,
  namesRedirected,
  namesUsedAsTunnel,
  networkCut,
  networkScanned,
  networkSecretsRead,
  networkSwept,
  nohupInTemp,
  onionNameLookedUp,
  outputSetByHand,
  packageChecksSkipped,
  packageInstalledFromTemp,
  pageDefaced,
  pamChanged,
  passwordGivenToSsh,
  passwordSetByCommand,
  passwordsSearched,
  peopleLockedOut,
  portForwarded,
  portOpened,
  preloadFileAppeared,
  preloadFileChanged,
  privateKeysCopied,
  privilegedContainerRuns,
  privilegedContainerStarted,
  processHiddenByMount,
  processMemoryRead,
  profileScriptPlanted,
  programDisguisedAsKernelThread,
  programPacked,
  programPushedBySsh,
  programRunFromSharedMemory,
  proxyForStrangers,
  pythonStartFilePlanted,
  questionsInABurst,
  ransomwareBehaviour,
  registerWritten,
  remoteControlStarted,
  reverseShellOpened,
  rivalsKilled,
  rootLoginFromOutside,
  sasTokenExpired,
  sasTokenInvalid,
  scheduledJobAdded,
  scheduledJobSuspicious,
  scriptInterpreterMismatch,
  scriptRunByAt,
  secondRootAccount,
  secretsPackedWithPassword,
  securityToolStopped,
  serialLineAttached,
  serviceCrashes,
  serviceStartedShell,
  serviceSuspicious,
  servicesStoppedInBulk,
  sessionTakenOver,
  setuidBitAppeared,
  setuidBitGranted,
  setuidFilesSearched,
  setuidProgramAppeared,
  shellConnects,
  shellFromInterpreterPty,
  shellHistoryCleared,
  shellHistoryRead,
  shellOutOfAProgram,
  sshDoorWidened,
  startFileChanged,
  startedThenDeleted,
  stoppedAtOnce,
  sudoFlawUsed,
  sudoRightsGranted,
  suspiciousCompilation,
  systemLogDeleted,
  systemLogsRemoved,
  systemNameInTemp,
  systemdUnitPlanted,
  telnetDoorsTried,
  telnetLogin,
  telnetOpened,
  temporaryProgramConnects,
  timeSetBack,
  toolsHandOverManyFiles,
  torUsed,
  trafficRecorded,
  trailingSpaceProgram,
  trustAnchorAdded,
  twinNotParsed,
  udevRulePlanted,
  unknownDeviceRefused,
  usbConnected,
  usbDisconnected,
  userAddedToGroup,
  userDeleted,
  userRemovedFromGroup,
  useraddSuspicious,
  watchdogStopped,
  webFilePlanted,
  webProgramAppeared,
  webServerStartedShell,
  webShellUsed,
];
