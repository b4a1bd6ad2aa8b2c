// The map: a point a verbatim. Drag to select, click to choose a theme, hover to read.

const EDGE = 16;
const LABELS = 14;
const SHAPES = ["circle", "triangle", "square", "diamond"];

function makeMap(store, points, palette) {
  const hints = "Map of verbatims: alike lies near alike. Drag to select; the table and the list of themes hold the same.";
  const canvas = make("canvas", { class: "voc-canvas", role: "img", "aria-label": hints });
  const tip = make("div", { class: "voc-tip", hidden: true });
  const legend = make("div", { class: "voc-legend" });
  const node = make("div", { class: "voc-map" }, canvas, tip);
  const most = Math.max(1, ...points.arr.map((arr) => arr ?? 0));
  const crowd = Math.min(1, Math.max(0.6, Math.sqrt(900 / Math.max(1, points.x.length))));
  const radius = points.arr.map((arr) => crowd * (2.8 + 4.2 * Math.sqrt((arr ?? 0) / most)));
  const inks = [palette.grow, palette.risk, palette.navy, palette.ink_second];
  let drag = null;
  let waiting = false;

  const width = () => canvas.clientWidth;
  const height = () => canvas.clientHeight;
  const left = (at) => EDGE + points.x[at] * (width() - 2 * EDGE);
  const top = (at) => EDGE + (1 - points.y[at]) * (height() - 2 * EDGE);

  function highlighted() {
    if (store.theme !== null) return [store.theme];
    return store.view.themes.filter((theme) => theme.verbatims > 0).slice(0, 4).map((theme) => theme.theme_id);
  }

  function shape(brush, kind, x, y, r) {
    brush.beginPath();
    if (kind === "circle") brush.arc(x, y, r, 0, 2 * Math.PI);
    if (kind === "square") brush.rect(x - r * 0.9, y - r * 0.9, 1.8 * r, 1.8 * r);
    const corners = {
      triangle: [[0, -1.25], [1.15, 0.8], [-1.15, 0.8]],
      diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
    }[kind];
    (corners ?? []).forEach(([dx, dy], step) => brush[step ? "lineTo" : "moveTo"](x + dx * r, y + dy * r));
    brush.closePath();
    brush.fill();
  }

  function draw() {
    waiting = false;
    if (!width()) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = width() * ratio;
    canvas.height = height() * ratio;
    const brush = canvas.getContext("2d");
    brush.scale(ratio, ratio);
    const themes = highlighted();
    const rank = points.x.map((_, at) => themes.indexOf(store.themeOf(at)?.theme_id));
    const visible = points.x.map((_, at) => store.onMap(at));
    for (const pass of [0, 1, 2]) {
      points.x.forEach((_, at) => {
        if (pass !== (visible[at] ? (rank[at] >= 0 ? 2 : 1) : 0)) return;
        brush.globalAlpha = pass === 1 ? 0.55 : 1;
        brush.fillStyle = pass === 0 ? palette.rule : pass === 1 ? palette.rule_dark : ink(rank[at]);
        shape(brush, pass === 2 && store.theme === null ? SHAPES[rank[at]] : "circle", left(at), top(at), radius[at]);
      });
    }
    brush.globalAlpha = 1;
    drawLabels(brush, themes);
    drawBrush(brush);
    drawLegend(themes);
  }

  const ink = (rank) => (store.theme === null ? inks[rank] : palette.navy);

  // A theme's name stands where most of its points lie close together.
  const anchors = new Map();
  let anchored = null;

  function anchor(theme_id, rows) {
    if (anchored !== store.view) {
      anchors.clear();
      anchored = store.view;
    }
    if (!anchors.has(theme_id)) anchors.set(theme_id, densest(rows));
    return anchors.get(theme_id);
  }

  function densest(rows) {
    const asked = rows.length > 400 ? rows.filter((_, place) => place % Math.ceil(rows.length / 400) === 0) : rows;
    const close = (one, other) => Math.hypot(points.x[one] - points.x[other], points.y[one] - points.y[other]) < 0.05;
    const company = asked.map((one) => asked.filter((other) => close(one, other)).length);
    return asked[company.indexOf(Math.max(...company))];
  }

  function drawLabels(brush, themes) {
    const rows = new Map();
    points.x.forEach((_, at) => {
      const theme = store.themeOf(at);
      if (!theme) return;
      if (!rows.has(theme.theme_id)) rows.set(theme.theme_id, []);
      rows.get(theme.theme_id).push(at);
    });
    const first = (theme) => (themes.includes(theme.theme_id) ? 0 : 1);
    const named = store.view.themes.filter((theme) => rows.has(theme.theme_id));
    named.sort((one, other) => first(one) - first(other));
    const taken = [];
    for (const theme of named) {
      if (taken.length >= LABELS) break;
      const strong = themes.includes(theme.theme_id);
      const text = shortened(theme.name, 30);
      brush.font = `${strong ? "600 " : ""}12px ${palette.font}`;
      const wide = brush.measureText(text).width + 8;
      const at = anchor(theme.theme_id, rows.get(theme.theme_id));
      const x = Math.min(Math.max(left(at), wide / 2 + 2), width() - wide / 2 - 2);
      const y = Math.min(Math.max(top(at) - 16, 12), height() - 10);
      const box = [x - wide / 2, y - 9, x + wide / 2, y + 9];
      if (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) continue;
      taken.push(box);
      brush.fillStyle = "rgba(255,255,255,0.86)";
      brush.fillRect(box[0], box[1], wide, 18);
      brush.fillStyle = strong ? palette.ink : palette.ink_second;
      brush.textAlign = "center";
      brush.textBaseline = "middle";
      brush.fillText(text, x, y + 0.5);
    }
  }

  function drawBrush(brush) {
    if (!store.box) return;
    const { x0, y0, x1, y1 } = store.box;
    const across = (x) => EDGE + x * (width() - 2 * EDGE);
    const down = (y) => EDGE + (1 - y) * (height() - 2 * EDGE);
    brush.strokeStyle = palette.navy;
    brush.setLineDash([5, 3]);
    brush.strokeRect(across(x0), down(y1), across(x1) - across(x0), down(y0) - down(y1));
    brush.setLineDash([]);
  }

  function drawLegend(themes) {
    const names = themes.map((theme_id, rank) => {
      const mark = make("span", { class: `voc-mark voc-${store.theme === null ? SHAPES[rank] : "circle"}` });
      mark.style.color = ink(rank);
      return make("span", {}, mark, shortened(store.named(theme_id), 34));
    });
    const rest = make("span", { class: "voc-mark voc-circle" });
    rest.style.color = palette.rule_dark;
    fill(legend, ...names, make("span", {}, rest, "other themes"), make("span", {}, "larger point: more ARR"));
  }

  function later() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(draw);
  }

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  function nearest([x, y]) {
    let [found, least] = [null, 100];
    points.x.forEach((_, at) => {
      if (!store.onMap(at)) return;
      const far = (left(at) - x) ** 2 + (top(at) - y) ** 2;
      if (far < least) [found, least] = [at, far];
    });
    return found;
  }

  function brushed([x0, y0], [x1, y1]) {
    const across = (x) => (x - EDGE) / (width() - 2 * EDGE);
    const up = (y) => 1 - (y - EDGE) / (height() - 2 * EDGE);
    const [low, high] = [Math.max(y0, y1), Math.min(y0, y1)].map(up);
    return { x0: across(Math.min(x0, x1)), x1: across(Math.max(x0, x1)), y0: low, y1: high };
  }

  canvas.addEventListener("pointerdown", (event) => {
    drag = place(event);
    canvas.setPointerCapture(event.pointerId);
    tip.hidden = true;
  });
  canvas.addEventListener("pointermove", (event) => {
    const here = place(event);
    if (drag === null) return showTip(here);
    if (Math.hypot(here[0] - drag[0], here[1] - drag[1]) > 4) store.set({ box: brushed(drag, here) });
  });
  canvas.addEventListener("pointerup", (event) => {
    const here = place(event);
    const moved = drag !== null && Math.hypot(here[0] - drag[0], here[1] - drag[1]) > 4;
    drag = null;
    if (moved) return;
    const at = nearest(here);
    if (at === null) store.set({ box: null });
    else store.set({ theme: store.themeOf(at)?.theme_id ?? null, box: null });
  });
  canvas.addEventListener("pointerleave", () => (tip.hidden = true));

  function showTip(here) {
    const at = nearest(here);
    tip.hidden = at === null;
    if (at === null) return;
    const who = [points.account[at], points.arr[at] === null ? null : store.money(points.arr[at])].filter(Boolean);
    fill(
      tip,
      make("strong", {}, store.themeOf(at)?.name ?? "In no theme"),
      make("q", { dir: "auto" }, shortened(points.verbatim[at], 280)),
      make("small", {}, [...who, points.feedback_id[at]].join(" · ")),
    );
    tip.style.left = `${Math.min(Math.max(8, here[0] + 12), Math.max(8, width() - 300))}px`;
    tip.style.top = here[1] > height() / 2 ? "auto" : `${here[1] + 14}px`;
    tip.style.bottom = here[1] > height() / 2 ? `${height() - here[1] + 10}px` : "auto";
  }

  new ResizeObserver(later).observe(canvas);
  return { node, legend, draw: later };
}
