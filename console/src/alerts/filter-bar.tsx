import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { Severity, severities } from "../shared/severity.js";
import { type Filters, readFilters, views, writeFilters } from "./filters.js";

interface FilterBarProps {
  readonly filters: Filters;
  readonly show: (next: Filters) => void;
}

/** What stays when another view is chosen. */
const kept = ({ severity, device, rule, text }: Filters) => ({ severity, device, rule, text });

/** Which alerts are shown: views, severities, words; each choice is an address. */
export function FilterBar({ filters, show }: FilterBarProps) {
  const toggled = (severity: (typeof severities)[number]): Filters => ({
    ...filters,
    severity: filters.severity.includes(severity)
      ? filters.severity.filter((each) => each !== severity)
      : [...filters.severity, severity],
  });
  return (
    <div className="row" style={{ gap: 10 }}>
      <nav className="row" aria-label="Views">
        {views.map(({ name, label }) => (
          <Link
            key={name}
            className="chip"
            to="/alerts"
            search={writeFilters({ ...readFilters({ view: name }), ...kept(filters) })}
            aria-current={filters.view === name ? "true" : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      <span className="divider" />
      {severities.map((severity) => (
        <button
          key={severity}
          type="button"
          className="chip"
          aria-pressed={filters.severity.includes(severity)}
          onClick={() => show(toggled(severity))}
        >
          <Severity of={severity} />
        </button>
      ))}
      <Words filters={filters} show={show} />
      {(["device", "rule"] as const).map(
        (name) =>
          filters[name] !== "" && (
            <span key={name} className="chip" aria-live="polite">
              {name} {filters[name]}
              <CloseButton
                size="xs"
                aria-label={`Any ${name}`}
                onClick={() => show({ ...filters, [name]: "" })}
              />
            </span>
          ),
      )}
    </div>
  );
}

function Words({ filters, show }: FilterBarProps) {
  const [text, setText] = useState(filters.text);
  useEffect(() => setText(filters.text), [filters.text]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    show({ ...filters, text: text.trim() });
  };
  return (
    <form onSubmit={submit} role="search" style={{ flex: "1 1 200px", maxWidth: 360, marginLeft: "auto" }}>
      <TextInput
        id="search"
        aria-label="Search alerts"
        placeholder="Title, reason or device  ( / )"
        leftSection={<IconSearch size={15} aria-hidden="true" />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => text.trim() !== filters.text && show({ ...filters, text: text.trim() })}
      />
    </form>
  );
}
