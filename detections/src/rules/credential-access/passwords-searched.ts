import { commandRule } from "../../command-rule.js";
import { find, hasFlag, operandsOf } from "../../shell/look.js";

/** Whole folders are searched for passwords, tokens and keys. */
export const passwordsSearched = commandRule({
  id: "passwords-searched",
  alertType: "Picket_PasswordsSearched",
  name: "Files searched for passwords",
  severity: "Medium",
  about: "Whole folders are searched for passwords, tokens and keys.",
  tactics: ["Credential Access", "Discovery"],
  techniques: ["T1552.001"],
  falsePositives: [
    "Developers who search their own project; they search a folder of a home and not the system.",
  ],
  witness: [
    ".kdbx",
    ".pfx",
    ".p12",
    "wp-config",
    ".env",
    "passw",
    "pwd",
    "secret",
    "api_key",
    "apikey",
    "token",
    "credential",
    "aws_",
  ],
  sees: (reading) =>
    find(
      reading,
      /^(?:grep|egrep|fgrep|zgrep|rg|ag|ack)$/,
      (command) =>
        (hasFlag(command, "r", "R", "--recursive") || command.name === "rg" || command.name === "ag") &&
        /(?:passw|pwd|secret|api_?key|token|credential|aws_(?:secret|access))/i.test(command.text) &&
        operandsOf(command).some(
          (path) => /^\/(?:etc|var\/www|home|root|opt|srv|usr\/local\/etc)?\/?\*?$/.test(path) && path !== "",
        ),
    ) ??
    find(
      reading,
      /^find$/,
      ({ argv, text }) =>
        /^\/(?:etc|home|root|var)?\/?$/.test(argv[1] ?? "") &&
        /-i?name\s+\S*(?:passw(?!d\b)|secret|credential|\.kdbx|\.pfx|\.p12|wp-config|\.env\b)/i.test(text),
    ),
  did: "searched files for passwords",
  because: "what it finds opens other doors",
  fires: [
    "grep -rni password /etc",
    "find / -name *.kdbx",
    'sh -c grep -r "api_key" /home /var/www 2>/dev/null',
    "rg -i aws_secret /",
  ],
  silent: [
    "grep -rn password src/",
    "grep -i password README.md",
    "find . -name .env",
    "grep -r token ./node_modules/x",
    "find /etc -name passwd",
    "rg secret --type ts",
  ],
});
