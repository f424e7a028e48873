// SPDX-License-Identifier: (MIT OR GPL-2.0)
// Watches programs that start, split and end, TCP connections that are made and ports that open, through raw tracepoints.
// Kernel structures are read at offsets that the loader finds in the running kernel's type information.
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define SEC(name) __attribute__((section(name), used))
#define INLINE static __attribute__((always_inline))
#define NO_WAKEUP 1
#define ARGS_BYTES 4096
#define NAME_BYTES 256
// Every text starts below this; names end before it, so that a mask proves each write to be in bounds.
#define START_MASK 2047

struct map_def { u32 type, key_size, value_size, max_entries; };
struct map_def SEC("maps") ring = {27, 0, 0, 1024 * 1024};
struct map_def SEC("maps") offsets = {2, 4, sizeof(u32) * 64, 1};
struct map_def SEC("maps") lost = {2, 4, sizeof(u64), 1};
struct map_def SEC("maps") scratch = {6, 4, 56 + 8192, 1};
// Connections that are open, by their socket; the one unused longest is forgotten when there are too many.
struct map_def SEC("maps") conns = {9, sizeof(u64), 24, 16384};

static void *(*map_lookup)(void *map, const void *key) = (void *)1;
static long (*map_update)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static long (*map_delete)(void *map, const void *key) = (void *)3;
static u64 (*ktime_ns)(void) = (void *)5;
static u64 (*pid_tgid)(void) = (void *)14;
static u64 (*uid_gid)(void) = (void *)15;
static long (*read_user)(void *to, u32 size, const void *from) = (void *)112;
static long (*read_kernel)(void *to, u32 size, const void *from) = (void *)113;
static long (*read_kernel_str)(void *to, u32 size, const void *from) = (void *)115;
static long (*output)(void *map, void *data, u64 size, u64 flags) = (void *)130;

// In the order of `wanted` in src/sources/kernel-offsets.ts.
enum { TASK_MM, TASK_PARENT, TASK_TGID, TASK_EXIT, TASK_FS, MM_ARG_START, MM_ARG_END, MM_EXE, BPRM_FILENAME, FILE_PATH, FS_PWD,
       PATH_MNT, PATH_DENTRY, DENTRY_NAME, QSTR_NAME, DENTRY_PARENT, VFSMOUNT_ROOT, MOUNT_VFSMOUNT, MOUNT_PARENT,
       MOUNT_POINT, SOCK_FAMILY, SOCK_DADDR, SOCK_SADDR, SOCK_DPORT, SOCK_NUM, SOCK_V6_DADDR, SOCK_V6_SADDR,
       TASK_LOGIN, TASK_NSPROXY, NSPROXY_MNT, MNTNS_NS, NS_INUM, TCP_SENT, TCP_RETRANS, TCP_RECEIVED, SOCK_STATE };
// The offset of a member that this kernel does not have.
#define MISSING 0xffff

struct exec_event {
  u32 kind, pid, ppid, uid;
  u64 at;
  u32 exe_bytes, cwd_bytes, file_bytes, args_bytes, cut, login, mounts, spare;
  u8 data[8192];
};
struct fork_event { u32 kind, pid, ppid, spare; };
struct exit_event { u32 kind, pid, code, uid; u64 at; };
struct tcp_event {
  u32 kind, pid, uid, family;
  u64 at;
  u16 local_port, remote_port;
  // 1 it came in, 2 it was refused, 4 nobody answers yet.
  u32 flags;
  u8 local[16], remote[16];
  u64 sent, received, lasted;
};
// `port` is kept because a socket has none any more when it is closed.
struct conn { u64 at; u32 pid, uid; u16 inbound, told; u32 port; };

INLINE u32 *table(void) { u32 key = 0; return map_lookup(&offsets, &key); }

INLINE void send(void *event, u64 size) {
  u32 key = 0;
  if (output(&ring, event, size, NO_WAKEUP) == 0) return;
  u64 *count = map_lookup(&lost, &key);
  if (count) __sync_fetch_and_add(count, 1);
}

INLINE u8 *pointer(const u8 *at) { u8 *value = 0; read_kernel(&value, sizeof(value), at); return value; }
INLINE u64 wide(const u8 *at) { u64 value = 0; read_kernel(&value, sizeof(value), at); return value; }
INLINE u32 word(const u8 *at) { u32 value = 0; read_kernel(&value, sizeof(value), at); return value; }

// Writes the names of a path from its end to the root, each ended by a zero; crosses mount points. Answers the next place.
INLINE u32 names(const u8 *path, const u32 *off, u8 *data, u32 at, u32 limit) {
  u8 *mount = pointer(path + off[PATH_MNT]) - off[MOUNT_VFSMOUNT];
  u8 *dentry = pointer(path + off[PATH_DENTRY]);
#pragma clang loop unroll(disable)
  for (u32 depth = 0; depth < 40; depth++) {
    u8 *parent = pointer(dentry + off[DENTRY_PARENT]);
    if (dentry == parent || dentry == pointer(mount + off[MOUNT_VFSMOUNT] + off[VFSMOUNT_ROOT])) {
      u8 *above = pointer(mount + off[MOUNT_PARENT]);
      if (above == mount || !above) break;
      dentry = pointer(mount + off[MOUNT_POINT]);
      mount = above;
      continue;
    }
    if (at > limit) break;
    long size = read_kernel_str(data + (at & START_MASK), NAME_BYTES, pointer(dentry + off[DENTRY_NAME] + off[QSTR_NAME]));
    if (size <= 0) break;
    at += (u32)size & 511;
    dentry = parent;
  }
  return at;
}

SEC("exec") int on_exec(u64 *ctx) {
  u32 key = 0, *off = table();
  struct exec_event *event = map_lookup(&scratch, &key);
  if (!off || !event) return 0;
  u8 *task = (u8 *)ctx[0], *bprm = (u8 *)ctx[2], *mm = pointer(task + off[TASK_MM]);
  event->kind = 1;
  event->pid = pid_tgid() >> 32;
  event->uid = (u32)uid_gid();
  event->at = ktime_ns();
  event->ppid = word(pointer(task + off[TASK_PARENT]) + off[TASK_TGID]);
  event->login = off[TASK_LOGIN] == MISSING ? ~0u : word(task + off[TASK_LOGIN]);
  event->mounts = word(pointer(pointer(task + off[TASK_NSPROXY]) + off[NSPROXY_MNT]) + off[MNTNS_NS] + off[NS_INUM]);
  u32 at = names(pointer(mm + off[MM_EXE]) + off[FILE_PATH], off, event->data, 0, 900);
  event->exe_bytes = at;
  u32 next = names(pointer(task + off[TASK_FS]) + off[FS_PWD], off, event->data, at, 1400);
  event->cwd_bytes = next - at;
  at = next;
  long file = read_kernel_str(event->data + (at & START_MASK), NAME_BYTES, pointer(bprm + off[BPRM_FILENAME]));
  event->file_bytes = file > 0 ? (u32)file & 511 : 0;
  at += event->file_bytes;
  u8 *start = pointer(mm + off[MM_ARG_START]);
  u64 size = pointer(mm + off[MM_ARG_END]) - start;
  event->cut = size > ARGS_BYTES - 1;
  if (size > ARGS_BYTES - 1) size = ARGS_BYTES - 1;
  size &= ARGS_BYTES - 1;
  at &= START_MASK;
  if (read_user(event->data + at, size, start) != 0) size = 0;
  event->args_bytes = size;
  send(event, 56 + at + size);
  return 0;
}

SEC("fork") int on_fork(u64 *ctx) {
  u32 *off = table();
  if (!off) return 0;
  struct fork_event event = {4, word((u8 *)ctx[1] + off[TASK_TGID]), word((u8 *)ctx[0] + off[TASK_TGID]), 0};
  // A new thread is no new process.
  if (event.pid != event.ppid) send(&event, sizeof(event));
  return 0;
}

SEC("exit") int on_exit(u64 *ctx) {
  u64 id = pid_tgid();
  u32 *off = table();
  // Threads end too; a program ends with its first thread.
  if (!off || (u32)id != (u32)(id >> 32)) return 0;
  struct exit_event event = {2, id >> 32, word((u8 *)ctx[0] + off[TASK_EXIT]), (u32)uid_gid(), ktime_ns()};
  send(&event, sizeof(event));
  return 0;
}

INLINE void tell(u8 *sock, const u32 *off, struct tcp_event *event) {
  read_kernel(&event->family, 2, sock + off[SOCK_FAMILY]);
  if (!event->local_port) read_kernel(&event->local_port, 2, sock + off[SOCK_NUM]);
  read_kernel(&event->remote_port, 2, sock + off[SOCK_DPORT]);
  if (event->family == 10) {
    read_kernel(event->remote, 16, sock + off[SOCK_V6_DADDR]);
    read_kernel(event->local, 16, sock + off[SOCK_V6_SADDR]);
  } else {
    read_kernel(event->remote, 4, sock + off[SOCK_DADDR]);
    read_kernel(event->local, 4, sock + off[SOCK_SADDR]);
  }
  send(event, sizeof(*event));
}

INLINE void opened(u8 *sock, const u32 *off, struct conn *conn, u32 flags) {
  struct tcp_event event = {};
  event.kind = 3;
  event.pid = conn->pid;
  event.uid = conn->uid;
  event.at = conn->at;
  event.flags = flags;
  tell(sock, off, &event);
  conn->port = event.local_port;
}

SEC("tcp") int on_tcp(u64 *ctx) {
  u8 *sock = (u8 *)ctx[0];
  u64 key = ctx[0];
  u32 before = ctx[1], after = ctx[2], *off = table();
  if (!off) return 0;
  if (before == 10 || after == 10) {
    struct tcp_event event = {};
    event.kind = 5;
    event.pid = pid_tgid() >> 32;
    event.at = ktime_ns();
    tell(sock, off, &event);
    return 0;
  }
  // CLOSE to SYN_SENT happens in the caller of connect(), before the socket has a port.
  if (before == 7 && after == 2) {
    struct conn made = {ktime_ns(), pid_tgid() >> 32, (u32)uid_gid(), 0, 0, 0};
    map_update(&conns, &key, &made, 0);
    return 0;
  }
  if (before == 3 && after == 1) {
    struct conn made = {ktime_ns(), 0, 0, 1, 1, 0};
    opened(sock, off, &made, 1);
    map_update(&conns, &key, &made, 0);
    return 0;
  }
  struct conn *conn = map_lookup(&conns, &key);
  if (!conn) return 0;
  if (before == 2) {
    if (!conn->told && (after == 1 || after == 7)) opened(sock, off, conn, after == 7 ? 2 : 0);
    conn->told = 1;
    if (after == 7) map_delete(&conns, &key);
    return 0;
  }
  // Whoever closes a connection that came in is its process.
  if (!conn->pid && ((before == 1 && after == 4) || (before == 8 && after == 9))) {
    conn->pid = pid_tgid() >> 32;
    conn->uid = (u32)uid_gid();
  }
  if (after != 7) return 0;
  struct tcp_event event = {};
  event.kind = 6;
  event.pid = conn->pid;
  event.uid = conn->uid;
  event.at = ktime_ns();
  event.flags = conn->inbound;
  event.local_port = conn->port;
  event.sent = wide(sock + off[TCP_SENT]) - wide(sock + off[TCP_RETRANS]);
  event.received = wide(sock + off[TCP_RECEIVED]);
  // The other end's last word is counted as a byte.
  if (event.received && (before == 5 || before == 8 || before == 9 || before == 11)) event.received--;
  event.lasted = event.at - conn->at;
  tell(sock, off, &event);
  map_delete(&conns, &key);
  return 0;
}

// A second after a connection was asked for and not answered it is told as it is.
SEC("retransmit") int on_retransmit(u64 *ctx) {
  u8 *sock = (u8 *)ctx[0];
  u64 key = ctx[0];
  u32 *off = table();
  if (!off) return 0;
  u8 state = 0;
  read_kernel(&state, 1, sock + off[SOCK_STATE]);
  if (state != 2) return 0;
  struct conn *conn = map_lookup(&conns, &key);
  if (!conn || conn->told) return 0;
  conn->told = 1;
  opened(sock, off, conn, 4);
  return 0;
}

char license_text[] SEC("license") = "Dual MIT/GPL";
