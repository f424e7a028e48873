import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** The debug bridge of Android connects to an address of the network: bots for boxes and televisions spread over it. */
export const androidBridgeUsed = commandRule({
  id: "android-bridge-used",
  alertType: "Picket_AndroidBridgeUsed",
  name: "Other devices reached over the Android bridge",
  severity: "Medium",
  about:
    "The debug bridge of Android connects to an address of the network: bots for boxes and televisions spread over it.",
  tactics: ["Lateral Movement", "Execution"],
  techniques: ["T1021", "T1570"],
  falsePositives: ["Developers of Android devices."],
  witness: ["adb"],
  sees: (reading) =>
    find(
      reading,
      /^adb$/,
      ({ text }) =>
        /\bconnect\s+\d+\.\d+\.\d+\.\d+/.test(text) ||
        /\s-s\s+\d+\.\d+\.\d+\.\d+:\d+\s+(?:shell|push|install)\b/.test(text),
    ),
  did: "reached another device over the debug bridge",
  because: "an open bridge gives a shell to whoever asks",
  fires: [
    "adb connect 10.0.0.31:5555",
    "adb -s 10.0.0.31:5555 push /tmp/x /data/local/tmp",
    "sh -c for i in $(cat ips); do adb connect 10.0.0.3; adb -s 10.0.0.3:5555 shell id; done",
  ],
  silent: ["adb devices", "adb logcat", "adb -s emulator-5554 shell", "adb kill-server", "adb version"],
});
