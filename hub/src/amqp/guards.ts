import rhea, { type Receiver, type Sender, type Session } from "rhea";

/** Sessions and links of one connection; gateways speak for many devices over one. */
export const bounds = { sessions: 1_000, links: 4_000, linksOfSession: 64, messageBytes: 300_000 } as const;

/** Deliveries that the library keeps per session and direction. */
const WINDOW = 2_048;
const NOTHING = Buffer.alloc(0);

interface Reader {
  remaining(): number;
  read_n(count: number): unknown[];
  read_array_items(count: number, type: { readonly width: number }): unknown[];
}
interface Frame<T> {
  readonly performative: T;
  payload?: Buffer;
}
interface Disposition {
  readonly role: boolean;
  readonly first: number;
  readonly last?: number;
  readonly settled?: boolean;
  readonly state?: unknown;
}
interface Deliveries {
  get_head(): { readonly id: number } | undefined;
  get_tail(): { readonly id: number } | undefined;
}
interface Half {
  readonly deliveries: Deliveries;
  on_disposition(fields: Disposition): void;
}
interface InnerReceiver {
  credit: number;
  _incomplete?: { data: Buffer };
}
interface InnerSession {
  readonly incoming: Half & { on_transfer(frame: Frame<object>, receiver: InnerReceiver): void };
  readonly outgoing: Half;
}

/** What the library keeps but does not declare; nobody else looks inside it. */
const inside = <T>(outside: object): T => outside as T;

/** How many messages the other side has room for. */
export const creditOf = (sender: Sender): number => inside<{ readonly credit: number }>(sender).credit;

/** Makes a link send without waiting for an answer to each message. */
export function presettled(sender: Sender): void {
  inside<{ readonly local: { readonly attach: { snd_settle_mode: number } } }>(
    sender,
  ).local.attach.snd_settle_mode = 1;
}

/** An array or list says how long it is; the library believes it and allocates. Each item takes a byte at least. */
export function guardReader(): void {
  const { prototype } = inside<{ readonly Reader: { readonly prototype: Reader } }>(rhea.types).Reader;
  const { read_n: readItems, read_array_items: readArray } = prototype;
  prototype.read_n = function (this: Reader, count) {
    if (count > this.remaining()) throw new RangeError(`a list of ${count} items`);
    return readItems.call(this, count);
  };
  prototype.read_array_items = function (this: Reader, count, type) {
    if (count > (type.width === 0 ? 256 : this.remaining()))
      throw new RangeError(`an array of ${count} items`);
    return readArray.call(this, count, type);
  };
}

/**
 * Bounds what one session may make the library do. `tooLarge` is told of a message that grows beyond the bound; the rest of
 * it is dropped as it arrives.
 */
export function guardSession(session: Session, tooLarge: (receiver: Receiver) => void): void {
  const { incoming, outgoing } = inside<InnerSession>(session);
  for (const half of [incoming, outgoing]) {
    const settle = half.on_disposition;
    half.on_disposition = (fields) => {
      const range = within(half.deliveries, fields);
      if (range) settle.call(half, range);
    };
  }
  const transfer = incoming.on_transfer;
  const dropped = new WeakSet<InnerReceiver>();
  incoming.on_transfer = (frame, receiver) => {
    const begun = receiver._incomplete;
    if (!begun && receiver.credit <= 0) throw new RangeError("a message without credit");
    frame.payload ??= NOTHING;
    const bytes = (begun?.data.length ?? 0) + frame.payload.length;
    if (bytes > bounds.messageBytes && !dropped.has(receiver)) {
      dropped.add(receiver);
      tooLarge(inside<Receiver>(receiver));
    }
    if (dropped.has(receiver)) {
      frame.payload = NOTHING;
      if (begun) begun.data = NOTHING;
    }
    transfer.call(incoming, frame, receiver);
  };
}

/** The part of a range of deliveries that there are; a range may name four thousand million. */
function within(deliveries: Deliveries, fields: Disposition): Disposition | undefined {
  const [head, tail] = [deliveries.get_head(), deliveries.get_tail()];
  if (!head || !tail) return undefined;
  const first = Math.max(fields.first, head.id);
  const last = Math.min(fields.last ?? fields.first, tail.id);
  if (last < first || last - first > WINDOW) return undefined;
  const { role, settled, state } = fields;
  return { role, first, last, ...(settled === undefined ? {} : { settled }), ...(state ? { state } : {}) };
}
