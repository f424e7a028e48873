// SPDX-License-Identifier: (MIT OR GPL-2.0)
// Watches programs that start and end and TCP connections that are made, through raw tracepoints.
// Kernel structures are read at offsets that the loader finds in the running kernel's type information.
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define SEC(name) __attribute__((section(name), used))
#define ARGS_BYTES 4096
#define PATH_BYTES 256

struct map_def { u32 type, key_size, value_size, max_entries; };
struct map_def SEC("maps") ring = {27, 0, 0, 4 * 1024 * 1024};
struct map_def SEC("maps") offsets = {2, 4, sizeof(u32) * 16, 1};
struct map_def SEC("maps") lost = {2, 4, sizeof(u64), 1};

static void *(*map_lookup)(void *map, const void *key) = (void *)1;
static u64 (*ktime_ns)(void) = (void *)5;
static u64 (*pid_tgid)(void) = (void *)14;
static u64 (*uid_gid)(void) = (void *)15;
static long (*comm)(void *to, u32 size) = (void *)16;
static long (*read_user)(void *to, u32 size, const void *from) = (void *)112;
static long (*read_kernel)(void *to, u32 size, const void *from) = (void *)113;
static long (*read_kernel_str)(void *to, u32 size, const void *from) = (void *)115;
static void *(*reserve)(void *map, u64 size, u64 flags) = (void *)131;
static void (*submit)(void *data, u64 flags) = (void *)132;

enum { OFF_MM, OFF_PARENT, OFF_TGID, OFF_EXIT, OFF_ARG_START, OFF_ARG_END, OFF_FILENAME,
       OFF_FAMILY, OFF_DADDR, OFF_SADDR, OFF_DPORT, OFF_NUM, OFF_V6_DADDR, OFF_V6_SADDR };

struct exec_event { u32 kind, pid, ppid, uid; u64 at; u32 args_bytes, path_bytes; u8 comm[16]; u8 path[PATH_BYTES]; u8 args[ARGS_BYTES]; };
struct exit_event { u32 kind, pid, code, uid; u64 at; };
struct tcp_event { u32 kind, pid, uid, family; u64 at; u16 local_port, remote_port; u32 inbound; u8 local[16], remote[16]; u8 comm[16]; };

static __attribute__((always_inline)) u32 *table(void) { u32 key = 0; return map_lookup(&offsets, &key); }

static __attribute__((always_inline)) void count_lost(void) {
  u32 key = 0;
  u64 *count = map_lookup(&lost, &key);
  if (count) __sync_fetch_and_add(count, 1);
}

SEC("exec") int on_exec(u64 *ctx) {
  u32 *off = table();
  if (!off) return 0;
  struct exec_event *event = reserve(&ring, sizeof(struct exec_event), 0);
  if (!event) { count_lost(); return 0; }
  u8 *task = (u8 *)ctx[0], *bprm = (u8 *)ctx[2], *mm = 0, *parent = 0, *name = 0;
  u64 start = 0, end = 0;
  u32 ppid = 0;
  event->kind = 1;
  event->pid = pid_tgid() >> 32;
  event->uid = (u32)uid_gid();
  event->at = ktime_ns();
  comm(event->comm, sizeof(event->comm));
  read_kernel(&parent, sizeof(parent), task + off[OFF_PARENT]);
  read_kernel(&ppid, sizeof(ppid), parent + off[OFF_TGID]);
  event->ppid = ppid;
  read_kernel(&name, sizeof(name), bprm + off[OFF_FILENAME]);
  long path = read_kernel_str(event->path, PATH_BYTES, name);
  event->path_bytes = path > 0 ? path : 0;
  read_kernel(&mm, sizeof(mm), task + off[OFF_MM]);
  read_kernel(&start, sizeof(start), mm + off[OFF_ARG_START]);
  read_kernel(&end, sizeof(end), mm + off[OFF_ARG_END]);
  u64 size = end - start;
  if (size > ARGS_BYTES - 1) size = ARGS_BYTES - 1;
  size &= ARGS_BYTES - 1;
  event->args_bytes = read_user(event->args, size, (void *)start) == 0 ? size : 0;
  submit(event, 0);
  return 0;
}

SEC("exit") int on_exit(u64 *ctx) {
  u64 id = pid_tgid();
  u32 *off = table();
  // Threads end too; a program ends with its first thread.
  if (!off || (u32)id != (u32)(id >> 32)) return 0;
  struct exit_event *event = reserve(&ring, sizeof(struct exit_event), 0);
  if (!event) { count_lost(); return 0; }
  u32 code = 0;
  event->kind = 2;
  event->pid = id >> 32;
  event->uid = (u32)uid_gid();
  event->at = ktime_ns();
  read_kernel(&code, sizeof(code), (u8 *)ctx[0] + off[OFF_EXIT]);
  event->code = code;
  submit(event, 0);
  return 0;
}

SEC("tcp") int on_tcp(u64 *ctx) {
  u8 *sock = (u8 *)ctx[0];
  u32 before = ctx[1], after = ctx[2];
  // CLOSE to SYN_SENT happens in the caller of connect(); SYN_RECV to ESTABLISHED is a connection that came in.
  u32 outbound = before == 7 && after == 2, inbound = before == 3 && after == 1;
  u32 *off = table();
  if (!off || !(outbound || inbound)) return 0;
  struct tcp_event *event = reserve(&ring, sizeof(struct tcp_event), 0);
  if (!event) { count_lost(); return 0; }
  u16 family = 0, dport = 0, num = 0;
  read_kernel(&family, 2, sock + off[OFF_FAMILY]);
  read_kernel(&dport, 2, sock + off[OFF_DPORT]);
  read_kernel(&num, 2, sock + off[OFF_NUM]);
  event->kind = 3;
  event->pid = outbound ? pid_tgid() >> 32 : 0;
  event->uid = outbound ? (u32)uid_gid() : 0;
  event->family = family;
  event->at = ktime_ns();
  event->inbound = inbound;
  event->local_port = num;
  event->remote_port = dport;
  comm(event->comm, sizeof(event->comm));
  if (family == 10) {
    read_kernel(event->remote, 16, sock + off[OFF_V6_DADDR]);
    read_kernel(event->local, 16, sock + off[OFF_V6_SADDR]);
  } else {
    read_kernel(event->remote, 4, sock + off[OFF_DADDR]);
    read_kernel(event->local, 4, sock + off[OFF_SADDR]);
  }
  submit(event, 0);
  return 0;
}

char license_text[] SEC("license") = "Dual MIT/GPL";
