import { commandRule } from "../../command-rule.js";

/** A page or a greeting was overwritten with a message of intruders. */
export const pageDefaced = commandRule({
  id: "page-defaced",
  alertType: "Picket_PageDefaced",
  name: "Page or greeting defaced",
  severity: "Medium",
  about: "A page or a greeting was overwritten with a message of intruders.",
  tactics: ["Impact"],
  techniques: ["T1491.001"],
  falsePositives: ["None are known."],
  witness: ["hacked by", "pwned", "owned by", "defaced", "/etc/motd", "/etc/issue", "ransom"],
  patterns: [/\b(?:hacked|pwned|owned|defaced)\s+by\b.{0,80}/i],
  except: [/^(?:\S*\/)?(?:grep|git|rg|vim?|less|find)\s/],
  did: "defaced a page or a greeting",
  because: "it is a message of intruders",
  fires: [
    "sh -c echo 'Hacked by x' > /var/www/html/index.html",
    "sh -c echo 'pwned by y' > /etc/motd",
    'bash -c echo "This device is owned by Z" | tee /etc/issue',
  ],
  silent: [
    "sh -c echo Welcome > /etc/motd",
    "grep -r 'hacked by' /var/www",
    "cat /etc/issue",
    "git commit -m hacked by hand",
    "sh -c echo owned > a",
  ],
});
