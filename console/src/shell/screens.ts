import {
  IconActivityHeartbeat,
  IconAlertTriangle,
  IconBook2,
  IconCpu,
  IconHistory,
  IconHome,
  IconListCheck,
  IconMailOff,
  IconTerminal2,
  IconUsers,
} from "@tabler/icons-react";

/** The screens in the order people need them. */
export const screens = [
  { to: "/", label: "Overview", icon: IconHome, part: "watch" },
  { to: "/alerts", label: "Alerts", icon: IconAlertTriangle, part: "watch" },
  { to: "/devices", label: "Devices", icon: IconCpu, part: "watch" },
  { to: "/recommendations", label: "Recommendations", icon: IconListCheck, part: "watch" },
  { to: "/explore", label: "Explorer", icon: IconTerminal2, part: "watch" },
  { to: "/rules", label: "Rules", icon: IconBook2, part: "house" },
  { to: "/rejected", label: "Rejected messages", icon: IconMailOff, part: "house" },
  { to: "/health", label: "Health", icon: IconActivityHeartbeat, part: "house" },
  { to: "/people", label: "People and tokens", icon: IconUsers, part: "house", role: "admin" },
  { to: "/audit", label: "Audit", icon: IconHistory, part: "house", role: "admin" },
] as const;
