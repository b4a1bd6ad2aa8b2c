// The panel: what is known of the chosen theme, what can be changed, and what was changed before.

const ACTIONS = {
  confirm: { label: "Confirm", fields: ["name", "description"], hint: "It gets a permanent id; twenty of its verbatims, drawn across the whole theme, become its examples." },
  rename: { label: "Rename", fields: ["name"], hint: "Files and tags that use the old name still mean this theme." },
  describe: { label: "Describe", fields: ["description"], hint: "The sentence that settles doubtful cases." },
  merge: { label: "Merge", fields: ["into"], hint: "This theme becomes part of the other one; no third theme changes." },
  split: { label: "Split", fields: ["name"], picks: "theme", hint: "The selected verbatims become a theme of their own." },
  move: { label: "Move", fields: ["anywhere"], picks: "any", hint: "The selected verbatims belong there from now on." },
  pin: { label: "Pin", fields: [], picks: "theme", hint: "The selected verbatims stay in this theme, whatever the machine finds next quarter." },
  retire: { label: "Retire", fields: [], hint: "Its verbatims will be proposed elsewhere; nothing is lost, and Restore brings it back. What carries its tag in the export stays: Merge instead, or Move it." },
  restore: { label: "Restore", fields: [], hint: "It gathers verbatims again." },
};

function allowed(theme) {
  if (!theme) return ["move"];
  if (!theme.in_codebook) return ["confirm", "merge", "move"];
  if (theme.status === "retired") return ["restore", "rename", "describe"];
  const always = ["rename", "describe", "merge", "split", "move", "pin", "retire"];
  return theme.status === "proposed" ? ["restore", ...always] : always;
}

function makePanel(store, ask) {
  const about = make("div", { class: "voc-about" });
  const tools = make("div", { class: "voc-tools", role: "group", "aria-label": "Change this theme" });
  const form = make("form", { class: "voc-form" });
  const notice = make("p", { class: "voc-notice", role: "status", "aria-live": "polite" });
  const log = make("ol", { class: "voc-log" });
  const name = make("input", { type: "text", value: remembered(), maxlength: "60", placeholder: "once, for the log" });
  name.addEventListener("change", () => remember(name.value));
  const undo = make("button", { type: "button", class: "voc-tool", onclick: () => send({ do: "undo" }) }, "Undo");
  const reload = make("button", { type: "button", class: "voc-tool", onclick: () => send({ do: "reload" }) }, "Read again");
  let [action, busy] = [null, false];

  function send(asked) {
    if (busy) return;
    busy = true;
    say({ ok: true, line: "Writing…" });
    ask({ why: "", ...asked, by: name.value, theme_id: store.theme });
    draw();
  }

  function say({ ok, line }) {
    notice.textContent = line;
    notice.classList.toggle("voc-error", !ok);
  }

  function answered(answer) {
    busy = false;
    say(answer);
    if (answer.ok) {
      if (ACTIONS[action]?.picks) store.set({ ticked: new Set(), box: null });
      action = null;
    }
    draw();
    if (answer.ok) tools.querySelector("button")?.focus({ preventScroll: true });
    else if (!name.value.trim()) name.focus({ preventScroll: true });
    notice.scrollIntoView({ block: "nearest" });
  }

  function fact(words, ...children) {
    return make("div", { class: "voc-fact" }, make("span", {}, words), make("div", {}, ...children));
  }

  function drawAbout(theme) {
    if (!theme) {
      const line = "Choose a theme in the list, or click a point on the map. Drag over the map to select verbatims.";
      fill(about, make("h3", {}, "Curate the themes"), make("p", {}, line), nextProposal());
      return;
    }
    const status = { proposed: "proposed by the machine", taxonomy: "from your own tags", retired: "retired", active: "in the codebook" };
    const beside = theme.verbatims - theme.mentions;
    const more = beside > 0 ? `; ${beside.toLocaleString("en-US")} more of accounts that do not count in the score` : "";
    const sizes = `${counted(theme.mentions, "mention")} from ${counted(theme.accounts, "account")}, ${store.money(theme.arr)} ARR${more}`;
    const quarters = theme.trend.map((then) => `${then.quarter} ${then.mentions} (${store.money(then.arr)})`).join(" · ");
    const near = theme.near.slice(0, 4).map(([other, similarity]) => {
      const go = () => store.set({ theme: other, box: null });
      return make("button", { type: "button", class: "voc-near", onclick: go }, make("bdi", {}, shortened(store.named(other), 34)), ` ${similarity.toFixed(2)}`);
    });
    fill(
      about,
      make("h3", {}, make("bdi", {}, theme.name), " ", make("small", {}, `${theme.theme_id} · ${status[theme.status] ?? theme.status}`)),
      make("p", {}, theme.description || make("em", {}, "No description yet.")),
      fact("Size", sizes),
      fact("Trend", quarters || "not in the quarters on record"),
      theme.phrases.length ? fact("Words", theme.phrases.join(", ")) : null,
      near.length ? fact("Nearest", ...near) : null,
      nextProposal(theme),
    );
  }

  // What is left to do: the proposal with the most ARR that is not on the screen.
  function nextProposal(theme = null) {
    const open = store.view.themes.filter((other) => !other.in_codebook);
    const next = open.find((other) => other !== theme);
    if (!next) return null;
    const go = () => store.set({ theme: next.theme_id, box: null });
    const button = make("button", { type: "button", class: "voc-near", onclick: go }, shortened(next.name, 34));
    return fact("To do", `${counted(open.length, "proposal")} to confirm or merge. Next:`, button);
  }

  function picked(theme) {
    const rows = store.picked();
    if (ACTIONS[action].picks === "any" || !theme) return rows;
    return rows.filter((at) => store.themeOf(at)?.theme_id === theme.theme_id);
  }

  function choices(theme, withNone) {
    const near = new Map((theme?.near ?? []).map(([other, similarity]) => [other, similarity]));
    const open = store.view.themes.filter((other) => other.status !== "retired" && other.theme_id !== theme?.theme_id);
    const rank = (other) => near.get(other.theme_id) ?? -1;
    open.sort((one, other) => rank(other) - rank(one) || one.name.localeCompare(other.name, "en"));
    const options = open.map((other) => {
      const close = near.has(other.theme_id) ? `, nearness ${near.get(other.theme_id).toFixed(2)}` : "";
      const proposed = other.in_codebook ? "" : ", proposed: will be confirmed";
      return make("option", { value: other.theme_id }, `${other.name} (${other.theme_id}${close}${proposed})`);
    });
    const first = make("option", { value: "" }, "Choose a theme");
    return [first, ...options, ...(withNone ? [make("option", { value: "none" }, "No theme")] : [])];
  }

  const FIELDS = {
    name: (theme) => ["Name", make("input", { type: "text", name: "name", maxlength: "120", required: true, value: action === "split" ? "" : (theme?.name ?? "") })],
    description: (theme) => ["Description", make("textarea", { name: "description", rows: "2", value: theme?.description ?? "" })],
    into: (theme) => ["Into", make("select", { name: "into", required: true }, ...choices(theme, false))],
    anywhere: (theme) => ["To", make("select", { name: "into", required: true }, ...choices(theme, true))],
  };

  function drawForm(theme) {
    form.hidden = action === null;
    if (action === null) return fill(form);
    const { label, fields, hint } = ACTIONS[action];
    const inputs = fields.map((field) => FIELDS[field](theme));
    const why = make("input", { type: "text", name: "why", maxlength: "300", placeholder: "for whoever reads the log" });
    const labelled = [...inputs, ["Reason", why]].map(([words, input]) => make("label", {}, make("span", {}, words), input));
    const save = make("button", { type: "submit", class: "voc-save" }, label);
    fill(form, make("p", { class: "voc-hint" }, hint), ...labelled, make("div", { class: "voc-end" }, save, pickedLine(theme, save)));
  }

  function pickedLine(theme, save) {
    const line = make("span", { class: "voc-picked" });
    if (!ACTIONS[action].picks) return line;
    const rows = picked(theme);
    const whole = store.picked().length;
    line.textContent = rows.length
      ? `for ${counted(rows.length, "selected verbatim")}${rows.length < whole ? ` of ${whole}, those in this theme` : ""}`
      : "Select verbatims first: drag over the map, or tick rows of the table.";
    save.disabled = rows.length === 0;
    return line;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    const theme = store.chosen();
    if (given.into === "none") given.into = null;
    send({ do: action, ...given, picked: ACTIONS[action].picks ? picked(theme) : [] });
  });

  function drawTools(theme) {
    const open = allowed(theme);
    if (!open.includes(action)) action = null;
    const button = (key) => {
      const turn = () => {
        action = action === key ? null : key;
        if (action !== null) say({ ok: true, line: "" });
        draw();
        form.querySelector("input, select, textarea")?.focus({ preventScroll: true });
        if (action !== null) form.scrollIntoView({ block: "nearest" });
      };
      const pressed = String(action === key);
      return make("button", { type: "button", class: "voc-tool", "data-do": key, "aria-pressed": pressed, onclick: turn }, ACTIONS[key].label);
    };
    fill(tools, ...open.map(button));
  }

  function drawLog() {
    const lines = store.view.log.map(({ line, why, undone }) =>
      make("li", { class: undone ? "voc-undone" : null }, make("span", {}, line), why ? make("small", {}, ` ${why}`) : null, undone ? make("small", {}, " taken back") : null),
    );
    fill(log, ...(lines.length ? lines : [make("li", {}, "No changes yet.")]));
  }

  let drawn = null;

  function draw(changed) {
    const theme = store.chosen();
    drawAbout(theme);
    drawTools(theme);
    const typing = changed && changed.every((key) => ["ticked", "box", "query", "order", "down", "most"].includes(key));
    if (typing && drawn === action && action !== null) {
      form.querySelector(".voc-picked")?.replaceWith(pickedLine(theme, form.querySelector(".voc-save")));
    } else drawForm(theme);
    drawn = action;
    drawLog();
    undo.disabled = busy || !store.view.log.some((change) => change.can_undo && !change.undone);
  }

  const who = make("label", { class: "voc-who" }, make("span", {}, "Your name"), name);
  const foot = make("div", { class: "voc-foot" }, make("strong", {}, "Last changes"), undo, reload);
  return { node: make("div", { class: "voc-panel" }, who, about, tools, form, notice, foot, log), draw, answered };
}
