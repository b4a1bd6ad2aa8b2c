// The page of explore_themes. What is chosen, brushed, ticked and searched lives in one place, the store.

function makeStore(points, view) {
  const words = points.verbatim.map((verbatim, at) => `${verbatim} ${points.account[at]} ${points.feedback_id[at]}`.toLowerCase());
  const listeners = [];
  const store = {
    view,
    theme: null,
    box: null,
    query: "",
    ticked: new Set(),
    order: null,
    down: true,
    most: ROWS,
    money: inMoney(points.currency),
    // One verbatim that asks for two things is on the map twice, and is counted once.
    heard: (rows) => new Set(rows.map((at) => points.feedback_id[at])).size,
    listen: (listener) => listeners.push(listener),
    set(change) {
      if ("theme" in change || "box" in change || "query" in change) change = { most: ROWS, ...change };
      Object.assign(store, change);
      listeners.forEach((listener) => listener(Object.keys(change)));
    },
    tick(at, on) {
      const ticked = new Set(store.ticked);
      on ? ticked.add(at) : ticked.delete(at);
      store.set({ ticked });
    },
    themeOf: (at) => store.view.themes[store.view.of[at]] ?? null,
    chosen: () => store.view.themes.find((theme) => theme.theme_id === store.theme) ?? null,
    named: (theme_id) => store.view.themes.find((theme) => theme.theme_id === theme_id)?.name ?? theme_id,
    found(at) {
      const theme = store.themeOf(at);
      return asked().every((word) => words[at].includes(word) || theme?.name.toLowerCase().includes(word));
    },
    inBox(at) {
      const box = store.box;
      return !box || (points.x[at] >= box.x0 && points.x[at] <= box.x1 && points.y[at] >= box.y0 && points.y[at] <= box.y1);
    },
    onMap: (at) => store.found(at) && store.inBox(at),
    rows() {
      const inTheme = (at) => store.theme === null || store.themeOf(at)?.theme_id === store.theme;
      return points.x.map((_, at) => at).filter((at) => inTheme(at) && store.onMap(at));
    },
    picked() {
      if (store.ticked.size) return [...store.ticked].sort((one, other) => one - other);
      return store.box ? store.rows() : [];
    },
    speaksOf(theme) {
      if (!store.query) return true;
      const named = asked().every((word) => theme.name.toLowerCase().includes(word));
      return named || points.x.some((_, at) => store.themeOf(at) === theme && store.found(at));
    },
  };
  const asked = () => store.query.toLowerCase().split(/\s+/).filter(Boolean);
  return store;
}

function render({ model, el }) {
  const points = model.get("points");
  const store = makeStore(points, model.get("view"));
  const search = make("input", { type: "search", class: "voc-search", "aria-label": "Search", placeholder: "Search words, themes, accounts" });
  search.addEventListener("input", () => store.set({ query: search.value.trim() }));
  const [map, table, themes] = [makeMap(store, points, model.get("palette")), makeTable(store, points), makeThemes(store)];
  const panel = makePanel(store, (asked) => model.send(asked));
  const onMap = new Set(points.feedback_id).size;
  const drawn = onMap < points.verbatims ? `, ${onMap.toLocaleString("en-US")} of them drawn by lot` : "";
  const title = `${points.quarter}: ${counted(points.verbatims, "verbatim")}${drawn}`;
  const head = make("div", { class: "voc-head" }, make("h2", {}, title), make("small", {}, `run ${points.run_id}`), search);
  const first = make("section", { "aria-label": "Map" }, map.node, map.legend);
  settle(el);
  fill(el, head, make("div", { class: "voc-grid" }, first, table.node, themes.node, panel.node));

  function draw(changed = null) {
    if (search.value.trim() !== store.query) search.value = store.query;
    map.draw();
    table.draw();
    if (changed === null || changed.some((key) => ["theme", "query", "view"].includes(key))) themes.draw();
    panel.draw(changed);
  }

  store.listen(draw);
  model.on("change:view", () => {
    const view = model.get("view");
    const there = (theme_id) => view.themes.some((theme) => theme.theme_id === theme_id);
    const theme = [view.follow, store.theme].find((theme_id) => theme_id && there(theme_id)) ?? null;
    store.set({ view, theme });
  });
  model.on("change:answer", () => panel.answered(model.get("answer")));
  draw();
}

export default { render };
