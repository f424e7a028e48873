import { eventRule } from "../../event-rule.js";
import { afterFile } from "../../questions.js";
import { shown, textOf } from "../../rule.js";

/** A script that a web server runs appeared in its folder, written by the web server itself or by a downloader: an upload that is a door. */
export const webProgramAppeared = eventRule({
  id: "web-program-appeared",
  alertType: "Picket_WebProgramAppeared",
  name: "Program appeared in a web folder",
  severity: "High",
  about:
    "A script that a web server runs appeared in its folder, written by the web server itself or by a downloader: an upload that is a door.",
  tactics: ["Persistence"],
  techniques: ["T1505.003"],
  remediation: "Look at what the file does and remove it; find out through which page it came.",
  falsePositives: ["Pages that write scripts of their own, such as caches and installers of plug-ins."],
  needs: "the agent's file events for the web folders",
  reads: "FileChange",
  witness: { field: "Path", anyOf: [".php", ".phtml", ".jsp", ".asp", ".cgi", ".war"] },
  sees: (event) =>
    /^\/(?:var\/www|srv\/(?:www|http)|usr\/share\/nginx|www|opt\/\S*\/webapps)\/\S*\.(?:php\d?|phtml|jspx?|aspx?|cgi|war)$/.test(
      textOf(event, "Path"),
    ) &&
    !/\/(?:cache|compiled|twig|smarty|sessions?)\//.test(textOf(event, "Path")) &&
    /^(?:Create|Modify)$/.test(textOf(event, "Operation")) &&
    /\/(?:php-fpm[\d.]*|apache2|httpd|nginx|lighttpd|java|curl|wget|bash|sh|dash|php[\d.]*)$/.test(
      textOf(event, "Executable"),
    )
      ? textOf(event, "Path")
      : undefined,
  entity: (event) => textOf(event, "Path"),
  title: (event) => `A program appeared in a web folder of ${event.deviceId}`,
  reason: (event, matched) =>
    `${textOf(event, "Executable")} wrote ${shown(matched)}; whoever opens its page runs it.`,
  next: afterFile,
  fires: [
    [
      "an upload",
      { Path: "/var/www/html/uploads/i.php", Operation: "Create", Executable: "/usr/sbin/php-fpm8.2" },
    ],
    ["a download", { Path: "/srv/www/x.phtml", Operation: "Create", Executable: "/usr/bin/wget" }],
  ],
  silent: [
    ["a deployment", { Path: "/var/www/html/index.php", Operation: "Modify", Executable: "/usr/bin/rsync" }],
    [
      "a picture",
      { Path: "/var/www/html/uploads/a.png", Operation: "Create", Executable: "/usr/sbin/php-fpm8.2" },
    ],
    [
      "a cache",
      { Path: "/var/www/app/cache/x.php", Operation: "Create", Executable: "/usr/sbin/php-fpm8.2" },
    ],
  ],
});
