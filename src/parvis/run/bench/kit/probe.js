// What a page is asked while it is measured. It changes nothing; parvis.run.bench.screen reads window.probe.
(() => {
  const card = CARD;
  const probe = (window.probe = { first: null, tasks: [], moves: [], about: {}, covered: null });
  const epoch = () => performance.timeOrigin + performance.now();
  new PerformanceObserver((list) => list.getEntries().forEach((one) => probe.tasks.push([one.startTime, one.duration])))
    .observe({ type: "longtask", buffered: true });

  const isVisible = (element) => {
    const box = element.getBoundingClientRect();
    let opacity = 1;
    for (let one = element; one && one.nodeType === 1; one = one.parentElement) opacity *= +getComputedStyle(one).opacity;
    return box.width > 8 && box.height > 8 && box.bottom > 0 && box.top < innerHeight && opacity > 0.5;
  };
  const first = () => {
    const element = document.querySelector(card);
    if (!element) return;
    probe.first = 0;
    const look = () => {
      if (isVisible(element) || !element.isConnected) probe.first = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  };

  // A frame was given out when the next one begins.
  const drawn = (tell) => requestAnimationFrame(() => requestAnimationFrame(tell));
  probe.watch = (key) => (probe.about[key] = { heard: null, drawn: null });
  const decode = TextDecoder.prototype.decode;
  TextDecoder.prototype.decode = function (...given) {
    const text = decode.apply(this, given);
    for (const key in probe.about) if (probe.about[key].heard === null && text.includes(`"${key}"`)) probe.about[key].heard = epoch();
    return text;
  };
  const standing = () => {
    for (const key in probe.about) {
      const one = probe.about[key];
      if (one.drawn !== null || !document.querySelector(`[data-post-id="${key}"]`)) continue;
      one.drawn = 0;
      drawn(() => (one.drawn = epoch()));
    }
  };

  let moving = false;
  const moves = () => {
    const now = document.querySelector(".arrives") !== null;
    if (now === moving) return;
    moving = now;
    if (!now) {
      performance.mark("move-end");
      if (probe.moves.length) probe.moves[probe.moves.length - 1][1] = performance.now();
    } else {
      drawn(() => {
        performance.mark("move-begin");
        probe.moves.push([performance.now(), null]);
      });
    }
  };
  const cover = () => {
    if (probe.covered !== null || !document.querySelector("parvis-stage.panic")) return;
    probe.covered = 0;
    drawn(() => (probe.covered = epoch()));
  };
  const changed = () => {
    if (probe.first === null) first();
    standing();
    moves();
    cover();
  };
  const start = () => {
    const what = { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] };
    new MutationObserver(changed).observe(document.documentElement, what);
    changed();
  };
  if (document.documentElement) start();
  else document.addEventListener("readystatechange", start, { once: true });

  probe.frames = (ms) =>
    new Promise((done) => {
      const times = [];
      const began = performance.now();
      const step = (now) => {
        times.push(now);
        if (now - began < ms) requestAnimationFrame(step);
        else done(times);
      };
      requestAnimationFrame(step);
    });
})();
