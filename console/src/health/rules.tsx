import { TextInput } from "@mantine/core";
import type { Reply, Routes } from "@picket/api";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { api } from "../shared/api.js";
import { count, counted } from "../shared/format.js";
import { useKeys } from "../shared/keys.js";
import { Page } from "../shared/page.js";
import { textOf, wordsOf } from "../shared/search.js";
import { Severity, severities } from "../shared/severity.js";
import { Empty, Loaded } from "../shared/states.js";

type Rule = Reply<Routes["GET /rules"]>["rules"][number];

const has = (rule: Rule, words: string): boolean =>
  [rule.id, rule.name, rule.about, rule.alertType, ...rule.techniques]
    .join(" ")
    .toLowerCase()
    .includes(words.toLowerCase());
const rank = ({ severity }: Rule): number => severities.indexOf(severity);

/** What is watched for, with examples of what fires and what stays quiet. */
export function Rules() {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const [text, opened] = [textOf(search, "text"), textOf(search, "rule")];
  const severity = wordsOf(search, "severity", severities);
  const found = useQuery({ queryKey: ["rules"], queryFn: () => api("GET /rules"), staleTime: 600_000 });
  const show = (next: Record<string, unknown>): void =>
    void navigate({
      to: "/rules",
      search: { text, rule: opened, severity, ...next },
      replace: "text" in next,
    });
  useKeys({ "/": () => document.getElementById("search")?.focus() });
  const toggled = (each: (typeof severities)[number]) =>
    severity.includes(each) ? severity.filter((other) => other !== each) : [...severity, each];
  return (
    <Page
      title="Rules"
      lede="What is watched for. Every rule brings examples of what fires it and of what must not; they are tested with every build."
    >
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
        <TextInput
          id="search"
          style={{ flex: "1 1 200px", maxWidth: 360, marginLeft: "auto" }}
          aria-label="Search rules"
          placeholder="Name, technique, words  ( / )"
          leftSection={<IconSearch size={15} aria-hidden="true" />}
          value={text}
          onChange={(event) => show({ text: event.currentTarget.value })}
        />
      </div>
      <Loaded from={found}>
        {({ rules }) => {
          const shown = rules
            .filter((rule) => has(rule, text) && (severity.length === 0 || severity.includes(rule.severity)))
            .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
          return <RuleList rules={shown} total={rules.length} opened={opened} show={show} />;
        }}
      </Loaded>
    </Page>
  );
}

interface RuleListProps {
  readonly rules: readonly Rule[];
  readonly total: number;
  readonly opened: string;
  readonly show: (next: Record<string, unknown>) => void;
}

function RuleList({ rules, total, opened, show }: RuleListProps) {
  if (rules.length === 0)
    return <Empty title="No rule matches">Fewer letters or another severity may find one.</Empty>;
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
              <span className="muted cut" style={{ flex: "1 1 200px" }}>
                {rule.about}
              </span>
            </button>
            {rule.id === opened && <RuleDetails rule={rule} />}
          </div>
        ))}
      </div>
    </>
  );
}

function RuleDetails({ rule }: { readonly rule: Rule }) {
  return (
    <div style={{ padding: "0 16px 14px 122px" }} className="stack">
      <p>{rule.about}</p>
      <p className="row small">
        <span className="tag">{rule.id}</span>
        <span className="tag">reads {rule.reads}</span>
        {rule.techniques.map((each) => (
          <span key={each} className="tag">
            ATT&CK {each}
          </span>
        ))}
        <Link to="/alerts" search={{ view: "open", rule: rule.id }}>
          Its open alerts
        </Link>
      </p>
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">When this happens</th>
            <th scope="col">it</th>
          </tr>
        </thead>
        <tbody>
          {rule.cases.map(({ name, alerts }) => (
            <tr key={name}>
              <td className="mono">{name}</td>
              <td className="nowrap">{alerts === 0 ? "stays quiet" : `makes ${counted(alerts, "alert")}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
