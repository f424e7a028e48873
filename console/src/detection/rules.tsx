import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api } from "../shared/api.js";
import { count, counted } from "../shared/format.js";
import { useKeys } from "../shared/keys.js";
import { Page } from "../shared/page.js";
import { textOf, wordOf, wordsOf } from "../shared/search.js";
import { Severity, severities } from "../shared/severity.js";
import { Empty, Loaded } from "../shared/states.js";
import { RuleDetails } from "./rule-details.js";
import { everyRule, has, isIn, type RuleState, rank, type StateName, states } from "./rule-state.js";

/** What is watched for, with examples of what fires and what stays quiet, and what a person may switch off. */
export function Rules() {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const [text, opened] = [textOf(search, "text"), textOf(search, "rule")];
  const severity = wordsOf(search, "severity", severities);
  const state =
    wordOf(
      search,
      "state",
      states.map(({ name }) => name),
    ) ?? "all";
  const found = useQuery({ queryKey: ["detection-rules"], queryFn: () => api("GET /detection/rules") });
  const { data: own } = useQuery({
    queryKey: ["rules"],
    queryFn: () => api("GET /rules"),
    staleTime: 600_000,
  });
  const show = (next: Record<string, unknown>): void =>
    void navigate({
      to: "/rules",
      search: { text, rule: opened, severity, state: state === "all" ? "" : state, ...next },
      replace: "text" in next,
    });
  useKeys({ "/": () => document.getElementById("search")?.focus() });
  return (
    <Page
      title="Rules"
      lede="What is watched for. Picket's own rules bring examples of what fires them and of what must not; they are tested with every build."
    >
      <Bar text={text} severity={severity} state={state} show={show} />
      <Loaded from={found}>
        {({ rules }) => {
          const all = everyRule(rules, own?.rules ?? []);
          const shown = all
            .filter((rule) => has(rule, text) && isIn(rule, state))
            .filter((rule) => severity.length === 0 || severity.includes(rule.severity))
            .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
          return <RuleList rules={shown} total={all.length} opened={opened} show={show} />;
        }}
      </Loaded>
    </Page>
  );
}

interface BarProps {
  readonly text: string;
  readonly severity: readonly (typeof severities)[number][];
  readonly state: StateName;
  readonly show: (next: Record<string, unknown>) => void;
}

function Bar({ text, severity, state, show }: BarProps) {
  const toggled = (each: (typeof severities)[number]) =>
    severity.includes(each) ? severity.filter((other) => other !== each) : [...severity, each];
  return (
    <div className="row">
      {severities.map((each) => (
        <button
          key={each}
          type="button"
          className="chip"
          aria-pressed={severity.includes(each)}
          onClick={() => show({ severity: toggled(each) })}
        >
          <Severity of={each} />
        </button>
      ))}
      <span className="divider" />
      {states.map(({ name, label }) => (
        <button
          key={name}
          type="button"
          className="chip"
          aria-pressed={state === name}
          onClick={() => show({ state: name === "all" ? "" : name })}
        >
          {label}
        </button>
      ))}
      <TextInput
        id="search"
        style={{ flex: "1 1 200px", maxWidth: 360, marginLeft: "auto" }}
        aria-label="Search rules"
        placeholder="Name, technique, author  ( / )"
        leftSection={<IconSearch size={15} aria-hidden="true" />}
        value={text}
        onChange={(event) => show({ text: event.currentTarget.value })}
      />
    </div>
  );
}

interface RuleListProps {
  readonly rules: readonly RuleState[];
  readonly total: number;
  readonly opened: string;
  readonly show: (next: Record<string, unknown>) => void;
}

const forms = { builtIn: "", sigma: "Sigma", custom: "custom alert", intel: "threat intelligence" } as const;

function RuleList({ rules, total, opened, show }: RuleListProps) {
  if (rules.length === 0)
    return <Empty title="No rule matches">Fewer letters or other filters may find one.</Empty>;
  return (
    <>
      <p className="muted small">
        {count(rules.length)} of {counted(total, "rule")}
      </p>
      <div className="panel flush">
        {rules.map((rule) => (
          <div key={rule.id} className="rule">
            <button
              type="button"
              className="group-head"
              aria-expanded={rule.id === opened}
              onClick={() => show({ rule: rule.id === opened ? "" : rule.id })}
            >
              <span style={{ width: 92 }}>
                <Severity of={rule.severity} />
              </span>
              <strong>{rule.name}</strong>
              <span className="muted cut" style={{ flex: "1 1 120px" }}>
                {[forms[rule.form], rule.reads && `reads ${rule.reads}`].filter(Boolean).join(", ")}
              </span>
              {rule.isOff && <span className="tag">switched off</span>}
              {rule.idle !== undefined && <span className="tag">cannot fire here</span>}
              {rule.trouble && <span className="tag">in trouble</span>}
            </button>
            {rule.id === opened && <RuleDetails rule={rule} />}
          </div>
        ))}
      </div>
    </>
  );
}
