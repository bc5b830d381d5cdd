// One talk at the door: begins or restores it, sends, receives. A talk that ended (closed, locked, erased, gone) is stopped, and
// another session takes its place; so nothing of one talk can come into the next.

import * as device from "./device.js";
import { call, insist, wake, type Answer, type Body, type Content, type Message, type Outgoing, type Script } from "./door.js";
import { t } from "./texts.js";

/** A message as it is shown: with a key that stays, where it stands, and whether it still is under way. */
export interface Shown extends Message {
  key: string;
  at: number;
  pending?: boolean;
  /** The key of the doctor's message that it answers, while it has no number. */
  answers?: string;
}

export interface Hooks {
  changed: () => void;
  /** A crisis message that was not seen before. */
  danger: (message: Message) => void;
  /** The door does not know this talk, or has erased it; `words` is what it said of that. */
  over: (words: string[]) => void;
  /** Words that were not taken came back into the draft. */
  returned: () => void;
  /** Something was said here, for other tabs. */
  said: () => void;
}

const BEGINS_QUESTION = ["ask", "reflect", "report", "crisis"];
const RESTORING_MS = 500;

export class Session {
  shown: Shown[] = [];
  /** The newest question, while it waits for an answer. */
  question: Message | null = null;
  script: Script | null = null;
  /** What is the matter with the connection. */
  status = "";
  sending = 0;
  /** Whether it began, or is back. */
  open = false;
  /** Whether what is shown was said before, and is not to be read out again. */
  restoring = false;

  private stopped = false;
  private asked = 0;
  /** Up to here every message is there. */
  private last = 0;
  private made = 0;
  private readonly numbers = new Set<number>();
  private readonly alarms = new Set<number | string>();
  private readonly underWay = new Set<string>();
  private queue: Promise<unknown> = Promise.resolve();
  private catchingUp: Promise<void> | null = null;
  private began: () => void = () => {};
  private readonly beginning = new Promise<void>((resolve) => (this.began = resolve));

  constructor(
    public token: string | null,
    private readonly on: Hooks,
  ) {}

  /** Nothing that comes in changes anything any more, save that danger is still told. */
  stop(): void {
    this.stopped = true;
    this.began();
    wake();
  }

  // --- beginning -------------------------------------------------------------------------

  async start(): Promise<void> {
    const answer = this.token
      ? await this.insist(() => call("GET", "/api/conversation?since=0", this.token), [500])
      : await this.insist(() => call("POST", "/api/conversation", null), [500]);
    if (!answer) return;
    if (this.token && answer.status === 401) return this.gone([this.complaint(answer)]);
    if (this.token) this.restoring = true;
    else if (answer.ok && answer.body?.token) {
      this.token = answer.body.token;
      device.write({ token: this.token });
    }
    this.open = true;
    this.receive(answer.body);
    if (!answer.ok) this.notice(this.complaint(answer));
    this.began();
    if (this.restoring) setTimeout(() => this.restored(), RESTORING_MS);
    await this.sendWaiting();
  }

  private restored(): void {
    this.restoring = false;
    this.on.changed();
  }

  private insist(ask: () => Promise<Answer>, more: number[] = []): Promise<Answer | null> {
    return insist(ask, this.delayed, () => !this.stopped, more);
  }

  private readonly delayed = (answer: Answer | null, wait?: number): void => {
    if (this.stopped) return;
    const why = answer && (answer.body?.detail ?? t(answer.status ? "hapert" : "verbinding_weg"));
    const then = answer?.status === 429 ? t("wachten", { tellen: wait ?? 0 }) : t("opnieuw");
    const status = why ? `${why} ${then}` : "";
    if (status === this.status) return;
    this.status = status;
    this.on.changed();
  };

  // --- what comes in ---------------------------------------------------------------------

  /** Takes in what an answer carries. `sent` is the message that it answers. */
  private receive(body: Body | null, sent?: Shown): void {
    const messages = body?.messages ?? [];
    if (sent) this.place(sent, messages);
    for (const message of messages) this.take(message, sent?.key);
    for (const { n, text } of body?.changed ?? []) {
      for (const shown of this.shown) if (shown.n === n) shown.text = text;
    }
    this.shown.sort((a, b) => a.at - b.at);
    if (body?.script !== undefined) this.script = body.script;
    this.on.changed();
  }

  /** The doctor's message stands right before the first reply to it; what was not stored stands where it was said. */
  private place(sent: Shown, replies: Message[]): void {
    const first = replies.find((reply) => reply.n !== null)?.n;
    sent.pending = false;
    if (!first) {
      sent.at = this.last + 0.4;
      return;
    }
    this.shown = this.shown.filter((other) => other === sent || other.n !== first - 1);
    this.count(first - 1);
    sent.n = sent.at = first - 1;
  }

  private take(message: Message, answers?: string): void {
    if (message.kind === "crisis") this.alarm(message, answers);
    if (message.n === null) {
      const known = message.kind === "crisis" && this.shown.some((other) => other.answers === answers);
      if (!known) this.shown.push(this.placed(message, answers));
      return;
    }
    if (this.shown.some((other) => other.n === message.n)) return;
    if (message.kind === "crisis" && answers) this.shown = this.shown.filter((other) => other.answers !== answers);
    this.count(message.n);
    this.shown.push(this.placed(message));
    this.follow(message, message.n);
  }

  /** Which question waits: the newest, until the doctor said something after it. */
  private follow(message: Message, n: number): void {
    if (n < this.asked) return;
    if (message.from === "doctor") this.question = null;
    else if (message.input || BEGINS_QUESTION.includes(message.kind)) this.question = message.input ? message : null;
    else return;
    this.asked = n;
  }

  private count(n: number): void {
    this.numbers.add(n);
    while (this.numbers.has(this.last + 1)) this.last += 1;
  }

  /** What has no number stands after what was there last. */
  private placed(message: Message, answers?: string): Shown {
    this.made += 1;
    if (message.n !== null) return { ...message, key: `n${message.n}`, at: message.n };
    return { ...message, key: `x${this.made}`, at: Math.max(this.last, ...this.numbers) + 0.5, answers };
  }

  /** Tells of danger, once for each message: by its number, and by what it answers. */
  private alarm(message: Message, answers?: string): void {
    const names = [message.n, answers].filter((name) => name !== null && name !== undefined);
    const known = names.some((name) => this.alarms.has(name));
    for (const name of names) this.alarms.add(name);
    const seen = message.n !== null && message.n <= device.read().away;
    if (!known && !seen) this.on.danger(message);
  }

  /** A word of the page itself. */
  notice(text: string): void {
    this.shown.push(this.placed({ n: null, from: "bot", kind: "error", text }));
    this.shown.sort((a, b) => a.at - b.at);
    this.on.changed();
  }

  private complaint(answer: Answer): string {
    return answer.body?.detail ?? t("mislukt");
  }

  /** Takes in what another tab said; waits while something is under way here, which is stored there too. */
  catchUp(): void {
    if (this.stopped || !this.open || !this.token || this.sending || this.catchingUp) return;
    this.catchingUp = this.fetchNew().finally(() => (this.catchingUp = null));
  }

  private async fetchNew(): Promise<void> {
    const answer = await this.insist(() => call("GET", `/api/conversation?since=${this.last}`, this.token), [500]);
    if (!answer) return;
    if (answer.status === 401) return this.gone([this.complaint(answer)]);
    if (answer.ok) this.receive(answer.body);
  }

  // --- what goes out ---------------------------------------------------------------------

  /** Sends one message, shows it, and shows what is answered. */
  send(content: Content, echo: string): Promise<void> {
    const message: Outgoing = { id: identifier(), ...content };
    device.write({ outbox: [...device.read().outbox, { message, echo }] });
    // What still waits for a connection tries again first, so that it keeps its place.
    wake();
    return this.deliver(message, echo);
  }

  /** Sends again what was not answered when the page was left. */
  private async sendWaiting(): Promise<void> {
    for (const { message, echo } of device.read().outbox) {
      if (this.stopped) return;
      if (!this.underWay.has(message.id)) await this.deliver(message, echo);
    }
  }

  private async deliver(message: Outgoing, echo: string): Promise<void> {
    const sent: Shown = { n: null, from: "doctor", kind: "say", text: echo, key: message.id, at: Infinity, pending: true };
    const said = this.shown.findLast((other) => other.from === "doctor");
    // Restored with it already there: it was stored, and only its answer was lost.
    if (!(this.restoring && said?.text === echo)) this.shown.push(sent);
    const { question } = this;
    this.sending += 1;
    this.underWay.add(message.id);
    this.on.changed();
    const before = this.queue;
    const answer = this.answerTo(message, sent);
    this.queue = Promise.allSettled([before, answer]);
    const answered = await answer;
    await before;
    this.sending -= 1;
    this.underWay.delete(message.id);
    if (this.stopped || !answered) return this.on.changed();
    if (answered.status === 401 && this.token) return this.gone([this.complaint(answered)]);
    device.write({ outbox: device.read().outbox.filter((other) => other.message.id !== message.id) });
    if (!answered.ok) return this.refused(message, sent, answered);
    if (answered.body?.erased) return this.gone((answered.body.messages ?? []).map((reply) => reply.text));
    this.receive(answered.body, sent);
    if (this.question === question) this.question = null;
    this.on.said();
    this.on.changed();
    const missed = Math.max(0, ...this.numbers) > this.last;
    if (missed) this.catchUp();
  }

  /** Goes out at once, also while others wait and without a token: the door reads for danger whatever arrives, and what it says
   * of that is heard at once, whatever else becomes of the message and of the talk. */
  private async answerTo(message: Outgoing, sent: Shown): Promise<Answer | null> {
    let used: string | null = null;
    const ask = async () => {
      used = this.token;
      const answer = await call("POST", "/api/message", used, message);
      for (const reply of answer.body?.messages ?? []) if (reply.kind === "crisis") this.take(reply, sent.key);
      if (!this.stopped) this.on.changed();
      return answer;
    };
    const answer = await this.insist(ask);
    if (answer?.status !== 401 || used) return answer;
    await this.beginning;
    return this.token ? this.insist(ask) : answer;
  }

  /** Nothing was stored, so the doctor gets the words back. */
  private refused(message: Outgoing, sent: Shown, answer: Answer): void {
    this.shown = this.shown.filter((other) => other !== sent);
    this.giveBack([message]);
    this.notice(this.complaint(answer));
  }

  private giveBack(messages: Outgoing[]): void {
    const words = messages.map((message) => message.text).filter(Boolean);
    if (!words.length) return;
    device.setDraft([...words, device.draft()].filter(Boolean).join("\n"));
    this.on.returned();
  }

  /** The door has this talk no longer: the words that were not taken come back, and another talk can begin. */
  private gone(words: string[]): void {
    if (this.stopped) return;
    this.stop();
    const { outbox } = device.read();
    device.write({ token: null, outbox: [], away: 0 });
    this.giveBack(outbox.map(({ message }) => message));
    this.on.over(words);
  }
}

/** A random UUID, also where the page is not served safely and the browser gives none. */
function identifier(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
