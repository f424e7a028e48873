import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

const HOST =
  /^(?:\/|\/etc|\/root|\/home|\/boot|\/usr|\/var|\/dev|\/var\/spool\/cron|\/etc\/cron\S*|\/lib|\/bin|\/sbin):/;

/** A container was started with the root folder or a folder of secrets of the host inside it. */
export const hostFolderGivenToContainer = commandRule({
  id: "host-folder-given-to-container",
  alertType: "Picket_HostFolderGivenToContainer",
  name: "Root folder of the host given to a container",
  severity: "High",
  about: "A container was started with the root folder or a folder of secrets of the host inside it.",
  tactics: ["Privilege Escalation", "Execution"],
  techniques: ["T1611", "T1610"],
  falsePositives: ["Monitoring agents mount /proc, /sys or / read-only; those with :ro are left alone."],
  witness: ["docker", "podman", "nerdctl"],
  sees: (reading) =>
    find(
      reading,
      /^(?:docker|podman|nerdctl)$/,
      ({ argv }) =>
        argv.some((word) => /^(?:run|create)$/.test(word)) &&
        argv.some((word, place) => {
          const value = /^(?:-v|--volume)$/.test(word)
            ? (argv[place + 1] ?? "")
            : (/^(?:--volume=|-v=?)(.+)$/.exec(word)?.[1] ?? "");
          const mount = /^--mount$/.test(word)
            ? (argv[place + 1] ?? "")
            : (/^--mount=(.+)$/.exec(word)?.[1] ?? "");
          return (
            (HOST.test(value) && !/:(?:\w+,)*ro(?:,\w+)*$/.test(value)) ||
            (/(?:src|source)=\/(?:etc|root)?(?:,|$)/.test(mount) && !/readonly|ro=/.test(mount))
          );
        }),
    ),
  did: "gave the host's root folder to a container",
  because: "whoever is in the container can change the host",
  fires: [
    "docker run -it -v /:/host alpine chroot /host",
    "docker run --volume=/root:/r alpine",
    "podman run --mount type=bind,src=/,dst=/h alpine",
    "docker run -v /etc:/e alpine sh -c cat /e/shadow",
  ],
  silent: [
    "docker run -v /srv/data:/data app",
    "docker run -v /:/rootfs:ro node-exporter",
    "docker run -v /etc/localtime:/etc/localtime:ro app",
    "docker run -v data:/var/lib/postgresql/data postgres",
    "podman build -v /etc/pki:/etc/pki .",
    "docker run -v /home/op/app:/app node",
  ],
});
