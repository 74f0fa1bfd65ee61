// A screen that cannot keep up shows calm fades instead of moves: told by the frames that it gave while something moved.
const LOOKED_AT = 3;
const SLOW_MS = 50;

/** Watches the frames of the first turns under `stage`; when each of three was slow, the wall turns calm until it is reloaded. */
export function watchPace(stage: HTMLElement): void {
  let looks = 0;
  let slow = 0;
  let looking = false;
  const tell = (event: Event): void => {
    if (looking || document.hidden) return;
    looking = true;
    frameOf((event as CustomEvent<number>).detail, (ms) => {
      looking = false;
      slow = ms > SLOW_MS ? slow + 1 : 0;
      if (slow >= LOOKED_AT) {
        document.documentElement.dataset["slow"] = document.documentElement.dataset["calm"] = "yes";
      }
      if (slow >= LOOKED_AT || (++looks >= 2 * LOOKED_AT && slow === 0)) stage.removeEventListener("parvis-turn", tell);
    });
  };
  stage.addEventListener("parvis-turn", tell);
}

/** How long a frame took on average, over so many ms. */
function frameOf(over: number, done: (ms: number) => void): void {
  let first = 0;
  let frames = 0;
  const step = (at: number): void => {
    first = first || at;
    if (at - first >= over) return done((at - first) / frames);
    frames++;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
