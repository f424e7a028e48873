/** The time, handed in so that tests need no fake timers. Milliseconds since 1970, UTC. */
export interface Clock {
  now(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is moved. */
export function handClock(start: number): Clock & { move(milliseconds: number): void } {
  let at = start;
  return {
    now: () => at,
    move: (milliseconds) => {
      at += milliseconds;
    },
  };
}
