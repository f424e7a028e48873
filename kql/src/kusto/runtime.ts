/**
 * The part of Microsoft's language service that is used, as it looks from outside. The scripts are compiled from C#:
 * booleans and longs are boxed, lists have `Count` and `getItem`, and the binder can throw. Nothing of it leaves this folder.
 */
export interface KustoNode {
  readonly Kind: number;
  readonly ChildCount: number;
  readonly Text?: string;
  readonly TextStart: number;
  readonly Width: number;
  /** Length of the blanks and comments before it. */
  readonly TriviaWidth: number;
  readonly ResultType?: KustoSymbol | null;
  readonly ReferencedSymbol?: KustoSymbol | null;
  readonly LiteralValue?: unknown;
  GetChild(index: number): KustoNode | null;
  GetName?(index: number): string | null;
  GetCalledFunctionBody?(): KustoNode | null;
  toString(): string;
}

/** A symbol: a type, a table, a column, a function. */
export interface KustoSymbol {
  readonly Name: string;
  readonly Columns?: KustoList<KustoColumn>;
}

/** A column of a table symbol. */
export interface KustoColumn {
  readonly Name: string;
  readonly Type: KustoSymbol;
}

/** A list of the compiled C#. */
export interface KustoList<T> {
  readonly Count: number;
  getItem(index: number): T;
}

/** Something the parser or binder says. */
export interface KustoDiagnostic {
  readonly Code: string;
  readonly Severity: string;
  readonly Start: number;
  readonly Length: number;
  readonly Message: string;
}

/** One completion. */
export interface KustoCompletion {
  readonly DisplayText: string;
  readonly Kind: number;
  readonly BeforeText?: string;
  readonly AfterText?: string;
}

/** A piece of text of one kind. */
export interface KustoRange {
  readonly Kind: number;
  readonly Start: number;
  readonly Length: number;
}

/** A function with its parameters. */
export interface KustoFunction extends KustoSymbol {
  readonly Signatures: KustoList<{
    readonly Parameters: KustoList<{
      readonly Name: string;
      readonly IsOptional: boolean;
      readonly IsRepeatable: boolean;
      readonly DeclaredTypes?: KustoList<KustoSymbol> | null;
    }>;
  }>;
}

/** A parsed and bound query. */
export interface KustoCode {
  readonly Syntax: KustoNode;
  readonly ResultType?: KustoSymbol | null;
  GetDiagnostics(): KustoList<KustoDiagnostic>;
}

/** What is made once per schema. */
export interface KustoGlobals {
  readonly Functions: readonly KustoFunction[];
  readonly Aggregates: readonly KustoFunction[];
  readonly PlugIns: readonly KustoFunction[];
  WithDatabase(database: unknown): KustoGlobals;
}

/** The two scripts, loaded. */
export interface KustoRuntime {
  readonly Language: {
    readonly GlobalState: { readonly Default: KustoGlobals };
    readonly KustoCode: { ParseAndAnalyze(text: string, globals: KustoGlobals): KustoCode };
    readonly Symbols: {
      readonly TableSymbol: { From(schema: string): { WithName(name: string): unknown } };
      readonly FunctionSymbol: {
        readonly $ctor16: new (name: string, parameters: string, body: string, about: string) => unknown;
      };
      readonly DatabaseSymbol: { readonly ctor: new (name: string, members: readonly unknown[]) => unknown };
    };
    readonly Syntax: { readonly SyntaxKind: Readonly<Record<string, number>> };
    readonly Editor: {
      readonly KustoCodeService: {
        /** The constructor that takes a text; the bare one takes analysed code. */
        readonly $ctor1: new (
          text: string,
          globals: KustoGlobals,
        ) => {
          GetCompletionItems(position: number): {
            readonly EditStart: number;
            readonly EditLength: number;
            readonly Items: KustoList<KustoCompletion>;
          };
          GetQuickInfo(position: number): { readonly Text?: string } | null;
          GetClassifications(
            start: number,
            length: number,
          ): { readonly Classifications: KustoList<KustoRange> } | null;
          GetFormattedText(): { readonly Text?: string } | null;
        };
      };
      readonly CompletionKind: Readonly<Record<string, number>>;
      readonly ClassificationKind: Readonly<Record<string, number>>;
    };
  };
}

/** A list of the compiled C# as an array. */
export const listOf = <T>(list: KustoList<T> | null | undefined): T[] =>
  list ? Array.from({ length: list.Count }, (_, index) => list.getItem(index)) : [];
