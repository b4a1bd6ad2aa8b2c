// The list of themes: by ARR and by voices side by side, with what each was in the quarters on record.

function makeThemes(store) {
  const body = make("tbody");
  const orders = { name: "Theme", arr: "By ARR", mentions: "By voices", trend: "By quarter" };
  const head = make("tr");
  let [order, down] = ["arr", true];
  for (const [key, words] of Object.entries(orders)) {
    const turn = () => {
      [order, down] = [key, order === key ? !down : key !== "name"];
      draw();
    };
    const inside = key === "trend" ? words : make("button", { type: "button", onclick: turn }, words);
    head.append(make("th", { scope: "col", "data-key": key }, inside));
  }
  const scroll = make("div", { class: "voc-scroll", tabindex: "0", role: "region", "aria-label": "Themes" });
  scroll.append(make("table", { class: "voc-table voc-themes" }, make("thead", {}, head), body));

  function bar(value, most, words) {
    const fillOf = make("span", { class: "voc-bar" });
    fillOf.style.width = `${Math.round((70 * value) / Math.max(most, 1))}px`;
    return make("span", { class: "voc-barred" }, fillOf, make("span", {}, words));
  }

  function row(theme, mosts) {
    const chosen = theme.theme_id === store.theme;
    const choose = () => store.set({ theme: chosen ? null : theme.theme_id, box: null });
    const name = make("button", { type: "button", class: "voc-name", dir: "auto", "aria-pressed": String(chosen), onclick: choose }, theme.name);
    const status = { proposed: "proposed", retired: theme.merged_into ? `in ${theme.merged_into}` : "retired", taxonomy: "your tag" };
    const marks = [theme.theme_id, status[theme.status]].filter(Boolean).join(" · ");
    return make(
      "tr",
      { class: chosen ? "voc-chosen" : null, "data-theme": theme.theme_id },
      make("th", { scope: "row" }, name, make("small", {}, shortened(marks, 40))),
      make("td", {}, bar(theme.arr, mosts.arr, store.money(theme.arr))),
      make("td", {}, bar(theme.mentions, mosts.mentions, `${theme.mentions} from ${theme.accounts}`)),
      make("td", {}, sparkline(theme.trend)),
    );
  }

  // Who chooses a theme on the map, or the next proposal, finds it in the list.
  let before = null;

  function bringIntoView() {
    const chosen = store.theme === before ? null : body.querySelector(".voc-chosen");
    before = store.theme;
    if (!chosen) return;
    const [top, low] = [chosen.offsetTop, chosen.offsetTop + chosen.offsetHeight];
    if (top - 40 < scroll.scrollTop || low > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = top - 80;
  }

  function draw() {
    const themes = store.view.themes.filter((theme) => store.speaksOf(theme));
    const mosts = {
      arr: Math.max(...store.view.themes.map((theme) => theme.arr), 1),
      mentions: Math.max(...store.view.themes.map((theme) => theme.mentions), 1),
    };
    const value = (theme) => (order === "name" ? theme.name.toLowerCase() : theme[order]);
    const compare = (one, other) => (value(one) < value(other) ? -1 : value(one) > value(other) ? 1 : 0);
    themes.sort((one, other) => (down ? -1 : 1) * compare(one, other));
    const none = make("tr", {}, make("td", { colspan: "4" }, store.query ? "No theme has these words." : "This run has no themes."));
    fill(body, ...(themes.length ? themes.map((theme) => row(theme, mosts)) : [none]));
    bringIntoView();
    for (const cell of head.children) {
      cell.removeAttribute("aria-sort");
      if (cell.dataset.key === order) cell.setAttribute("aria-sort", down ? "descending" : "ascending");
    }
  }

  return { node: make("div", { class: "voc-list" }, scroll), draw };
}

function sparkline(trend) {
  const most = Math.max(1, ...trend.map((quarter) => quarter.mentions));
  const said = trend.map((quarter) => `${quarter.quarter}: ${counted(quarter.mentions, "mention")}`).join(", ");
  const bars = trend.map((quarter) => {
    const bar = make("span", { class: "voc-step" });
    bar.style.height = `${Math.max(1, Math.round((18 * quarter.mentions) / most))}px`;
    return bar;
  });
  const last = trend.length ? String(trend[trend.length - 1].mentions) : "–";
  return make("span", { class: "voc-spark", role: "img", "aria-label": said || "not in these quarters", title: said }, ...bars, last);
}
