import { commandRule } from "../../command-rule.js";

/** The file that rules who may see a web folder, and which files are run, was changed or read by a command. */
export const htaccessAccessed = commandRule({
  id: "htaccess-accessed",
  alertType: "IoT_AccessingHtaccessFile",
  name: "htaccess file access detected",
  severity: "Medium",
  about:
    "The file that rules who may see a web folder, and which files are run, was changed or read by a command.",
  tactics: ["Persistence"],
  techniques: ["T1505.003", "T1546"],
  falsePositives: ["Deployments that copy a .htaccess along with a site; their user is the deployment's."],
  witness: [".htaccess"],
  patterns: [
    /(?:\b(?:backup|cat|vi|vim|nano|sed|echo|printf|cp|mv|rm|tee|wget|curl|chmod|chattr|touch|perl|python3?)\b|>)[^;|]{0,400}\.htaccess(?![\w.-])/i,
  ],
  except: [/^(?:\S*\/)?(?:git|rsync|tar|dpkg|grep|rg|find|ls|stat)\s/],
  did: "touched a .htaccess file",
  because: "it rules who may see a web folder and what is run there",
  fires: [
    "vi /var/www/html/.htaccess",
    "sh -c echo x > /var/www/.htaccess",
    "./backup .htaccess",
    "sh -c sed -i s/Deny/Allow/ /srv/www/.htaccess",
  ],
  silent: [
    "ls /var/www/html",
    "grep htaccess-guide notes.txt",
    "git add public/.htaccess",
    "rsync -a site/.htaccess host:/srv/www/",
    "cat docs/.htaccess.example",
    "tar xzf site.tgz ./.htaccess",
  ],
});
