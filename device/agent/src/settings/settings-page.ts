import { describeKind, type Setting } from "./setting.js";
import { legacySettings, microSettings, picketSettings } from "./table.js";

const head = `# Settings of the agent

Written by \`node tools/agent-settings.mjs\` from the table in \`device/agent/src/settings/table.ts\`; do not edit.

The agent obeys the twin of its module. A module named \`azureiotsecurity\` has its settings in the section
\`ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration\`, each as \`{"value": …}\`; a module named
\`DefenderIotMicroAgent\` has them flat. Every name below is understood in either place and either form; the module only
decides whose defaults hold and how the agent reports. What the twin does not name has its default. Patches are merged.

A value that does not fit is refused alone: the value before it stays, the reason is reported under
\`picket.settings.problems\` and told as a \`ConfigurationError\` event. \`picket.settings.desiredVersion\` says which version
of the desired properties the report is about. For \`DefenderIotMicroAgent\`, \`latest_state\` and \`latest_invalid_fields\`
are reported as well.
`;

const left = `## Not taken over

Settings of the C and C# agents' local files and of the Azure RTOS module were fixed at install or compile time and are
options of \`picket-agent\` now; see \`picket-agent --help\`. Settings of the Windows agent have no counterpart.
`;

/** The page that describes every setting. */
export const settingsPage = (): string =>
  [
    head,
    part("Agents of 2019 to 2023: azureiotsecurity", legacySettings),
    part("Micro agent of 2021 to 2025: DefenderIotMicroAgent", microSettings),
    part("Of Picket's own", picketSettings),
    left,
  ].join("\n");

function part(title: string, settings: Readonly<Record<string, Setting>>): string {
  const rows = Object.entries(settings).map(([name, setting]) => [
    `\`${name}\``,
    shown(setting.fallback),
    describeKind(setting),
    setting.about,
  ]);
  const all = [["name", "default", "must be", "what it does"], ...rows];
  const widths = [0, 1, 2, 3].map((index) => Math.max(...all.map((cells) => cells[index]?.length ?? 0)));
  const padded = all.map((cells) => cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)));
  const [first, ...others] = [padded[0], widths.map((width) => "-".repeat(width)), ...padded.slice(1)];
  const lines = [first, ...others].map((cells) => `| ${cells?.join(" | ")} |`);
  return `## ${title}\n\n${lines.join("\n")}\n`;
}

const shown = (fallback: Setting["fallback"]): string => (fallback === "" ? "empty" : `\`${fallback}\``);
