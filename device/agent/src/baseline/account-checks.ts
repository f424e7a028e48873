// A list.
import type { Host } from "../host.js";
import { type Check, type Finding, finding, type Named, passes, skipped, textAt } from "./check.js";
import { accounts, custom, doubled, fileText, rowsOf, settingIn, several } from "./kinds.js";
import { byHand, changedFile, valueInFile } from "./scripts.js";

const rowsAt = async (host: Host, path: string): Promise<string[][] | undefined> => {
  const text = await textAt(host, path);
  return text === undefined ? undefined : rowsOf(text);
};
const own = (named: Named, what: string, undo: string, look: (host: Host) => Promise<Finding>): Check =>
  custom("Accounts", named, byHand(what, undo), look);

/** Accounts that people use: they have a shell. */
const people = (rows: readonly (readonly string[])[]): (readonly string[])[] =>
  rows.filter(
    ([, , id, , , , shell = ""]) =>
      Number(id) >= 1_000 && Number(id) < 60_000 && !/(?:nologin|false|sync)$/.test(shell),
  );

const twice = (named: Named, path: string, at: number, what: string): Check =>
  own(
    named,
    `Give each ${what} of ${path} to one only, and change the owner of its files.`,
    "Put the copy of the file back.",
    async (host) => {
      const rows = await rowsAt(host, path);
      if (!rows) return skipped(`there is no ${path}`);
      const found = doubled(rows, at);
      return finding(found.length === 0, `${path} has ${what} ${several(found)} more than once`);
    },
  );

const inHomes = (named: Named, names: readonly string[]): Check =>
  own(
    named,
    `Look through the files ${names.join(", ")} in homes and remove them.`,
    "Put the files back from a copy.",
    async (host) => {
      const rows = await rowsAt(host, "/etc/passwd");
      if (!rows) return skipped("there is no /etc/passwd");
      const found: string[] = [];
      for (const [, , , , , home = ""] of rows)
        for (const name of names)
          if (home.length > 1 && (await host.state(`${home}/${name}`))) found.push(`${home}/${name}`);
      return finding(found.length === 0, `${several(found)} ${found.length === 1 ? "is" : "are"} there`);
    },
  );

/** Who may come in. */
export const accountChecks: readonly Check[] = [
  accounts(
    [
      "PICKET-ACC-01",
      "Critical",
      "Every account with a password has one that is not empty.",
      "It would be open to whoever knows its name.",
    ],
    "/etc/shadow",
    byHand("Lock each of them: passwd -l NAME", "passwd -u NAME"),
    ([, hash]) => hash === "",
  ),
  accounts(
    [
      "PICKET-ACC-02",
      "Critical",
      "Only root has the user id 0.",
      "Another name with that number is root as well, and easily overlooked.",
    ],
    "/etc/passwd",
    byHand("Find out what it is for, then remove it: userdel NAME", "useradd -o -u 0 NAME"),
    ([name, , id]) => id === "0" && name !== "root",
  ),
  accounts(
    [
      "PICKET-ACC-03",
      "Important",
      "No two accounts share a user id.",
      "What one may, the other may too, and traces do not tell them apart.",
    ],
    "/etc/passwd",
    byHand("Give one of them another: usermod -u NUMBER NAME", "usermod -o -u OLD NAME"),
    ([name, , id], all) =>
      doubled(all, 2).includes(id ?? "") && all.some(([other, , same]) => same === id && other !== name),
  ),
  accounts(
    [
      "PICKET-ACC-04",
      "Important",
      "Passwords are kept with a hash of this century.",
      "Older ones are tried out in minutes.",
    ],
    "/etc/shadow",
    byHand(
      "Set ENCRYPT_METHOD to YESCRYPT or SHA512, then have each of them change the password: chage -d 0 NAME",
      "chage -d DATE NAME",
    ),
    ([, hash = ""]) => /^(?:\$1\$|[A-Za-z0-9./]{13}$)/.test(hash),
  ),
  accounts(
    [
      "PICKET-ACC-05",
      "Important",
      "Hashes of passwords stand in no file that all may read.",
      "They can be tried out elsewhere, at leisure.",
    ],
    "/etc/passwd",
    byHand("Move them where they belong: pwconv", "pwunconv"),
    ([, password = ""]) => !["x", "*", "!", "!!"].includes(password),
  ),
  twice(
    ["PICKET-ACC-06", "Important", "No two groups share a group id.", "What one may, the other may too."],
    "/etc/group",
    2,
    "group id",
  ),
  twice(
    [
      "PICKET-ACC-07",
      "Important",
      "No two accounts share a name.",
      "The second one is never looked at, its files belong to the first.",
    ],
    "/etc/passwd",
    0,
    "name",
  ),
  twice(
    ["PICKET-ACC-08", "Warning", "No two groups share a name.", "Only the first one counts."],
    "/etc/group",
    0,
    "name",
  ),
  own(
    ["PICKET-ACC-09", "Warning", "Every account's group exists.", "A group made later would get the files."],
    "Make the group: groupadd -g NUMBER NAME",
    "groupdel NAME",
    async (host) => {
      const [rows, all] = [await rowsAt(host, "/etc/passwd"), await rowsAt(host, "/etc/group")];
      if (!rows || !all) return skipped("there is no /etc/passwd or no /etc/group");
      const known = new Set(all.map(([, , id]) => id));
      const bad = rows
        .filter(([, , , id]) => !known.has(id))
        .map(([name, , , id]) => `${name} has group ${id}`);
      return finding(bad.length === 0, several(bad));
    },
  ),
  own(
    [
      "PICKET-ACC-10",
      "Warning",
      "Every person's home exists.",
      "Whoever may make the folder takes the account over.",
    ],
    "Make the home: mkhomedir_helper NAME",
    "rmdir the home",
    async (host) => {
      const rows = await rowsAt(host, "/etc/passwd");
      if (!rows) return skipped("there is no /etc/passwd");
      const bad: string[] = [];
      for (const [name, , , , , home = ""] of people(rows))
        if (!(await host.state(home))) bad.push(`${name} (${home})`);
      return finding(bad.length === 0, `without a home: ${several(bad)}`);
    },
  ),
  own(
    [
      "PICKET-ACC-11",
      "Important",
      "Each home belongs to its account.",
      "The owner of a home decides which keys open the account.",
    ],
    "chown NAME HOME",
    "chown back",
    async (host) => {
      const rows = await rowsAt(host, "/etc/passwd");
      if (!rows) return skipped("there is no /etc/passwd");
      const bad: string[] = [];
      for (const [name, , id, , , home = ""] of people(rows)) {
        const state = await host.state(home);
        if (state && state.uid !== Number(id)) bad.push(`${home} of ${name} belongs to ${state.uid}`);
      }
      return finding(bad.length === 0, several(bad));
    },
  ),
  own(
    ["PICKET-ACC-12", "Warning", "Homes are open to nobody else.", "They hold keys and histories."],
    "chmod 750 HOME",
    "chmod 755 HOME",
    async (host) => {
      const rows = await rowsAt(host, "/etc/passwd");
      if (!rows) return skipped("there is no /etc/passwd");
      const bad: string[] = [];
      for (const [, , , , , home = ""] of people(rows)) {
        const state = await host.state(home);
        if (state && (state.mode & 0o027) !== 0)
          bad.push(`${home} has mode ${(state.mode & 0o7777).toString(8)}`);
      }
      return finding(bad.length === 0, several(bad));
    },
  ),
  inHomes(
    [
      "PICKET-ACC-13",
      "Important",
      "No home opens its account to other hosts.",
      "Such a file needs no password.",
    ],
    [".rhosts", ".shosts"],
  ),
  inHomes(
    ["PICKET-ACC-14", "Warning", "No home holds passwords for other hosts.", "They stand there in the open."],
    [".netrc"],
  ),
  inHomes(
    [
      "PICKET-ACC-15",
      "Informational",
      "No home sends its mail elsewhere.",
      "Messages of the system would leave the device.",
    ],
    [".forward"],
  ),
  accounts(
    [
      "PICKET-ACC-16",
      "Important",
      "Accounts of the system have no shell.",
      "A hole in a service would be a login.",
    ],
    "/etc/passwd",
    byHand("usermod -s /usr/sbin/nologin NAME", "usermod -s /bin/sh NAME"),
    ([name = "", , id, , , , shell = ""]) =>
      Number(id) > 0 &&
      Number(id) < 1_000 &&
      !["sync", "shutdown", "halt", "picket-agent"].includes(name) &&
      /\/(?:ba|da|z|k|c|tc|fi|a)?sh$/.test(shell),
  ),
  accounts(
    [
      "PICKET-ACC-17",
      "Warning",
      "Root's group is root's own.",
      "Files of root would be open to another group.",
    ],
    "/etc/passwd",
    byHand("usermod -g 0 root", "usermod -g OLD root"),
    ([name, , , group]) => name === "root" && group !== "0",
  ),
  accounts(
    [
      "PICKET-ACC-18",
      "Important",
      "The group shadow has no members.",
      "They could read the hashes of passwords.",
    ],
    "/etc/group",
    byHand("gpasswd -d NAME shadow", "gpasswd -a NAME shadow"),
    ([name, , , members = ""]) => name === "shadow" && members !== "",
  ),
  accounts(
    [
      "PICKET-ACC-19",
      "Important",
      "No account is taken from a directory of old.",
      "A line of + lets a directory add accounts, with any number.",
    ],
    "/etc/passwd",
    changedFile("PICKET-ACC-19", "/etc/passwd", "sed -i '/^+/d' /etc/passwd"),
    ([name = ""]) => name.startsWith("+"),
  ),
  accounts(
    [
      "PICKET-ACC-20",
      "Informational",
      "Passwords were last changed in the past.",
      "One from the future never becomes too old.",
    ],
    "/etc/shadow",
    byHand("chage -d TODAY NAME", "chage -d OLD NAME"),
    ([, , day = ""]) => Number(day) > Date.now() / 86_400_000 + 1,
  ),
  accounts(
    [
      "PICKET-ACC-21",
      "Critical",
      "No account has the name and password that a device of its kind is sold with.",
      "They are the first that machines try.",
    ],
    "/etc/passwd",
    byHand("Remove it, or set a password of its own: passwd NAME", "None: nobody should want it back."),
    ([name = "", , , , , , shell = ""]) =>
      ["pi", "ubnt", "admin", "user", "support", "guest", "test", "oracle", "ftpuser", "vagrant"].includes(
        name,
      ) && /sh$/.test(shell),
  ),
  own(
    [
      "PICKET-ACC-22",
      "Warning",
      "Becoming another user by su is for one group only.",
      "Every account could try out root's password.",
    ],
    "Put into /etc/pam.d/su: auth required pam_wheel.so use_uid",
    "Take the line out.",
    async (host) => {
      const text = await textAt(host, "/etc/pam.d/su");
      if (text === undefined) return skipped("there is no /etc/pam.d/su");
      return finding(
        /^\s*auth\s+(?:required|requisite)\s+\S*pam_wheel\.so/m.test(text),
        "/etc/pam.d/su does not ask for a group",
      );
    },
  ),
  fileText(
    "Accounts",
    [
      "PICKET-ACC-23",
      "Important",
      "Acting as root by sudo asks for a password.",
      "Whoever takes over the account is root at once.",
    ],
    {
      path: "/etc/sudoers",
      scripts: byHand("Take NOPASSWD and !authenticate out of the rules: visudo", "Put them back: visudo"),
    },
    (text) =>
      finding(
        !/^(?!\s*#).*(?:NOPASSWD|!authenticate)/m.test(text),
        "/etc/sudoers has a rule without a password",
      ),
  ),
  fileText(
    "Accounts",
    [
      "PICKET-ACC-24",
      "Warning",
      "Acting as root by sudo needs a terminal of its own.",
      "A program that was started by it could go on in the terminal of its caller.",
    ],
    { path: "/etc/sudoers", scripts: byHand("Add with visudo: Defaults use_pty", "Take it out: visudo") },
    (text) => finding(/^\s*Defaults\s+.*\buse_pty\b/m.test(text), "/etc/sudoers does not say use_pty"),
  ),
  fileText(
    "Accounts",
    [
      "PICKET-ACC-25",
      "Informational",
      "What is done by sudo is written into a log of its own.",
      "It is missing in what is looked at first after an intrusion.",
    ],
    {
      path: "/etc/sudoers",
      scripts: byHand('Add with visudo: Defaults logfile="/var/log/sudo.log"', "Take it out: visudo"),
    },
    (text) => finding(/^\s*Defaults\s+.*\blogfile\s*=/m.test(text), "/etc/sudoers names no logfile"),
  ),
];

const LOGIN = "/etc/login.defs";
const login = (key: string, value: string, isGood: (found: string) => boolean, ...named: Named): Check =>
  fileText(
    "Password Policy",
    named,
    { path: LOGIN, scripts: valueInFile(named[0], LOGIN, { key, value, separator: "\t" }) },
    (text) => {
      const found = settingIn(text, key);
      return finding(
        found !== undefined && isGood(found),
        `${key} is ${found ?? "not set"}, expected ${value}`,
      );
    },
  );
const pamFiles = [
  "/etc/pam.d/common-password",
  "/etc/pam.d/common-auth",
  "/etc/pam.d/system-auth",
  "/etc/pam.d/password-auth",
  "/etc/pam.d/base-password",
  "/etc/pam.d/base-auth",
];
const pam = (look: (text: string) => Finding, what: string, ...named: Named): Check =>
  custom("Password Policy", named, byHand(what, "Take the line out again."), async (host) => {
    const texts = (await Promise.all(pamFiles.map((path) => textAt(host, path)))).filter(
      (text) => text !== undefined,
    );
    return texts.length === 0 ? skipped("this system has no PAM") : look(texts.join("\n"));
  });

/** What passwords must be like, and what happens when they are guessed at. */
export const passwordChecks: readonly Check[] = [
  login(
    "PASS_MAX_DAYS",
    "365",
    (value) => Number(value) > 0 && Number(value) <= 365,
    "PICKET-PWD-01",
    "Informational",
    "Passwords are changed within a year.",
    "One that became known opens the door for ever.",
  ),
  login(
    "PASS_MIN_DAYS",
    "1",
    (value) => Number(value) >= 1,
    "PICKET-PWD-02",
    "Informational",
    "A password lasts a day at least.",
    "People would change it often enough to have the old one back.",
  ),
  login(
    "PASS_WARN_AGE",
    "7",
    (value) => Number(value) >= 7,
    "PICKET-PWD-03",
    "Informational",
    "People hear a week before that their password ends.",
    "They would choose the next one in a hurry.",
  ),
  login(
    "UMASK",
    "027",
    (value) => (Number.parseInt(value, 8) & 0o027) === 0o027,
    "PICKET-PWD-04",
    "Warning",
    "New files are open to nobody else.",
    "People forget to close what they make.",
  ),
  login(
    "ENCRYPT_METHOD",
    "YESCRYPT",
    (value) => /^(?:YESCRYPT|SHA512|BCRYPT)$/i.test(value),
    "PICKET-PWD-05",
    "Important",
    "New passwords are kept with a strong hash.",
    "Weak ones are tried out in minutes.",
  ),
  login(
    "LOGIN_RETRIES",
    "5",
    (value) => Number(value) <= 5,
    "PICKET-PWD-06",
    "Informational",
    "A local login has few tries.",
    "Each try more makes guessing faster.",
  ),
  pam(
    (text) =>
      finding(/pam_(?:pwquality|cracklib|passwdqc)\.so/.test(text), "no module looks at new passwords"),
    "Install libpam-pwquality, or add pam_passwdqc.so to the stack for passwords.",
    "PICKET-PWD-07",
    "Warning",
    "New passwords are looked at.",
    "Many would be a word or a name.",
  ),
  pam(
    (text) => finding(/pam_(?:faillock|tally2?)\.so/.test(text), "no module counts failed tries"),
    "Add pam_faillock.so to the stack for logins.",
    "PICKET-PWD-08",
    "Warning",
    "An account is locked for a while after failed tries.",
    "Machines guess as long as they are let.",
  ),
  pam(
    (text) => finding(!/^(?!\s*#).*pam_unix\.so.*\bnullok\b/m.test(text), "pam_unix.so is told nullok"),
    "Take the word nullok out of the lines of pam_unix.so.",
    "PICKET-PWD-09",
    "Warning",
    "Empty passwords are not taken.",
    "An account made in a hurry would be open.",
  ),
  pam(
    (text) =>
      finding(/pam_(?:unix|pwhistory)\.so.*\bremember=/.test(text), "former passwords are not remembered"),
    "Add remember=5 to pam_pwhistory.so in the stack for passwords.",
    "PICKET-PWD-10",
    "Informational",
    "Former passwords are not used again.",
    "One that became known comes back.",
  ),
  fileText(
    "Password Policy",
    [
      "PICKET-PWD-11",
      "Informational",
      "New passwords have twelve characters at least.",
      "Shorter ones are tried out.",
    ],
    {
      path: "/etc/security/pwquality.conf",
      scripts: valueInFile("PICKET-PWD-11", "/etc/security/pwquality.conf", {
        key: "minlen",
        value: "12",
        separator: " = ",
      }),
    },
    (text) => {
      const found = settingIn(text, "minlen");
      return finding(Number(found ?? 8) >= 12, `minlen is ${found ?? "not set, which means 8"}, expected 12`);
    },
  ),
  custom(
    "Password Policy",
    [
      "PICKET-PWD-12",
      "Informational",
      "A shell that nobody uses ends.",
      "A terminal that was left is taken over.",
    ],
    byHand(
      "Write into /etc/profile.d/timeout.sh: readonly TMOUT=900; export TMOUT",
      "rm /etc/profile.d/timeout.sh",
    ),
    async (host) => {
      const names = await host.list("/etc/profile.d").catch(() => []);
      const texts = await Promise.all(
        ["/etc/profile", "/etc/bash.bashrc", ...names.map((name) => `/etc/profile.d/${name}`)].map((path) =>
          textAt(host, path),
        ),
      );
      const found = /^(?!\s*#).*\bTMOUT=(\d+)/m.exec(texts.join("\n"))?.[1];
      return finding(
        found !== undefined && Number(found) > 0 && Number(found) <= 1_800,
        `TMOUT is ${found ?? "not set"}, expected 900`,
      );
    },
  ),
  fileText(
    "Password Policy",
    [
      "PICKET-PWD-13",
      "Warning",
      "Root logs in at the console only.",
      "Serial lines and the like may lead outside.",
    ],
    {
      path: "/etc/securetty",
      scripts: changedFile("PICKET-PWD-13", "/etc/securetty", "printf 'console\\ntty1\\n' > /etc/securetty"),
    },
    (text) => {
      const places = rowsOf(text).map(([name]) => name ?? "");
      return places.length <= 8 ? passes : finding(false, `/etc/securetty names ${places.length} terminals`);
    },
  ),
];
