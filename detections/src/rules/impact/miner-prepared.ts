import { commandRule } from "../../command-rule.js";
import { find, writesTo } from "../../shell/look.js";

/** The memory and the processor are set up as only miners want them. */
export const minerPrepared = commandRule({
  id: "miner-prepared",
  alertType: "Picket_MinerPrepared",
  name: "Device prepared for mining",
  severity: "Medium",
  about: "The memory and the processor are set up as only miners want them.",
  tactics: ["Impact"],
  techniques: ["T1496.001"],
  falsePositives: [
    "Databases that use large pages; their page count is written to a file and not set by hand with a miner's number.",
  ],
  witness: ["nr_hugepages", "wrmsr", "modprobe msr", "hugepages"],
  sees: (reading) =>
    find(reading, /^wrmsr$/, ({ text }) => /\s(?:-a|0x1a4|0xc001102)/.test(text)) ??
    find(reading, /^sysctl$/, ({ text }) => /vm\.nr_hugepages=['"]?(?:128|1168|1280|3072|\$)/.test(text)) ??
    writesTo(reading, /nr_hugepages$/, ({ text }) => /\b(?:3|128|1168|1280)\b/.test(text)) ??
    find(reading, /^modprobe$/, ({ argv }) => argv[1] === "msr" && reading.commands.length > 1),
  did: "prepared the device for mining",
  because: "only miners want these settings",
  fires: [
    "sysctl -w vm.nr_hugepages=1280",
    "wrmsr -a 0x1a4 0xf",
    "sh -c modprobe msr; wrmsr -a 0xc0011022 0x510000",
  ],
  silent: [
    "sysctl vm.nr_hugepages",
    "cat /proc/sys/vm/nr_hugepages",
    "modprobe msr",
    "rdmsr 0x1a4",
    "sysctl -w vm.nr_hugepages=20",
  ],
});
