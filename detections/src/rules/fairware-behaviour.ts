import { commandRule } from "../rule.js";

/** Whole folders are removed at once, as Fairware does before it asks for money. */
export const fairwareBehaviour = commandRule({
  id: "fairware-behaviour",
  alertType: "IoT_FairwareMalware",
  name: "Behavior similar to Fairware ransomware detected",
  severity: "Medium",
  about: "Whole folders are removed at once, as Fairware does before it asks for money.",
  tactics: ["Impact"],
  techniques: ["T1485"],
  witness: ["rm"],
  patterns: [
    /\brm\s+(?:-\w*\s+)*-\w*[rR]\w*\s+(?:-\w+\s+)*(?:--no-preserve-root\s+)?(?:\/|\/\*|\/(?:var\/www|home|root|srv|opt|etc|usr|boot|media)(?:\/\*?)?)(?:\s|$).*/i,
  ],
  did: "removed whole folders",
  because: "it removes a top-level folder with everything in it",
  fires: ["rm -rf /var/www/", "rm -r -f /home", "rm -rf /*", "rm -rf --no-preserve-root /"],
  silent: [
    "rm -rf /tmp/build",
    "rm -rf /var/lib/apt/lists/partial",
    "rm -f /var/run/x.pid",
    "rm -rf /home/op/project/node_modules",
  ],
});
