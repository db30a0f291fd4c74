/** What the bodies of requests under way hold in memory together: a crowd of clients must neither fill it nor the gateway's time. */
export interface BodyMemory {
  /** @returns false, and counts nothing, where there is no room for so many bytes more */
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
  /** Says that a body is being read, until what it returns is called. */
  startReading(): () => void;
  /** Whether so many bodies are being read at once that each must let the others have their turn. */
  isCrowded(): boolean;
}

/** One turn of the event loop reads up to 2 MiB of each connection: with so many of them other requests still wait for milliseconds only. */
const CROWD = 8;

export function createBodyMemory(limitBytes: number): BodyMemory {
  let held = 0;
  let reading = 0;
  return {
    take(bytes) {
      if (held + bytes > limitBytes) return false;
      held += bytes;
      return true;
    },
    giveBack(bytes) {
      held -= bytes;
    },
    startReading() {
      reading += 1;
      return () => {
        reading -= 1;
      };
    },
    isCrowded: () => reading > CROWD,
  };
}
