import { Select } from "@mantine/core";
import type { Role } from "@picket/api";

const roles: readonly { readonly value: Role; readonly label: string }[] = [
  { value: "viewer", label: "Viewer" },
  { value: "analyst", label: "Analyst" },
  { value: "admin", label: "Administrator" },
];

interface RoleSelectProps {
  readonly label: string;
  readonly value: Role;
  readonly onChange: (role: Role) => void;
  readonly isBare?: boolean;
}

/** Chooses a role. */
export function RoleSelect({ label, value, onChange, isBare = false }: RoleSelectProps) {
  return (
    <Select
      {...(isBare ? { "aria-label": label, size: "xs" } : { label })}
      w={isBare ? 150 : 180}
      data={[...roles]}
      value={value}
      allowDeselect={false}
      onChange={(next) => onChange(roles.find((role) => role.value === next)?.value ?? "viewer")}
    />
  );
}
