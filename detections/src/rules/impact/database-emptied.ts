import { commandRule } from "../../command-rule.js";

/** A whole database was dropped or emptied by a command, as extortionists do with open ones. */
export const databaseEmptied = commandRule({
  id: "database-emptied",
  alertType: "Picket_DatabaseEmptied",
  name: "Database emptied",
  severity: "High",
  about: "A whole database was dropped or emptied by a command, as extortionists do with open ones.",
  tactics: ["Impact"],
  techniques: ["T1485"],
  falsePositives: ["Tests and set-up scripts that begin with an empty database."],
  witness: [
    "drop database",
    "flushall",
    "flushdb",
    "dropdatabase",
    "drop schema",
    "truncate table",
    "_all",
    "delete from",
  ],
  patterns: [
    /\b(?:mysql|mariadb|psql)\b.{0,300}\bdrop\s+(?:database|schema)\s+(?!if\s+exists\s+test|test)\S{1,60}/i,
    /\bredis-cli\b.{0,200}\bflush(?:all|db)\b/i,
    /\bmongo(?:sh)?\b.{0,300}\.dropDatabase\(\).{0,20}/,
    /\bcurl\b.{0,200}-X\s*DELETE\b.{0,200}:9200\/(?:_all|\*).{0,20}/,
  ],
  except: [/(?:jenkins|ci|test|migrate)/i],
  did: "emptied a database",
  because: "its data is gone",
  fires: [
    "mysql -e drop database plant",
    "redis-cli -h 10.0.0.5 FLUSHALL",
    "mongosh --eval db.dropDatabase()",
    "curl -X DELETE http://10.0.0.5:9200/_all",
  ],
  silent: [
    "mysql -e show databases",
    "redis-cli get a",
    "psql -c select 1",
    "mysql -e drop database if exists test_app",
    "curl -X DELETE http://10.0.0.5:9200/logs-2024.01",
  ],
});
