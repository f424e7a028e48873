import { commandRule } from "../../command-rule.js";
import { textOf } from "../../rule.js";
import { find, hasFlag, operandsOf } from "../../shell/look.js";

/** Snapshots or backups were destroyed, as ransomware does first. */
export const backupsDestroyed = commandRule({
  id: "backups-destroyed",
  alertType: "Picket_BackupsDestroyed",
  name: "Backups destroyed",
  severity: "High",
  about: "Snapshots or backups were destroyed, as ransomware does first.",
  tactics: ["Impact"],
  techniques: ["T1490", "T1485"],
  falsePositives: ["Rotation that removes the oldest backup; it names one and not all."],
  witness: [
    "restic",
    "borg",
    "zfs",
    "btrfs",
    "lvremove",
    "backup",
    "timeshift",
    "snapper",
    "vgremove",
    "etcdctl",
    "snapshot",
  ],
  sees: (reading, event) =>
    find(
      reading,
      /^rm$/,
      (command) =>
        hasFlag(command, "r", "R") &&
        operandsOf(command).some((path) =>
          /^\/(?:var\/|mnt\/|srv\/|data\/)?(?:backups?|snapshots?|timeshift)\/?\*?$/i.test(path),
        ),
    ) ??
    find(reading, /^zfs$/, ({ text }) => /\sdestroy\b.*\s-\w*r/.test(text)) ??
    find(reading, /^(?:lvremove|vgremove)$/, (command) => hasFlag(command, "f", "y", "--force", "--yes")) ??
    find(reading, /^btrfs$/, ({ text }) => /\ssubvolume\s+delete\b.*[*]/.test(text)) ??
    find(
      reading,
      /^borg$/,
      ({ text }) => /\sdelete\b/.test(text) && /--force|::?\*|\sdelete\s+[^:]+$/.test(text),
    ) ??
    find(reading, /^restic$/, ({ text }) =>
      /\sforget\b.*--keep-last[ =]0|\sforget\b.*--unsafe-allow-remove-all/.test(text),
    ) ??
    (/timeshift\s+--delete-all/.exec(reading.plain)?.[0] === undefined || textOf(event, "CommandLine") === ""
      ? undefined
      : "timeshift --delete-all"),
  did: "destroyed backups",
  because: "nothing can be brought back afterwards",
  fires: [
    "rm -rf /backup/*",
    "zfs destroy -r tank/data",
    "sh -c lvremove -f vg0/snap; timeshift --delete-all",
  ],
  silent: [
    "rm -rf /backup/2025-01-01",
    "zfs list -t snapshot",
    "restic forget --keep-daily 7 --prune",
    "borg delete ::old-2024",
    "lvs",
    "btrfs subvolume delete /snap/2025-01-01",
  ],
});
