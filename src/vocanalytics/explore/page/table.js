// The table beside the map: what the brush, the chosen theme and the search leave, to read and to tick.

const ROWS = 100;

function makeTable(store, points) {
  const chips = make("div", { class: "voc-chips" });
  const body = make("tbody");
  const all = make("input", { type: "checkbox", "aria-label": "Tick every verbatim in the table" });
  all.addEventListener("change", () => store.set({ ticked: new Set(all.checked ? store.rows() : []) }));
  const heads = { theme: "Theme", account: "Account, ARR", similarity: "Similarity" };
  const head = make("tr", {}, make("th", { scope: "col" }, all), make("th", { scope: "col" }, "Verbatim"));
  for (const [key, words] of Object.entries(heads)) {
    const order = () => store.set({ order: key, down: store.order === key ? !store.down : key === "account" });
    const title = key === "similarity" ? "How near the verbatim lies to the centre of the theme where the run put it, 0 to 1. tag: the export names the theme. placed: you moved or pinned it" : null;
    head.append(make("th", { scope: "col", "data-key": key }, make("button", { type: "button", title, onclick: order }, words)));
  }
  const more = make("button", { type: "button", class: "voc-more", onclick: () => store.set({ most: store.most + ROWS }) });
  const scroll = make("div", { class: "voc-scroll", tabindex: "0", role: "region", "aria-label": "Verbatims" });
  scroll.append(make("table", { class: "voc-table" }, make("thead", {}, head), body), more);

  function chip(words, change) {
    const away = make("button", { type: "button", "aria-label": `Remove: ${words}`, onclick: () => store.set(change) }, "×");
    return make("span", { class: "voc-chip" }, words, away);
  }

  const keys = {
    theme: (at) => store.themeOf(at)?.name ?? "",
    account: (at) => points.arr[at] ?? -1,
    similarity: (at) => points.similarity[at] ?? -1,
  };

  function sorted(rows) {
    if (!store.order) return rows;
    const key = keys[store.order];
    const sign = store.down ? -1 : 1;
    const compare = (one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0);
    return [...rows].sort((one, other) => sign * compare(one, other) || one - other);
  }

  // Names may be as long as they like; three lines of them are shown, the rest on hovering.
  function brief(name) {
    return make("span", { class: "voc-brief", dir: "auto", title: name.length > 40 ? name : null }, name);
  }

  function row(at) {
    const theme = store.themeOf(at);
    const label = `Tick ${points.feedback_id[at]}`;
    const tick = make("input", { type: "checkbox", "aria-label": label });
    tick.checked = store.ticked.has(at);
    tick.addEventListener("change", () => store.tick(at, tick.checked));
    const words = make("button", { type: "button", class: "voc-words", dir: "auto", "aria-expanded": "false" }, points.verbatim[at]);
    words.addEventListener("click", () => words.setAttribute("aria-expanded", String(words.ariaExpanded !== "true")));
    return make(
      "tr",
      { "data-at": at },
      make("td", {}, tick),
      make("td", {}, words, make("small", {}, points.feedback_id[at])),
      make("td", {}, theme ? brief(theme.name) : make("em", {}, "In no theme")),
      make("td", {}, points.account[at] ? brief(points.account[at]) : "–", make("small", {}, store.money(points.arr[at]))),
      make("td", { class: "voc-number" }, store.view.placed[at] ? "placed" : points.by_person[at] ? "tag" : (points.similarity[at]?.toFixed(2) ?? "–")),
    );
  }

  function draw() {
    const rows = store.rows();
    const shown = sorted(rows).slice(0, store.most);
    const none = make("tr", {}, make("td", { colspan: store.theme === null ? "5" : "4" }, "No verbatim is left. Remove a filter above."));
    fill(body, ...(shown.length ? shown.map(row) : [none]));
    more.hidden = rows.length <= store.most;
    more.textContent = `Show ${Math.min(ROWS, rows.length - shown.length)} more`;
    all.checked = rows.length > 0 && rows.every((at) => store.ticked.has(at));
    for (const cell of head.querySelectorAll("[data-key]")) {
      const mine = cell.dataset.key === store.order;
      cell.toggleAttribute("aria-sort", false);
      if (mine) cell.setAttribute("aria-sort", store.down ? "descending" : "ascending");
    }
    const filters = [
      store.theme !== null ? chip(`Theme: ${shortened(store.named(store.theme), 30)}`, { theme: null }) : null,
      store.box ? chip("Selected on the map", { box: null }) : null,
      store.query ? chip(`Search: ${shortened(store.query, 20)}`, { query: "" }) : null,
    ];
    const total = store.heard([...points.x.keys()]);
    const left = store.heard(rows).toLocaleString("en-US");
    const count = rows.length === points.x.length ? counted(total, "verbatim") : `${left} of ${counted(total, "verbatim")}`;
    node.classList.toggle("voc-one", store.theme !== null);
    fill(chips, make("strong", { class: "voc-count", role: "status" }, count), ...filters);
  }

  const node = make("div", { class: "voc-verbatims" }, chips, scroll);
  return { node, draw };
}
