import { commandRule } from "../../command-rule.js";
import { find, parentOf, TEMPORARY } from "../../shell/look.js";

/** A package was installed from a temporary folder or straight from a bare address, past the device's own sources. */
export const packageInstalledFromTemp = commandRule({
  id: "package-installed-from-temp",
  alertType: "Picket_PackageInstalledFromTemp",
  name: "Package installed from an unusual place",
  severity: "Medium",
  about:
    "A package was installed from a temporary folder or straight from a bare address, past the device's own sources.",
  tactics: ["Execution", "Initial Access", "Persistence"],
  techniques: ["T1072", "T1195.002", "T1546.016"],
  falsePositives: ["Administrators who install a package that they just copied to the device."],
  witness: ["dpkg", "rpm", "apt", "yum", "dnf", "opkg", "apk", "pip", "npm", "gem", "snap"],
  sees: (reading, event) => {
    if (/\/(?:apt|apt-get|aptitude|unattended-upgrade\S*|dpkg|python3|packagekitd)$/.test(parentOf(event)))
      return undefined;
    const isOdd = (word: string): boolean =>
      (TEMPORARY.test(word) && /\.(?:deb|rpm|ipk|apk|whl|tgz|tar\.gz|gem|snap)$/.test(word)) ||
      /^(?:git\+)?(?:https?|ftp):\/\/\d+\.\d+\.\d+\.\d+/.test(word);
    return (
      find(
        reading,
        /^(?:dpkg|rpm|opkg)$/,
        ({ argv }) =>
          argv.some((word) => /^(?:-\w*[iU]\w*|--install|install|--upgrade)$/.test(word)) && argv.some(isOdd),
      ) ??
      find(
        reading,
        /^(?:apt|apt-get|yum|dnf|apk|pip[\d.]*|npm|gem|snap)$/,
        ({ argv }) => argv.some((word) => /^(?:install|add|i|localinstall)$/.test(word)) && argv.some(isOdd),
      )
    );
  },
  did: "installed a package from an unusual place",
  because: "what it brings was not checked by the device's own sources",
  fires: [
    "dpkg -i /tmp/tool.deb",
    "pip install http://203.0.113.9/p.tar.gz",
    "rpm -Uvh /dev/shm/x.rpm",
    "apk add --allow-untrusted /var/tmp/a.apk",
  ],
  silent: [
    "dpkg -i /var/cache/apt/archives/curl_8.deb",
    "pip install requests",
    "npm install",
    "apt-get install -y ./build/app.deb",
    { line: "dpkg --install /tmp/apt-dpkg-install-x/01-curl.deb", parent: "/usr/bin/apt-get" },
    "dpkg --configure -a",
  ],
});
