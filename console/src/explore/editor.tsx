import { autocompletion, type CompletionContext } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { linter, lintKeymap, type Diagnostic as Mark } from "@codemirror/lint";
import { Compartment, EditorState, type Extension, Prec } from "@codemirror/state";
import { Decoration, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { type RefObject, useEffect, useRef } from "react";
import { tokensOf } from "./highlight.js";
import type { EditorLanguage, ServerSchema } from "./language.js";
import { wordsAt } from "./words.js";

/** What others may do to the editor. */
export interface EditorHandle {
  /** Puts a word where the cursor is. */
  insert(word: string): void;
}

interface Props {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onRun: () => void;
  readonly language: EditorLanguage | undefined;
  readonly schema: ServerSchema | undefined;
  readonly tables: ReadonlySet<string>;
  readonly handle: RefObject<EditorHandle | null>;
}

const PAUSE_MS = 350;

/** Where queries are written: completion and errors come from the same front end that the server compiles with. */
export function Editor(props: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const parts = useRef({ paint: new Compartment(), marks: new Compartment() });
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (!place.current) return;
    const { paint, marks } = parts.current;
    const extensions = [
      ...extensionsOf(latest),
      paint.of(painted(latest.current.tables)),
      marks.of(checked(latest)),
    ];
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({ doc: latest.current.value, extensions }),
    });
    view.current = editor;
    latest.current.handle.current = {
      insert: (word) => {
        editor.dispatch(editor.state.replaceSelection(word));
        editor.focus();
      },
    };
    return () => editor.destroy();
  }, []);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === props.value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.value } });
  }, [props.value]);
  // A new schema repaints; a language that has just arrived looks at what is written already.
  useEffect(() => {
    const { paint, marks } = parts.current;
    const effects = [
      paint.reconfigure(painted(props.tables)),
      ...(props.language ? [marks.reconfigure(checked(latest))] : []),
    ];
    view.current?.dispatch({ effects });
  }, [props.tables, props.language]);
  return <div className="editor" ref={place} />;
}

const painted = (tables: ReadonlySet<string>): Extension =>
  EditorView.decorations.compute(["doc"], (state) =>
    Decoration.set(
      tokensOf(state.doc.toString(), tables).map(({ from, to, kind }) =>
        Decoration.mark({ class: `tok-${kind}` }).range(from, to),
      ),
    ),
  );

const checked = (latest: RefObject<Props>): Extension =>
  linter((editor) => marksOf(editor.state.doc.toString(), latest.current.language), { delay: PAUSE_MS });

function extensionsOf(latest: RefObject<Props>): Extension[] {
  const run = (): boolean => {
    latest.current.onRun();
    return true;
  };
  return [
    lineNumbers(),
    history(),
    Prec.highest(
      keymap.of([
        { key: "Shift-Enter", run },
        { key: "Mod-Enter", run },
      ]),
    ),
    keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": "Query", spellcheck: "false" }),
    autocompletion({ override: [(context) => suggestions(context, latest.current)], icons: false }),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) latest.current.onChange(state.doc.toString());
    }),
  ];
}

/** What could stand here: the language service's answer, or the schema's while the service is not there or has none. */
async function suggestions(context: CompletionContext, { language, schema }: Props) {
  const word = context.matchBefore(/[\w.$-]+|\|\s*/);
  if (!word && !context.explicit) return null;
  const text = context.state.doc.toString();
  const found = (await language?.complete(text, context.pos)) ?? [];
  if (found.length === 0) {
    const words = schema ? wordsAt(text, context.pos, schema) : [];
    const start = context.matchBefore(/[\w-]*/)?.from ?? context.pos;
    return {
      from: start,
      options: words.map(({ label, kind }) => ({ label, detail: kind })),
      validFor: /^[\w-]*$/,
    };
  }
  return {
    from: Math.min(found[0]!.from, context.pos),
    options: found.map(({ label, kind, apply }) => ({ label, detail: kind, apply })),
    validFor: /^[\w.$-]*$/,
  };
}

/** Where to draw beneath the text; an empty place is widened to something that can be seen. */
async function marksOf(text: string, language: EditorLanguage | undefined): Promise<Mark[]> {
  if (!language || text.trim() === "") return [];
  const found = await language.diagnose(text);
  return found
    .filter(({ severity }) => severity !== "suggestion")
    .map(({ from, to, severity, message, suggestion }): Mark => {
      const start = Math.max(0, Math.min(from, text.length - 1));
      const end = Math.max(start + 1, Math.min(to, text.length));
      const mark = {
        from: start,
        to: end,
        severity: severity === "error" ? severity : ("warning" as const),
        message,
      };
      if (!suggestion) return mark;
      const replace = (editor: EditorView, a: number, b: number): void =>
        editor.dispatch({ changes: { from: a, to: b, insert: suggestion } });
      return {
        ...mark,
        message: `${message} Did you mean ${suggestion}?`,
        actions: [{ name: `Write ${suggestion}`, apply: replace }],
      };
    });
}
