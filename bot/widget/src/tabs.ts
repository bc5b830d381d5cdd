// Tabs of one browser that show the same talk.

const WAIT_MS = 150;

type Word = { word: "who" } | { word: "here"; token: string } | { word: "changed" } | { word: "ended"; token: string };

export class Tabs {
  private readonly channel = opened();
  private found: ((token: string) => void) | null = null;

  constructor(on: { token: () => string | null; changed: () => void; ended: (token: string) => void }) {
    this.channel?.addEventListener("message", ({ data }: MessageEvent<Word>) => {
      const token = on.token();
      if (data.word === "who" && token) this.say({ word: "here", token });
      else if (data.word === "here") this.found?.(data.token);
      else if (data.word === "changed") on.changed();
      else if (data.word === "ended") on.ended(data.token);
    });
  }

  /** The talk that is open in another tab, if any. */
  ask(): Promise<string | null> {
    if (!this.channel) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), WAIT_MS);
      this.found = (token) => {
        clearTimeout(timer);
        this.found = null;
        resolve(token);
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

  private say(word: Word): void {
    this.channel?.postMessage(word);
  }
}

/** The way to the other tabs; some browsers refuse it where they refuse storage. */
function opened(): BroadcastChannel | null {
  try {
    return new BroadcastChannel("pas");
  } catch {
    return null;
  }
}
