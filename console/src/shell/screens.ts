import {
  IconActivityHeartbeat,
  IconAdjustments,
  IconAlertTriangle,
  IconAntenna,
  IconBellOff,
  IconBook2,
  IconCpu,
  IconGridDots,
  IconHistory,
  IconHome,
  IconListCheck,
  IconMailOff,
  IconPackage,
  IconRadar2,
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
  { to: "/rules", label: "Rules", icon: IconBook2, part: "detect" },
  { to: "/custom-alerts", label: "Custom alerts", icon: IconAdjustments, part: "detect" },
  { to: "/packs", label: "Rule packs", icon: IconPackage, part: "detect" },
  { to: "/intel", label: "Threat intelligence", icon: IconRadar2, part: "detect" },
  { to: "/quiet", label: "Kept quiet", icon: IconBellOff, part: "detect" },
  { to: "/coverage", label: "Coverage", icon: IconGridDots, part: "detect" },
  { to: "/hub", label: "Hub", icon: IconAntenna, part: "house" },
  { to: "/rejected", label: "Rejected messages", icon: IconMailOff, part: "house" },
  { to: "/health", label: "Health", icon: IconActivityHeartbeat, part: "house" },
  { to: "/people", label: "People and tokens", icon: IconUsers, part: "house", role: "admin" },
  { to: "/audit", label: "Audit", icon: IconHistory, part: "house", role: "admin" },
] as const;

/** The parts of the rail, in the same order. */
export const parts = [
  { part: "watch", title: "" },
  { part: "detect", title: "Detection" },
  { part: "house", title: "The house" },
] as const;
