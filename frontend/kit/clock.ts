/** Ends what it stands for; a second call does nothing. */
export type Cancel = () => void;

/** Runs `job` once after `ms`. */
export function after(ms: number, job: () => void): Cancel {
  const timer = setTimeout(job, ms);
  return () => clearTimeout(timer);
}

/** Milliseconds that only grow; not the time of day. */
export function now(): number {
  return performance.now();
}

let aheadMs = 0;

/** The server said what time it is (ms since 1970): a screen's own clock may be hours off. */
export function hearTime(serverMs: number): void {
  if (isFinite(serverMs) && serverMs > 0) aheadMs = serverMs - Date.now();
}

/** The server's time of day, ms since 1970; this machine's until the server has said its own. */
export function serverNow(): number {
  return Date.now() + aheadMs;
}

/** A random share of `ms`, from half to one and a half, so that a thousand screens do not return at once. */
export function jitter(ms: number): number {
  return ms * (0.5 + Math.random());
}

/** When a post was written, in the wall's language: the hour today, the day before that. */
export function timeOf(ms: number, lang: string, today = new Date()): string {
  const when = new Date(ms);
  const sameDay = when.toDateString() === today.toDateString();
  const form: Intl.DateTimeFormatOptions = sameDay
    ? { hour: "2-digit", minute: "2-digit" }
    : { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  try {
    return new Intl.DateTimeFormat(lang || undefined, form).format(when);
  } catch {
    return new Intl.DateTimeFormat(undefined, form).format(when); // a language tag this engine refuses
  }
}
