import { describe, expect, test } from "vitest";
import { ContainerBook, containerIn } from "./containers.js";
import type { ProcessReader } from "./process-reader.js";

const id = "3f4e".repeat(16);

describe("the container that a control group belongs to", () => {
  test.each([
    { name: "docker on cgroup 1", text: `12:pids:/docker/${id}\n0::/`, runtime: "docker", found: id },
    {
      name: "docker under systemd",
      text: `0::/system.slice/docker-${id}.scope`,
      runtime: "docker",
      found: id,
    },
    { name: "podman", text: `0::/machine.slice/libpod-${id}.scope/container`, runtime: "podman", found: id },
    {
      name: "cri-o",
      text: `0::/kubepods.slice/kubepods-pod1.slice/crio-${id}.scope`,
      runtime: "cri-o",
      found: id,
    },
    {
      name: "containerd under kubernetes",
      text: `0::/kubepods/besteffort/pod7/${id}`,
      runtime: "containerd",
      found: id,
    },
    {
      name: "containerd's own naming",
      text: `0::/kubepods.slice/x.slice/cri-containerd-${id}.scope`,
      runtime: "containerd",
      found: id,
    },
    { name: "lxc", text: "0::/lxc.payload.web/init.scope", runtime: "lxc", found: "web" },
    {
      name: "systemd-nspawn",
      text: "0::/machine.slice/systemd-nspawn@web.service/payload",
      runtime: "systemd-nspawn",
      found: "web",
    },
  ])("$name", ({ text, runtime, found }) => {
    expect(containerIn(text)).toEqual({ id: found, runtime });
  });

  test.each([
    { name: "the root", text: "0::/" },
    { name: "a service", text: "0::/system.slice/ssh.service" },
    { name: "a session", text: "1:name=systemd:/user.slice/user-1000.slice/session-3.scope" },
    { name: "docker's own service", text: "0::/system.slice/docker.service" },
    { name: "a name that is too short to be an id", text: "0::/docker/abc" },
    { name: "nothing", text: "" },
    { name: "megabytes of lines", text: "x\n".repeat(500_000) },
  ])("$name is the host itself", ({ text }) => {
    expect(containerIn(text)).toBeUndefined();
  });
});

describe("what is remembered of containers", () => {
  const groups = new Map<number, string>();
  const reader: ProcessReader = {
    pids: () => [],
    read: () => undefined,
    executable: () => "",
    userName: String,
    controlGroup: (pid) => groups.get(pid) ?? "",
  };

  test("a process that is gone has the container of its view of the file system", () => {
    groups.set(1, `0::/docker/${id}`);
    const book = new ContainerBook(reader);
    expect(book.of(1, 77, 0)).toBe(id);
    expect(book.of(2, 77, 1_000)).toBe(id);
    expect(book.of(3, 77, 60_000)).toBe(id);
  });

  test("a number that the kernel gave anew is looked at again", () => {
    groups.set(1, `0::/docker/${id}`).set(2, "0::/system.slice/ssh.service");
    const book = new ContainerBook(reader);
    book.of(1, 77, 0);
    expect(book.of(2, 77, 60_000)).toBe("");
  });

  test("a source that knows no such number is answered from the process, or from what was known of it", () => {
    groups.set(1, `0::/docker/${id}`);
    const book = new ContainerBook(reader);
    expect(book.of(1, undefined, 0)).toBe(id);
    expect(book.of(99, undefined, 0, "before")).toBe("before");
  });
});
