// Tabs of one browser that show the same talk.

const WAIT_MS = 150;

type Word = { word: "who" } | { word: "here"; token: string } | { word: "changed" } | { word: "ended" };

export class Tabs {
  private readonly channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("pas") : null;
  private found: ((token: string) => void) | null = null;

  constructor(on: { token: () => string | null; changed: () => void; ended: () => void }) {
    this.channel?.addEventListener("message", ({ data }: MessageEvent<Word>) => {
      const token = on.token();
      if (data.word === "who" && token) this.say({ word: "here", token });
      else if (data.word === "here") this.found?.(data.token);
      else if (data.word === "changed") on.changed();
      else if (data.word === "ended") on.ended();
    });
  }

  /** The talk that is open in another tab, if any. */
  ask(): Promise<string | null> {
    if (!this.channel) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), WAIT_MS);
      this.found = (token) => {
        clearTimeout(timer);
        resolve(token);
      };
      this.say({ word: "who" });
    });
  }

  change(): void {
    this.say({ word: "changed" });
  }

  end(): void {
    this.say({ word: "ended" });
  }

  private say(word: Word): void {
    this.channel?.postMessage(word);
  }
}
