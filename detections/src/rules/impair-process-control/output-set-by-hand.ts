import { commandRule } from "../../command-rule.js";
import { find, parentOf, writesTo } from "../../shell/look.js";

/** A pin that switches something was set by a shell and not by the device's program. */
export const outputSetByHand = commandRule({
  id: "output-set-by-hand",
  alertType: "Picket_OutputSetByHand",
  name: "Output of the device set by a command",
  severity: "Low",
  about: "A pin that switches something was set by a shell and not by the device's program.",
  tactics: ["Impair Process Control"],
  techniques: ["T0831", "T0855"],
  falsePositives: ["Small devices whose whole program is a shell script; give it an exception."],
  witness: ["/sys/class/gpio", "gpioset", "gpiochip", "pinctrl", "raspi-gpio", "gpio write"],
  sees: (reading, event) =>
    /\/(?:systemd|node|node-red|java|python[\d.]*|codesys\S*)$/.test(parentOf(event))
      ? undefined
      : (writesTo(reading, /^\/sys\/class\/gpio\/(?:gpio\d+\/(?:value|direction)|export)$/) ??
        find(reading, /^(?:gpioset|raspi-gpio|pinctrl)$/, ({ text }) =>
          /\bset\b|\S+=[01]\b|^\S*gpioset\s+\S+\s+\d+=/.test(text),
        ) ??
        find(reading, /^gpio$/, ({ text }) => /\s(?:write|pwm|mode)\b/.test(text))),
  did: "set an output of the device",
  because: "what hangs on that pin is switched",
  fires: ["sh -c echo 1 > /sys/class/gpio/gpio17/value", "gpioset gpiochip0 17=1", "raspi-gpio set 17 op dh"],
  silent: [
    "cat /sys/class/gpio/gpio17/value",
    "gpioget gpiochip0 17",
    "gpioinfo",
    "raspi-gpio get",
    { line: "sh -c echo 1 > /sys/class/gpio/gpio17/value", parent: "/usr/bin/node" },
  ],
});
