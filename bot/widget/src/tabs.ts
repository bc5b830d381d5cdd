// Tabs of one browser that show the same talk.

const NAME = "pas";
// A tab that is there answers, however busy the machine is; one that hangs is not waited for longer than this.
const PATIENCE_MS = 5000;
// Where a browser does not tell which tabs there are, nobody waits long for one that may not be.
const GUESS_MS = 150;

type Word =
  | { word: "who" }
  | { word: "here"; token: string }
  | { word: "nothing" }
  | { word: "changed" }
  | { word: "ended"; token: string };

export class Tabs {
  private readonly channel = opened();
  private counted = false;
  private found: ((token: string | null) => void) | null = null;

  constructor(on: { token: () => string | null; changed: () => void; ended: (token: string) => void }) {
    this.channel?.addEventListener("message", ({ data }: MessageEvent<Word>) => {
      if (data.word === "who") {
        const token = on.token();
        this.say(token ? { word: "here", token } : { word: "nothing" });
      } else if (data.word === "here") this.found?.(data.token);
      else if (data.word === "nothing") this.found?.(null);
      else if (data.word === "changed") on.changed();
      else if (data.word === "ended") on.ended(data.token);
    });
  }

  /** The talk that is open in another tab, if any. */
  async ask(): Promise<string | null> {
    const others = await this.others();
    if (!this.channel || others === 0) return null;
    return new Promise((resolve) => {
      let left = others ?? Infinity;
      const end = (token: string | null) => {
        clearTimeout(timer);
        this.found = null;
        resolve(token);
      };
      const timer = setTimeout(() => end(null), others ? PATIENCE_MS : GUESS_MS);
      this.found = (token) => {
        left -= 1;
        if (token || left <= 0) end(token);
      };
      this.say({ word: "who" });
    });
  }

  change(): void {
    this.say({ word: "changed" });
  }

  end(token: string): void {
    this.say({ word: "ended", token });
  }

  /** How many other tabs show this page, told by a lock that each shares as long as it is open; null when unknown. */
  private async others(): Promise<number | null> {
    try {
      const { held } = await navigator.locks.query();
      const count = held?.filter(({ name }) => name === NAME).length ?? 0;
      if (this.counted) return Math.max(0, count - 1);
      this.counted = true;
      void navigator.locks.request(NAME, { mode: "shared" }, () => new Promise(() => undefined)).catch(() => undefined);
      return count;
    } catch {
      return null;
    }
  }

  private say(word: Word): void {
    this.channel?.postMessage(word);
  }
}

/** The way to the other tabs; some browsers refuse it where they refuse storage. */
function opened(): BroadcastChannel | null {
  try {
    return new BroadcastChannel(NAME);
  } catch {
    return null;
  }
}
