import { nameOf } from "./programs.js";

/** Flags of a wrapper that take the next word, so that it is not mistaken for the program. */
interface Wrapper {
  readonly valued?: RegExp;
  /** Words that come before the program, such as the seconds of `timeout`. */
  readonly operands?: number;
}

const plain: Wrapper = {};
const wrappers = new Map<string, Wrapper>([
  ["sudo", { valued: /^(?:-[ughpCcrtTUDR]|--user|--group|--host|--prompt|--chdir|--chroot)$/ }],
  ["doas", { valued: /^-[uC]$/ }],
  ["pkexec", { valued: /^--user$/ }],
  ["nohup", plain],
  ["setsid", plain],
  ["env", { valued: /^(?:-[uCS]|--unset|--chdir)$/ }],
  ["nice", { valued: /^(?:-n|--adjustment)$/ }],
  ["ionice", { valued: /^-[cnp]$/ }],
  ["chrt", { operands: 1 }],
  ["taskset", { valued: /^(?:-c|--cpu-list)$/, operands: 1 }],
  ["stdbuf", { valued: /^-[ioe]$/ }],
  ["timeout", { valued: /^(?:-[sk]|--signal|--kill-after)$/, operands: 1 }],
  ["time", { valued: /^-[fo]$/ }],
  ["busybox", plain],
  ["toybox", plain],
  ["command", plain],
  ["builtin", plain],
  ["exec", { valued: /^-a$/ }],
  ["unshare", { valued: /^-[SGRw]$/ }],
  ["setarch", { operands: 1 }],
  ["linux32", plain],
  ["linux64", plain],
  ["xargs", { valued: /^-[IiEeLlnPsda]$/ }],
  ["parallel", { valued: /^-[jIN]$/ }],
  ["watch", { valued: /^(?:-n|--interval)$/ }],
  ["flock", { valued: /^-[wE]$/, operands: 1 }],
  ["chroot", { valued: /^--(?:userspec|groups)$/, operands: 1 }],
  ["nsenter", { valued: /^(?:-[tSGrw]|--target|--setuid|--setgid|--root|--wd)$/ }],
  ["runuser", { valued: /^-[ugGsc]$/ }],
  ["systemd-run", { valued: /^(?:-[pEMHtu]|--unit|--property|--on-\w+|--uid|--gid|--slice)$/ }],
  ["proxychains", { valued: /^-f$/ }],
  ["proxychains4", { valued: /^-f$/ }],
  ["torsocks", plain],
  ["torify", plain],
  ["fakeroot", plain],
  ["strace", { valued: /^-[eopsu]$/ }],
]);
const loaders = /^ld(?:-linux|-musl|-uClibc|64)?[\w.-]*\.so[\w.]*$/;
const dockerValued = /^(?:-[euw]|--env|--user|--workdir|--env-file|--detach-keys)$/;

/** How many words of a wrapper come before the program that it starts; 0 when it is no wrapper. */
export function wrapped(argv: readonly string[]): number {
  const name = nameOf(argv[0] ?? "");
  const wrapper = loaders.test(name) ? plain : wrappers.get(name);
  if (wrapper) return afterFlags(argv, 1, wrapper);
  const isContainer = /^(?:docker|podman|nerdctl|crictl|lxc)$/.test(name) && argv[1] === "exec";
  if (isContainer) return afterFlags(argv, 2, { valued: dockerValued, operands: 1 });
  if (name === "kubectl" && argv[1] === "exec") {
    const dashes = argv.indexOf("--");
    return dashes < 0 ? 0 : dashes + 1;
  }
  return 0;
}

function afterFlags(argv: readonly string[], from: number, { valued, operands = 0 }: Wrapper): number {
  let at = from;
  while (at < argv.length) {
    const word = argv[at]!;
    if (word === "--") {
      at += 1;
      break;
    }
    if (valued?.test(word)) at += 2;
    else if (word.startsWith("-") || /^[A-Za-z_]\w*=/.test(word)) at += 1;
    else break;
  }
  at += operands;
  return at < argv.length ? at : 0;
}

/** Commands that a program starts for each of what it finds: `find … -exec rm {} ;`. */
export function startedBy(argv: readonly string[]): readonly (readonly string[])[] {
  if (nameOf(argv[0] ?? "") !== "find") return [];
  const started: (readonly string[])[] = [];
  for (let at = 1; at < argv.length && started.length < 8; at += 1) {
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(argv[at]!)) continue;
    const from = at + 1;
    while (at + 1 < argv.length && !/^(?:;|\+|\\;)$/.test(argv[at + 1]!)) at += 1;
    if (at >= from) started.push(argv.slice(from, at + 1));
  }
  return started;
}
