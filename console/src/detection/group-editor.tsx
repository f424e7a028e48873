import { NumberInput, Select, Switch, TagsInput } from "@mantine/core";
import { Panel } from "../shared/page.js";
import { countedThing, type Group, type ListRule, type WindowRule, windows } from "./group.js";

interface EditorProps {
  readonly group: Group;
  readonly change: (group: Group) => void;
  readonly isFixed: boolean;
}

/** Sentences with places to fill in: how often is too often, and what is on which list. */
export function GroupEditor({ group, change, isFixed }: EditorProps) {
  const setWindow = (rule: WindowRule): void =>
    change({
      ...group,
      windows: group.windows.map((each) => (each.ruleType === rule.ruleType ? rule : each)),
    });
  const setList = (rule: ListRule): void =>
    change({ ...group, lists: group.lists.map((each) => (each.ruleType === rule.ruleType ? rule : each)) });
  return (
    <>
      <Panel title="Alert me when a device does something on a list, or not on it" isFlush>
        {group.lists.map((rule) => (
          <ListRow key={rule.ruleType} rule={rule} set={setList} isFixed={isFixed} />
        ))}
      </Panel>
      <Panel title="Alert me when a device does something too seldom or too often" isFlush>
        {group.windows.map((rule) => (
          <WindowRow key={rule.ruleType} rule={rule} set={setWindow} isFixed={isFixed} />
        ))}
      </Panel>
    </>
  );
}

const examples: Readonly<Record<string, string>> = {
  IpCidr: "Such as 10.0.0.0/8, then Enter",
  String: "A name, then Enter",
};

interface ListRowProps {
  readonly rule: ListRule;
  readonly set: (rule: ListRule) => void;
  readonly isFixed: boolean;
}

function ListRow({ rule, set, isFixed }: ListRowProps) {
  const { displayName, isEnabled, values, valueType, kind } = rule;
  return (
    <div className="sentence">
      <Switch
        label={displayName}
        checked={isEnabled}
        disabled={isFixed}
        onChange={(event) => set({ ...rule, isEnabled: event.currentTarget.checked })}
      />
      {isEnabled && (
        <TagsInput
          aria-label={`${displayName}: ${kind === "allow" ? "what is allowed" : "what is denied"}`}
          placeholder={examples[valueType] ?? examples["String"] ?? ""}
          value={[...values]}
          disabled={isFixed}
          onChange={(next) => set({ ...rule, values: next })}
          acceptValueOnBlur
          maxTags={1_000}
        />
      )}
    </div>
  );
}

interface WindowRowProps {
  readonly rule: WindowRule;
  readonly set: (rule: WindowRule) => void;
  readonly isFixed: boolean;
}

function WindowRow({ rule, set, isFixed }: WindowRowProps) {
  const thing = countedThing(rule);
  const { isEnabled, minThreshold, maxThreshold, timeWindowSize } = rule;
  const name = thing.charAt(0).toUpperCase() + thing.slice(1);
  return (
    <div className="sentence">
      <Switch
        label={name}
        checked={isEnabled}
        disabled={isFixed}
        onChange={(event) => set({ ...rule, isEnabled: event.currentTarget.checked })}
      />
      {isEnabled && (
        <div className="row small">
          fewer than
          <NumberInput
            aria-label={`${name}: fewest allowed`}
            value={minThreshold}
            min={0}
            disabled={isFixed}
            onChange={(value) => set({ ...rule, minThreshold: Number(value) || 0 })}
            w={84}
            size="xs"
          />
          or more than
          <NumberInput
            aria-label={`${name}: most allowed`}
            value={maxThreshold}
            min={0}
            disabled={isFixed}
            onChange={(value) => set({ ...rule, maxThreshold: Number(value) || 0 })}
            w={84}
            size="xs"
          />
          within
          <Select
            aria-label={`${name}: window`}
            data={[...windows]}
            value={timeWindowSize}
            disabled={isFixed}
            allowDeselect={false}
            onChange={(value) => set({ ...rule, timeWindowSize: value ?? timeWindowSize })}
            w={120}
            size="xs"
          />
        </div>
      )}
    </div>
  );
}
