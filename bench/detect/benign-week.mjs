// A week of a busy build machine and of three device roles as their agents would report it: what people and programs do all
// day, none of it harmful. The same each time, so that a false positive is a line in a test and not a matter of luck.

const START = Date.parse("2026-03-02T00:00:00Z");
const DAY_MS = 86_400_000;
const DAYS = 7;

/** Numbers that look random and are the same in every run. */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

const packages = [
  "curl",
  "libssl3",
  "openssh-server",
  "nginx",
  "auditd",
  "clamav",
  "docker.io",
  "ufw",
  "tcpdump",
  "python3.11",
  "cron",
  "sudo",
  "rsyslog",
  "iptables",
  "ca-certificates",
  "linux-image-6.1.0-31-amd64",
];

/** A started program: what started it, as whom, and the line; `{n}` is a number and `{p}` a package. */
const line = (parent, user, ...commands) => commands.map((command) => ({ parent, user, command }));

const upgrades = [
  ...line(
    "/usr/lib/apt/apt.systemd.daily",
    "root",
    "apt-get update -o Acquire::Retries=3",
    "apt-get -y -o Dpkg::Options::=--force-confold upgrade",
    "/usr/bin/python3 /usr/bin/unattended-upgrade",
  ),
  ...line(
    "/usr/bin/apt-get",
    "root",
    "/usr/bin/dpkg --status-fd 21 --no-triggers --unpack --auto-deconfigure /var/cache/apt/archives/{p}_{n}_amd64.deb",
    "/usr/bin/dpkg --status-fd 21 --configure --pending",
    "sh -c if [ -x /usr/bin/apt-listchanges ]; then /usr/bin/apt-listchanges --apt || test $? -lt 10; fi",
    "/usr/lib/apt/methods/https",
    "/usr/lib/apt/methods/gpgv",
    "sh -c rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb || true",
  ),
  ...line(
    "/usr/bin/dpkg",
    "root",
    "/bin/sh /var/lib/dpkg/info/{p}.preinst upgrade 1.{n}",
    "/bin/sh /var/lib/dpkg/info/{p}.postinst configure 1.{n}",
    "/bin/sh /var/lib/dpkg/info/{p}.prerm upgrade 1.{n}",
    "dpkg-deb --fsys-tarfile /var/cache/apt/archives/{p}_{n}_amd64.deb",
    "rm -rf -- /var/lib/dpkg/tmp.ci",
    "tar -x -f - --warning=no-timestamp",
    "dpkg-split -Qao /var/lib/dpkg/reassemble.deb /var/cache/apt/archives/{p}.deb",
  ),
  ...line(
    "/var/lib/dpkg/info/{p}.postinst",
    "root",
    "deb-systemd-helper unmask {p}.service",
    "deb-systemd-invoke restart {p}.service",
    "systemctl --system daemon-reload",
    "update-rc.d {p} defaults",
    "update-alternatives --install /usr/bin/editor editor /usr/bin/vim.basic 50",
    "adduser --system --group --no-create-home --home /run/{p} {p}",
    "usermod -aG dialout {p}",
    "chmod 4755 /usr/lib/dbus-1.0/dbus-daemon-launch-helper",
    "setcap cap_net_raw+ep /bin/ping",
    "ldconfig",
    "systemctl stop clamav-daemon.service",
    "systemctl stop auditd.service",
    "update-ca-certificates --fresh",
    "chown root:root /etc/sudoers.d/README",
    "ln -sf /lib/systemd/system/{p}.service /etc/systemd/system/multi-user.target.wants/{p}.service",
    "cp -a /usr/share/base-files/profile /etc/profile",
    "touch /etc/ld.so.preload.dpkg-dummy",
    "mv /etc/cron.d/{p}.dpkg-new /etc/cron.d/{p}",
  ),
  ...line(
    "/usr/sbin/update-initramfs",
    "root",
    "/bin/sh /usr/sbin/mkinitramfs -o /boot/initrd.img-6.1.0-{n}-amd64.new 6.1.0-{n}-amd64",
    "depmod -a -b /var/tmp/mkinitramfs_{n} 6.1.0-{n}-amd64",
    "find /var/tmp/mkinitramfs_{n} -name modules.*",
    "cpio --quiet -R 0:0 -o -H newc",
    "touch --no-create -d @1740000000 /var/tmp/mkinitramfs_{n}",
    "update-grub",
    "cp -p /bin/busybox /var/tmp/mkinitramfs_{n}/usr/bin/busybox",
  ),
  ...line(
    "/usr/bin/apt-get",
    "root",
    "man-db --quiet",
    "/usr/bin/mandb -pq",
    "/usr/share/needrestart/apt-pinvoke",
  ),
];

const housekeeping = [
  ...line(
    "/usr/sbin/cron",
    "root",
    "/bin/sh -c cd / && run-parts --report /etc/cron.hourly",
    "/bin/sh -c command -v debian-sa1 > /dev/null && debian-sa1 1 1",
    "/bin/sh -c [ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/systemd/system ]; then /usr/lib/php/sessionclean; fi",
    "/bin/sh -c test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }",
    "/bin/sh -c curl -fsS https://health.example.net/ping/{n} > /dev/null",
  ),
  ...line(
    "/usr/lib/systemd/systemd",
    "root",
    "/usr/sbin/logrotate /etc/logrotate.conf",
    "/usr/bin/systemd-tmpfiles --clean",
    "/usr/bin/certbot -q renew",
    "/usr/sbin/fstrim --listed-in /etc/fstab:/proc/self/mountinfo --verbose --quiet-unsupported",
    "/usr/lib/systemd/systemd-networkd-wait-online",
    "/usr/bin/fwupdmgr refresh",
    "/usr/lib/systemd/systemd-timedated",
    "/sbin/agetty -o -p -- \\u --noclear tty1 linux",
    "journalctl --vacuum-time=30d",
    "/usr/sbin/e2scrub_all",
    "(sd-pam)",
    "/lib/systemd/systemd --user",
  ),
  ...line(
    "/usr/sbin/logrotate",
    "root",
    "sh -c invoke-rc.d nginx rotate >/dev/null 2>&1",
    "/usr/lib/rsyslog/rsyslog-rotate",
    "gzip",
    "sh -c /usr/bin/systemctl kill -s HUP rsyslog.service",
    "sh -c [ ! -f /var/run/nginx.pid ] || kill -USR1 `cat /var/run/nginx.pid`",
    "rm -f /var/log/syslog.8.gz",
  ),
  ...line(
    "/usr/lib/php/sessionclean",
    "root",
    "find -O3 /var/lib/php/sessions/ -ignore_readdir_race -depth -mindepth 1 -name sess_* -type f -cmin +24 -delete",
  ),
];

const backups = [
  ...line(
    "/usr/local/bin/backup",
    "root",
    "restic -r sftp:backup@nas.example.net:/srv/restic backup /srv /etc --exclude-caches",
    "restic -r sftp:backup@nas.example.net:/srv/restic forget --keep-daily 7 --keep-weekly 4 --prune",
    "ssh backup@nas.example.net -s sftp",
    "tar --create --gzip --file /backup/etc-{n}.tgz /etc",
    "sh -c mysqldump --single-transaction app | gzip > /backup/app-{n}.sql.gz",
    "sh -c pg_dumpall -U postgres | zstd -q > /backup/pg-{n}.zst",
    "gpg --batch --yes -e -r ops@example.net /backup/app-{n}.sql.gz",
    "rsync -a --delete /backup/ backup@nas.example.net:/srv/backup/pump/",
    "find /backup -name *.tgz -mtime +30 -delete",
    "rm -f /backup/etc-{n}.tgz.part",
  ),
];

const building = [
  ...line(
    "/usr/bin/make",
    "build",
    "gcc -Wall -O2 -fPIC -c src/module{n}.c -o obj/module{n}.o",
    "cc -c http_payloads.c -o http_payloads.o",
    "ar rcs lib/libapp.a obj/module{n}.o",
    "sh -c echo '#define VERSION \"1.{n}\"' > include/version.h",
    "/bin/sh -c if test -f config.h; then rm -f stamp-h1; touch stamp-h1; fi",
    "install -m 755 build/app /usr/local/bin/app",
    "touch -r configure.ac aclocal.m4",
    "mkdir -p .deps obj",
    "rm -rf autom4te.cache conftest.dSYM",
  ),
  ...line(
    "./configure",
    "build",
    "gcc -o conftest -g -O2 conftest.c",
    "sh -c uname -m",
    "/bin/sh ./config.guess",
    "uname -a",
    "hostname",
    "expr {n} + 1",
    "sed -f conf{n}subs.sed",
    "rm -f conftest.o conftest.c",
    "cat /proc/cpuinfo",
    "ls -di .",
    "grep -E (^|[^a-z])shared conftest.out",
  ),
  ...line(
    "/usr/bin/npm",
    "build",
    "node /usr/bin/npm ci --no-audit",
    "sh -c node-gyp rebuild",
    "sh -c tsc -b && vite build",
    "/usr/bin/node node_modules/.bin/eslint src",
    "sh -c husky install || true",
    "git ls-remote -h -t https://git.example.net/lib.git",
    "sh -c node -e \"try{require('./postinstall')}catch(e){}\"",
    "node scripts/build.js --mode production",
  ),
  ...line(
    "/usr/bin/bash",
    "build",
    "git fetch --prune origin",
    "git clone --depth 1 https://git.example.net/tools/app.git /tmp/build-{n}",
    "git commit -m drop database tables that nobody uses",
    "git log --format=%at -n 20",
    "docker build -t registry.example.net/app:{n} .",
    "docker push registry.example.net/app:{n}",
    "docker run --rm -v /home/build/app:/src -w /src node:20 npm test",
    "docker run --rm registry.example.net/app:{n} true",
    "cargo build --release",
    "go build -o /tmp/go-build{n}/b001/exe/main ./cmd/app",
    "python3 -m venv .venv",
    "pip install -r requirements.txt",
    "pip download --no-deps requests=={n}",
    "cmake --build build -j4",
    "ninja -C out",
    "./gradlew assemble",
    "mvn -q -B package",
    "curl -fsSL https://artifacts.example.net/v{n}/sdk.tgz -o sdk.tgz",
    "wget -q https://artifacts.example.net/checksums.txt",
    "sh -c curl -fsSL https://deb.example.net/key.asc | gpg --dearmor -o /usr/share/keyrings/example.gpg",
    "sh -c tar cf - . | ssh build@cache.example.net 'cat > /cache/{n}.tar'",
    "ssh -o StrictHostKeyChecking=no deploy@10.20.0.{n} systemctl restart app",
    "scp -q build/app.tgz deploy@10.20.0.{n}:/srv/releases/",
    "kubectl rollout status deployment/app",
    "kubectl get pods -o wide",
    "terraform plan -out=plan.bin",
    "ansible-playbook -i inventory site.yml",
    "rm -rf /tmp/build-{n}",
    "rm -rf dist node_modules/.cache",
    "find . -name *.o -delete",
    "find . -type f -exec sha256sum {} +",
    "xargs -0 -n1 shellcheck",
    "sh -c for f in tests/*.sh; do sh -n $f; done",
    "base64 -d fixtures/image.b64",
    "sh -c echo $CI_TOKEN | base64 -d > /dev/null",
    "openssl dgst -sha256 -sign key.pem -out app.sig app.tgz",
    "nc -zv 127.0.0.1 5432",
    "bash -c until (echo > /dev/tcp/127.0.0.1/5432) 2>/dev/null; do sleep 1; done",
    "timeout 60 ./wait-for-it.sh db:5432",
    "gdb -batch -ex bt ./app core.{n}",
    "strace -c -f ./app --selftest",
    "valgrind ./test{n}",
    "perl -MDigest::SHA -e print 1",
    "python3 -c import sys; print(sys.version)",
    "node -e console.log(process.version)",
    "upx --version",
    "qemu-system-aarch64 -M virt -kernel Image -nographic",
  ),
  ...line(
    "/usr/bin/dockerd",
    "root",
    "/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80",
    "iptables --wait -t nat -A DOCKER -p tcp -d 0/0 --dport 8080 -j DNAT --to-destination 172.17.0.2:80 ! -i docker0",
    "iptables --wait -t filter -F DOCKER-ISOLATION-STAGE-1",
    "iptables --wait -P FORWARD DROP",
    "modprobe -va bridge br_netfilter",
    "/proc/self/exe init",
    "runc --root /var/run/docker/runtime-runc/moby init",
  ),
];

const administration = [
  ...line(
    "/usr/bin/bash",
    "anna",
    "sudo systemctl restart nginx",
    "sudo journalctl -u app -n 200",
    "tail -f /var/log/syslog",
    "less /var/log/auth.log",
    "vim /etc/nginx/sites-enabled/app",
    "htop",
    "df -h",
    "free -m",
    "ss -tlnp",
    "ip a",
    "ping -c 3 10.20.0.1",
    "dig example.net",
    "curl -s http://127.0.0.1:9090/metrics",
    "curl -k https://10.20.0.5/status",
    "ssh root@10.20.0.9 uptime",
    "scp anna@10.20.0.9:/tmp/report.txt .",
    "sudo apt-get install -y htop",
    "sudo ufw status verbose",
    "sudo iptables -L -n -v",
    "crontab -l",
    "history 20",
    "sudo -l",
    "cat /etc/hosts",
    "sudo tcpdump -i eth0 -c 20 port 53",
    "chmod +x deploy.sh",
    "sudo chown -R www-data:www-data /var/www/app",
    "sudo useradd -m -s /bin/bash bert",
    "sudo passwd bert",
    "systemctl status fail2ban",
    "docker ps",
    "docker logs -f app",
    "docker exec -it app sh",
    "tmux attach",
    "git -C /etc diff",
    "sudo visudo -c",
    "ssh-keygen -l -f /home/anna/.ssh/id_ed25519.pub",
    "openssl s_client -connect example.net:443",
    "rsync -av /srv/www/ /mnt/usb/www/",
    "unzip -P demo sample.zip",
    "man nmap",
  ),
  ...line(
    "/usr/sbin/sshd",
    "anna",
    "-bash",
    "/usr/lib/openssh/sftp-server",
    "/usr/bin/run-parts --lsbsysinit /etc/update-motd.d",
    "bash -c uptime",
  ),
  ...line(
    "/etc/update-motd.d/00-header",
    "root",
    "uname -a",
    "cat /etc/os-release",
    "hostname",
    "lsb_release -a",
  ),
];

const gateway = [
  ...line("/usr/lib/systemd/systemd", "mosquitto", "/usr/sbin/mosquitto -c /etc/mosquitto/mosquitto.conf"),
  ...line(
    "/usr/bin/node-red",
    "nodered",
    "sh -c vcgencmd measure_temp",
    "sh -c ping -c 1 -W 2 10.30.0.{n}",
    "mosquitto_pub -h 127.0.0.1 -t plant/line{n}/state -m 1",
    "sh -c echo 1 > /sys/class/gpio/gpio17/value",
    "/usr/bin/python3 /opt/flows/poll_modbus.py --host 10.30.0.{n}",
  ),
  ...line(
    "/usr/bin/telegraf",
    "telegraf",
    "/bin/sh -c cat /sys/class/thermal/thermal_zone0/temp",
    "smartctl -A /dev/sda",
    "/usr/bin/mbpoll -0 -a 1 -r 100 -c 10 -t 4 -1 10.30.0.{n}",
  ),
  ...line(
    "/usr/local/bin/gatewayd",
    "root",
    "ip -json route show default",
    "nmcli -t -f STATE general",
    "mmcli -m 0",
    "systemctl is-active openvpn@site",
    "/usr/sbin/openvpn --config /etc/openvpn/site.conf --daemon",
    "docker compose -f /opt/edge/compose.yml pull -q",
    "docker compose -f /opt/edge/compose.yml up -d",
    "sqlite3 /var/lib/gateway/buffer.db PRAGMA wal_checkpoint",
    "sh -c find /var/lib/gateway/spool -type f -mmin +1440 -delete",
    "curl -fsS --cert /etc/gateway/device.pem https://hub.example.net/config/{n}",
    "logger -t gatewayd sent {n} points",
    "stty -F /dev/ttyUSB0 9600 raw",
    "timedatectl status",
  ),
  ...line(
    "/usr/bin/swupdate",
    "root",
    "sh -c fw_setenv upgrade_available 1",
    "dd if=/tmp/rootfs.img of=/dev/mmcblk0p3 bs=1M",
    "mount /dev/mmcblk0p3 /mnt/update",
    "tar xf /tmp/update-{n}.tar -C /mnt/update",
    "reboot",
  ),
];

const camera = [
  ...line(
    "/sbin/init",
    "root",
    "/sbin/udhcpc -i eth0 -s /usr/share/udhcpc/default.script",
    "/usr/sbin/ntpd -n -q -p pool.example.net",
    "/sbin/syslogd -n -O /var/log/messages",
    "/usr/sbin/dropbear -R -p 22",
    "/usr/bin/rtspd -c /etc/rtspd.conf",
  ),
  ...line(
    "/sbin/udhcpc",
    "root",
    "/bin/sh /usr/share/udhcpc/default.script renew",
    "ifconfig eth0 10.40.0.{n} netmask 255.255.255.0 broadcast +",
    "route add default gw 10.40.0.1 dev eth0",
    "sh -c echo nameserver 10.40.0.1 > /etc/resolv.conf",
  ),
  ...line(
    "/usr/bin/nvr",
    "root",
    "ffmpeg -f v4l2 -i /dev/video0 -c:v h264 /mnt/sd/rec-{n}.mp4",
    "rm -f /mnt/sd/rec-{n}.mp4",
    "sh -c df /mnt/sd | tail -n 1",
    "date +%s",
    "sh -c ls -t /mnt/sd | tail -n 5 | xargs rm -f",
    "busybox wget -q -O /tmp/fw.json http://10.40.0.2/firmware/cam.json",
    "sh -c busybox md5sum /tmp/fw.json",
    "cat /proc/meminfo",
  ),
  ...line("/usr/sbin/crond", "root", "/bin/sh -c /usr/bin/watch-disk", "/bin/sh -c ntpd -q -n -p 10.40.0.1"),
];

const panel = [
  ...line(
    "/usr/lib/systemd/systemd",
    "hmi",
    "/usr/bin/Xorg :0 -nolisten tcp vt7",
    "/usr/bin/chromium --kiosk http://127.0.0.1:8080 --no-first-run",
    "/usr/bin/weston --tty=1",
    "dbus-launch --exit-with-session openbox",
  ),
  ...line(
    "/usr/bin/chromium",
    "hmi",
    "/usr/lib/chromium/chromium --type=renderer --lang=en",
    "/usr/lib/chromium/chromium --type=gpu-process",
    "/bin/sh /usr/bin/xdg-settings get default-web-browser",
  ),
  ...line(
    "/opt/hmi/bin/hmid",
    "hmi",
    "xset dpms force on",
    "amixer -q set Master 60%",
    "scrot /var/lib/hmi/shot-{n}.png",
    "sh -c cat /sys/class/backlight/*/brightness",
    "aplay -q /opt/hmi/alarm.wav",
    "sh -c pgrep -f chromium || systemctl --user restart kiosk",
    "python3 /opt/hmi/lib/opcua_read.py opc.tcp://10.50.0.{n}:4840",
  ),
];

/** What each device does, with how often a day. */
const roles = {
  "build-1": [
    [building, 4_000],
    [upgrades, 160],
    [housekeeping, 300],
    [backups, 30],
    [administration, 90],
  ],
  "gateway-1": [
    [gateway, 1_400],
    [upgrades, 40],
    [housekeeping, 160],
    [backups, 10],
    [administration, 8],
  ],
  "camera-1": [[camera, 900]],
  "panel-1": [
    [panel, 500],
    [upgrades, 30],
    [housekeeping, 120],
    [administration, 4],
  ],
};

const filled = (text, pick) =>
  text
    .replaceAll("{n}", () => String(1 + Math.floor(pick() * 60)))
    .replaceAll("{p}", () => packages[Math.floor(pick() * packages.length)]);

function processEvent(deviceId, at, template, pick) {
  const parent = filled(template.parent, pick);
  const CommandLine = filled(template.command, pick);
  const program = CommandLine.split(" ")[0] ?? "";
  return {
    deviceId,
    moduleId: "",
    name: "ProcessCreate",
    at,
    hits: 1,
    item: {
      Executable: program.startsWith("/") ? program : `/usr/bin/${program}`,
      ProcessId: 1_000 + Math.floor(pick() * 30_000),
      ParentProcessId: 2,
      UserId: template.user === "root" ? "0" : "1000",
      UserName: template.user,
      CommandLine,
      ExtraDetails: {
        ParentExecutable: parent,
        ParentCommandLine: parent,
        Ancestry: JSON.stringify([{ CommandLine: parent }]),
        CurrentDirectory: template.user === "build" ? "/home/build/app" : "/",
      },
    },
  };
}

const others = {
  "build-1": [
    [
      "Login",
      {
        Result: "Success",
        UserName: "anna",
        RemoteAddress: "10.20.0.50",
        Executable: "/usr/sbin/sshd",
        Operation: "ssh",
        ProcessId: 9,
      },
      12,
    ],
    [
      "Login",
      {
        Result: "Fail",
        UserName: "anna",
        RemoteAddress: "10.20.0.50",
        Executable: "/usr/sbin/sshd",
        Operation: "ssh",
        ProcessId: 9,
      },
      2,
    ],
    [
      "ConnectionCreate",
      {
        Direction: "Out",
        Protocol: "tcp",
        RemoteAddress: "203.0.113.20",
        RemotePort: "443",
        Executable: "/usr/bin/node",
        ProcessId: 9,
      },
      900,
    ],
    [
      "ConnectionCreate",
      {
        Direction: "Out",
        Protocol: "tcp",
        RemoteAddress: "203.0.113.21",
        RemotePort: "443",
        Executable: "/tmp/go-build77/b001/exe/main",
        ProcessId: 9,
      },
      10,
    ],
    [
      "ConnectionCreate",
      {
        Direction: "In",
        Protocol: "tcp",
        RemoteAddress: "10.20.0.50",
        LocalPort: "22",
        RemotePort: "50000",
        Executable: "/usr/sbin/sshd",
        ProcessId: 9,
      },
      14,
    ],
    [
      "ConnectionTerminate",
      {
        Direction: "Out",
        Protocol: "tcp",
        RemoteAddress: "203.0.113.20",
        RemotePort: "443",
        Executable: "/usr/bin/curl",
        BytesSent: 20_000,
        ProcessId: 9,
      },
      200,
    ],
    [
      "DnsQuery",
      { QueryName: "registry.example.net", QueryType: "A", ResponseCode: "NOERROR", ProcessId: 9 },
      400,
    ],
    [
      "DnsQuery",
      {
        QueryName: "d1a2b3c4e5f6a7b8c9.cloudfront.net",
        QueryType: "A",
        ResponseCode: "NOERROR",
        ProcessId: 9,
      },
      60,
    ],
    [
      "FileChange",
      {
        Path: "/usr/bin/curl",
        Operation: "Modify",
        Executable: "/usr/bin/dpkg",
        HashBefore: "a",
        HashAfter: "b",
      },
      40,
    ],
    [
      "FileChange",
      {
        Path: "/etc/systemd/system/multi-user.target.wants/nginx.service",
        Operation: "Create",
        Executable: "/usr/bin/systemctl",
      },
      4,
    ],
    ["FileChange", { Path: "/etc/passwd", Operation: "Modify", Executable: "/usr/sbin/useradd" }, 1],
    ["ProcessTerminate", { Executable: "/home/build/app/test-crash", ExitStatus: 139, ProcessId: 9 }, 20],
  ],
  "gateway-1": [
    [
      "ConnectionCreate",
      {
        Direction: "Out",
        Protocol: "tcp",
        RemoteAddress: "203.0.113.30",
        RemotePort: "8883",
        Executable: "/usr/local/bin/gatewayd",
        ProcessId: 9,
      },
      24,
    ],
    [
      "ConnectionCreate",
      {
        Direction: "Out",
        Protocol: "tcp",
        RemoteAddress: "10.30.0.7",
        RemotePort: "502",
        Executable: "/usr/bin/python3",
        ProcessId: 9,
      },
      1_440,
    ],
    ["DnsQuery", { QueryName: "hub.example.net", QueryType: "A", ResponseCode: "NOERROR", ProcessId: 9 }, 48],
    ["FileChange", { Path: "/etc/version", Operation: "Modify", Executable: "/usr/bin/swupdate" }, 1],
  ],
  "camera-1": [
    [
      "ConnectionCreate",
      {
        Direction: "In",
        Protocol: "tcp",
        RemoteAddress: "10.40.0.2",
        LocalPort: "554",
        RemotePort: "40000",
        Executable: "/usr/bin/rtspd",
        ProcessId: 9,
      },
      40,
    ],
    ["FileChange", { Path: "/etc/resolv.conf", Operation: "Modify", Executable: "/bin/busybox" }, 2],
  ],
  "panel-1": [
    [
      "ConnectionCreate",
      {
        Direction: "Out",
        Protocol: "tcp",
        RemoteAddress: "10.50.0.3",
        RemotePort: "4840",
        Executable: "/usr/bin/python3",
        ProcessId: 9,
      },
      300,
    ],
  ],
};

/** Devices of the corpus. */
export const devices = Object.keys(roles);

/** How many device-days the corpus has. */
export const deviceDays = devices.length * DAYS;

/** All events of the week in order of time. */
export function benignWeek() {
  const events = [];
  for (const [place, deviceId] of devices.entries()) {
    const pick = numbers(place + 7);
    for (let day = 0; day < DAYS; day += 1) {
      const at = () => START + day * DAY_MS + Math.floor(pick() * DAY_MS);
      for (const [templates, times] of roles[deviceId])
        for (let n = 0; n < times; n += 1)
          events.push(processEvent(deviceId, at(), templates[Math.floor(pick() * templates.length)], pick));
      for (const [name, item, times] of others[deviceId])
        for (let n = 0; n < times; n += 1)
          events.push({ deviceId, moduleId: "", name, at: at(), hits: 1, item });
    }
  }
  return events.sort((one, other) => one.at - other.at);
}
