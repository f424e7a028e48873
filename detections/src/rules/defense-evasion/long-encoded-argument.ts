import { commandRule } from "../../command-rule.js";
import { textOf } from "../../rule.js";

/** A shell or an interpreter was started with a long piece of text that is encoded. */
export const longEncodedArgument = commandRule({
  id: "long-encoded-argument",
  alertType: "Picket_LongEncodedArgument",
  name: "Very long encoded argument",
  severity: "Low",
  about: "A shell or an interpreter was started with a long piece of text that is encoded.",
  tactics: ["Defense Evasion", "Execution"],
  techniques: ["T1027.010", "T1140"],
  falsePositives: ["Tools that pass a picture or a key as text; they are no interpreters."],
  witness: ["base64", "b64decode", "eval", "gzinflate", "frombase64"],
  sees: (_reading, event) =>
    /^(?:\S*\/)?(?:(?:ba|da|a)?sh|python[\d.]*|perl|ruby|php|node|pwsh)\s(?=.*(?:base64|b64decode|eval|gzinflate))/is.test(
      textOf(event, "CommandLine"),
    )
      ? /[A-Za-z0-9+/]{300,}={0,2}/.exec(textOf(event, "CommandLine").slice(0, 8192))?.[0].slice(0, 80)
      : undefined,
  did: "ran a very long encoded argument",
  because: "what it does is hidden from people",
  fires: [
    "python3 -c import base64;exec(base64.b64decode('aW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cwaW1wb3J0IG9zLHN5cw'))",
    "bash -c echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | base64 -d > /tmp/x",
    "php -r eval(gzinflate(base64_decode('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb')));",
  ],
  silent: [
    "base64 -d key.b64",
    "python3 -c import base64;print(base64.b64encode(b'x'))",
    "bash -c echo aGVsbG8= | base64 -d",
    "openssl base64 -in a",
    "curl -d cccccccccccccccc http://127.0.0.1/base64",
  ],
});
