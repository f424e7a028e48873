#!/usr/bin/env node
// Compiles picket.bpf.c and writes its programs as src/sources/bpf-programs.ts; needed only when the C source changes.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const object = "/tmp/picket.bpf.o";
execFileSync(
  "clang",
  ["-O2", "-g0", "-target", "bpf", "-mcpu=v3", "-Wall", "-c", at("picket.bpf.c"), "-o", object],
  { stdio: "inherit" },
);
const elf = readFileSync(object);
const sections = Array.from({ length: elf.readUInt16LE(60) }, (_, index) => {
  const header = Number(elf.readBigUInt64LE(40)) + index * 64;
  const number = (offset) => Number(elf.readBigUInt64LE(header + offset));
  return {
    name: elf.readUInt32LE(header),
    type: elf.readUInt32LE(header + 4),
    offset: number(24),
    size: number(32),
    link: elf.readUInt32LE(header + 40),
    info: elf.readUInt32LE(header + 44),
  };
});
const text = (section, offset) =>
  elf.toString("utf8", section.offset + offset, elf.indexOf(0, section.offset + offset));
const names = sections[elf.readUInt16LE(62)];
const named = (name) => sections.find((section) => text(names, section.name) === name);
const symbols = sections.find(({ type }) => type === 2);
const symbolName = (index) => text(sections[symbols.link], elf.readUInt32LE(symbols.offset + index * 24));
const programs = ["exec", "fork", "exit", "tcp", "retransmit"].map((name) => {
  const section = named(name);
  const index = sections.indexOf(section);
  const moves = sections.find(({ type, info }) => type === 9 && info === index);
  const relocations = [];
  for (let entry = moves.offset; entry < moves.offset + moves.size; entry += 16) {
    relocations.push({
      instruction: Number(elf.readBigUInt64LE(entry)) / 8,
      map: symbolName(elf.readUInt32LE(entry + 12)),
    });
  }
  return { name, code: elf.toString("base64", section.offset, section.offset + section.size), relocations };
});
const lines = programs.map(
  ({ name, code, relocations }) =>
    `  ${name}: {\n    code: "${code}",\n    relocations: ${JSON.stringify(relocations)},\n  },\n`,
);
writeFileSync(
  at("../src/sources/bpf-programs.ts"),
  `// A list.\n\n/** A program as the kernel takes it: its instructions in base64, and which of them name a map. */\nexport interface BpfProgram {\n  readonly code: string;\n  readonly relocations: readonly { readonly instruction: number; readonly map: string }[];\n}\n\n/** Compiled from bpf/picket.bpf.c by bpf/compile.mjs. */\nexport const bpfPrograms: Readonly<Record<${JSON.stringify(
    programs.map(({ name }) => name),
  )
    .slice(1, -1)
    .replaceAll(",", " | ")}, BpfProgram>> = {\n${lines.join("")}};\n`,
);
