/** Something that must be closed; closing twice does no harm. */
export interface Closable {
  close(): Promise<void>;
}
