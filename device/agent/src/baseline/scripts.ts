/** Where scripts remember how things were, so that they can be put back. */
const KEPT = "/var/lib/picket-baseline";

/** A script that mends, and one that puts back. */
export interface Scripts {
  readonly remediation: string;
  readonly undo: string;
}

const lines = (...all: readonly string[]): string => all.join("\n");
const begin = "set -eu";
const keepFolder = `mkdir -p ${KEPT} && chmod 700 ${KEPT}`;

/** Keeps a copy of a file, changes it, and says how to put the copy back. */
export function changedFile(id: string, path: string, ...change: readonly string[]): Scripts {
  const kept = `${KEPT}/${id}`;
  return {
    remediation: lines(begin, keepFolder, `[ -e ${kept} ] || cp -p ${path} ${kept}`, ...change),
    undo: lines(begin, `cp -p ${kept} ${path}`, `rm -f ${kept}`),
  };
}

/** A setting of the kernel, now and after each start. */
export function sysctl(id: string, key: string, value: number): Scripts {
  const file = `/etc/sysctl.d/90-${id.toLowerCase()}.conf`;
  const kept = `${KEPT}/${id}`;
  return {
    remediation: lines(
      begin,
      keepFolder,
      `[ -e ${kept} ] || sysctl -n ${key} > ${kept}`,
      `echo '${key} = ${value}' > ${file}`,
      `sysctl -w ${key}=${value}`,
    ),
    undo: lines(begin, `rm -f ${file}`, `sysctl -w ${key}="$(cat ${kept})"`, `rm -f ${kept}`),
  };
}

/** Owner and rights of a file. */
export function rights(id: string, path: string, mode: string): Scripts {
  const kept = `${KEPT}/${id}`;
  return {
    remediation: lines(
      begin,
      keepFolder,
      `[ -e ${kept} ] || stat -c '%a %u:%g' ${path} > ${kept}`,
      `chown 0 ${path}`,
      `chmod ${mode} ${path}`,
    ),
    undo: lines(
      begin,
      `read -r mode owner < ${kept}`,
      `chown "$owner" ${path}`,
      `chmod "$mode" ${path}`,
      `rm -f ${kept}`,
    ),
  };
}

/** An option of the SSH server, before everything else in its file, since it takes the first value it reads. */
export function sshd(id: string, option: string, value: string): Scripts {
  const file = "/etc/ssh/sshd_config";
  const reload =
    'systemctl reload ssh 2>/dev/null || systemctl reload sshd 2>/dev/null || kill -HUP "$(cat /run/sshd.pid)"';
  const { remediation, undo } = changedFile(
    id,
    file,
    `sed -i '1i ${option} ${value}' ${file}`,
    "sshd -t",
    reload,
  );
  return { remediation, undo: lines(undo, reload) };
}

/** A module that is not to be loaded. */
export function blockedModule(id: string, module: string): Scripts {
  const file = `/etc/modprobe.d/${id.toLowerCase()}.conf`;
  return {
    remediation: lines(
      begin,
      `printf 'install ${module} /bin/false\\nblacklist ${module}\\n' > ${file}`,
      `modprobe -r ${module} 2>/dev/null || true`,
    ),
    undo: lines(begin, `rm -f ${file}`),
  };
}

/** A service that is not to run. */
export function stoppedService(service: string): Scripts {
  return {
    remediation: lines(
      begin,
      `if command -v systemctl >/dev/null; then systemctl disable --now ${service}`,
      `elif command -v rc-update >/dev/null; then rc-service ${service} stop; rc-update del ${service}`,
      `else /etc/init.d/${service} stop; /etc/init.d/${service} disable 2>/dev/null || update-rc.d ${service} disable; fi`,
    ),
    undo: lines(
      begin,
      `if command -v systemctl >/dev/null; then systemctl enable --now ${service}`,
      `elif command -v rc-update >/dev/null; then rc-update add ${service}; rc-service ${service} start`,
      `else /etc/init.d/${service} enable 2>/dev/null || update-rc.d ${service} enable; /etc/init.d/${service} start; fi`,
    ),
  };
}

/** A program's package that is not to be there. */
export function removedProgram(program: string): Scripts {
  const owner = `path=$(command -v ${program})`;
  const kept = `${KEPT}/package-${program}`;
  return {
    remediation: lines(
      begin,
      keepFolder,
      owner,
      'if command -v dpkg >/dev/null; then name=$(dpkg -S "$(readlink -f "$path")" | cut -d: -f1)',
      'elif command -v apk >/dev/null; then name=$(apk info -qW "$path")',
      'else name=$(rpm -qf --qf "%{NAME}" "$path"); fi',
      `echo "$name" > ${kept}`,
      'if command -v apt-get >/dev/null; then apt-get remove -y "$name"; elif command -v apk >/dev/null; then apk del "$name"; else dnf remove -y "$name"; fi',
    ),
    undo: lines(
      begin,
      `name=$(cat ${kept})`,
      'if command -v apt-get >/dev/null; then apt-get install -y "$name"; elif command -v apk >/dev/null; then apk add "$name"; else dnf install -y "$name"; fi',
    ),
  };
}

/** Options of a mount, now; after a start they come from `/etc/fstab`. */
export function mounted(id: string, path: string, options: readonly string[]): Scripts {
  const without = options.map((option) => (option.startsWith("no") ? option.slice(2) : `no${option}`));
  const { remediation, undo } = changedFile(
    id,
    "/etc/fstab",
    `awk '$2 == "${path}" && $1 !~ /^#/ { $4 = $4 ",${options.join(",")}" } { print }' ${KEPT}/${id} > /etc/fstab`,
    `mount -o remount,${options.join(",")} ${path}`,
  );
  return { remediation, undo: lines(undo, `mount -o remount,${without.join(",")} ${path}`) };
}

/** One `KEY value` or `KEY=value` of a file. */
export function valueInFile(
  id: string,
  path: string,
  { key, value, separator }: { readonly key: string; readonly value: string; readonly separator: string },
): Scripts {
  return changedFile(
    id,
    path,
    `sed -i '/^[#[:space:]]*${key}[[:space:]=]/d' ${path}`,
    `echo '${key}${separator}${value}' >> ${path}`,
  );
}

/** Something that only a person can decide. */
export const byHand = (what: string, undo: string): Scripts => ({
  remediation: `# ${what}`,
  undo: `# ${undo}`,
});
