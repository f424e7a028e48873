import { commandRule } from "../rule.js";

/** The file that rules who may see a web folder was changed or read. */
export const htaccessAccessed = commandRule({
  id: "htaccess-accessed",
  alertType: "IoT_AccessingHtaccessFile",
  name: "htaccess file access detected",
  severity: "Medium",
  about: "The file that rules who may see a web folder was changed or read.",
  tactics: ["Persistence"],
  techniques: ["T1505.003"],
  witness: [".htaccess"],
  patterns: [/(?:\b(?:cat|vi|vim|nano|sed|echo|cp|mv|rm|tee|wget|curl|chmod)\b|>)[^;|]*\.htaccess\b/i],
  did: "touched a .htaccess file",
  because: "it rules who may see a web folder",
  fires: ["vi /var/www/html/.htaccess", "sh -c echo x > /var/www/.htaccess"],
  silent: ["ls /var/www/html", "grep htaccess-guide notes.txt"],
});
