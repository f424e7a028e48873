import { autocompletion, type CompletionContext } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { linter, type Diagnostic as Mark } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { EditorLanguage } from "./language.js";

interface Props {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onRun: () => void;
  readonly language: EditorLanguage | undefined;
}

/** Where queries are written: completion and errors come from the same front end that the server compiles with. */
export function Editor(props: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (!place.current) return;
    const run = (): boolean => {
      latest.current.onRun();
      return true;
    };
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          lineNumbers(),
          history(),
          Prec.highest(
            keymap.of([
              { key: "Shift-Enter", run },
              { key: "Mod-Enter", run },
            ]),
          ),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": "Query" }),
          autocompletion({ override: [(context) => suggestions(context, latest.current.language)] }),
          linter((current) => marks(current.state.doc.toString(), latest.current.language), { delay: 400 }),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) latest.current.onChange(state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === props.value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.value } });
  }, [props.value]);
  return <div className="editor" ref={place} />;
}

async function suggestions(context: CompletionContext, language: EditorLanguage | undefined) {
  const word = context.matchBefore(/[\w.$]+/);
  if (!language || (!word && !context.explicit)) return null;
  const found = await language.complete(context.state.doc.toString(), context.pos);
  if (found.length === 0) return null;
  return {
    from: Math.min(found[0]!.from, context.pos),
    options: found.map(({ label, kind, apply }) => ({ label, detail: kind, apply })),
    validFor: /^[\w.$]*$/,
  };
}

async function marks(text: string, language: EditorLanguage | undefined): Promise<Mark[]> {
  if (!language || text.trim() === "") return [];
  const found = await language.diagnose(text);
  return found
    .filter(({ severity }) => severity !== "suggestion")
    .map(({ from, to, severity, message, suggestion }) => ({
      from: Math.min(from, text.length),
      to: Math.min(to, text.length),
      severity: severity === "error" ? "error" : "warning",
      message: suggestion ? `${message} Did you mean ${suggestion}?` : message,
    }));
}
