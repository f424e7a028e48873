// What a build machine and a gateway start all day, as process events in JSON; nothing in it is meant to fire.

const programs = [
  ["/usr/bin/node", (n) => `node /opt/app/server.js --port ${8000 + (n % 100)}`],
  ["/usr/bin/gcc", (n) => `gcc -O2 -c src/module${n % 400}.c -o build/module${n % 400}.o`],
  ["/bin/sh", (n) => `/bin/sh -c test -f /var/run/app-${n % 50}.pid && echo ok`],
  ["/usr/bin/git", (n) => `git fetch --quiet origin refs/heads/feature-${n}`],
  ["/usr/bin/python3", (n) => `python3 -m pytest tests/test_${n % 200}.py -q`],
  ["/usr/sbin/cron", () => "/usr/sbin/CRON -f"],
  ["/usr/bin/systemctl", (n) => `systemctl is-active sensor@${n % 20}.service`],
  ["/usr/bin/tar", (n) => `tar --create --gzip --file /backup/day-${n % 31}.tgz /srv/data`],
  ["/usr/bin/curl", (n) => `curl -fsS https://updates.example.net/v1/manifest?device=${n}`],
  ["/bin/ls", () => "ls -la /var/log"],
  ["/usr/bin/awk", (n) => `awk -F: {print $${(n % 5) + 1}} /etc/hosts`],
  ["/usr/bin/sed", (n) => `sed -i s/interval=.*/interval=${n}/ /etc/app/app.conf`],
  ["/usr/sbin/ip", () => "ip -json addr show dev eth0"],
  [
    "/usr/bin/mosquitto_pub",
    (n) => `mosquitto_pub -h 127.0.0.1 -t plant/${n % 60}/temperature -m ${20 + (n % 9)}.${n % 10}`,
  ],
];
const users = ["root", "app", "build", "operator"];

/** Process events as the texts that a message carries. */
export const corpus = (count) =>
  Array.from({ length: count }, (_, index) => {
    const [Executable, command] = programs[(index * 5) % programs.length];
    return JSON.stringify({
      Executable,
      ProcessId: 1_000 + index,
      ParentProcessId: 900 + (index % 50),
      UserId: String(index % 4),
      UserName: users[index % 4],
      CommandLine: command(index),
      ExtraDetails: {
        ParentExecutable: "/usr/lib/systemd/systemd",
        ParentCommandLine: "/usr/lib/systemd/systemd --system",
        CurrentDirectory: "/srv/app",
      },
    });
  });

const words = [
  "exfil",
  "implant",
  "shadowcopy",
  "dropper",
  "stager",
  "ransom",
  "keylog",
  "pwdump",
  "tunnelz",
  "miner",
];

/** A pack shaped as the public Linux process rules are: images by ending, command lines by words, parents, filters. */
export const sigmaPack = (count) =>
  Array.from({ length: count }, (_, index) => {
    const word = `${words[index % words.length]}${index}`;
    const parent = index % 7 === 0 ? "\n  parent: { ParentImage|endswith: [/sshd, /nginx] }" : "";
    const condition =
      index % 7 === 0 ? "image and (words or parent) and not filter" : "image and words and not filter";
    return {
      name: `${index}.yml`,
      text: `title: Rule ${index}\nid: r${index}\nauthor: bench\nlicense: DRL 1.1\nlevel: medium\nlogsource: { product: linux, category: process_creation }\ndetection:\n  image: { Image|endswith: [/${word}, /usr/bin/${word}-tool, /${index % 3 === 0 ? "curl" : word}] }\n  words: { CommandLine|contains: [' --${word}', '${word}.sh', '/tmp/.${word}'] }${parent}\n  filter: { CommandLine|re: '^/usr/lib/${word}/[a-z]+$' }\n  condition: ${condition}\n`,
    };
  });
