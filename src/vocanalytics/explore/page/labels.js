// The labelling sheet: one verbatim at a time, the theme it was put into, and a person's word on it.

function render({ model, el }) {
  const items = model.get("items");
  const themes = model.get("themes");
  const name = make("input", { type: "text", value: remembered(), maxlength: "60", placeholder: "who labels" });
  const card = make("div", { class: "voc-card" });
  const notice = make("p", { class: "voc-notice", role: "status", "aria-live": "polite" });
  const result = make("div", { class: "voc-result" });
  let [at, choosing, busy] = [0, false, false];

  const view = () => model.get("view");
  const done = () => view().verdicts.filter(Boolean).length;

  function firstOpen(from = 0) {
    const places = items.map((_, place) => (from + place) % items.length);
    return places.find((place) => !view().verdicts[place]) ?? at;
  }

  function open() {
    remember(name.value);
    model.send({ do: "open", by: name.value });
  }

  function save(verdict, right = "") {
    if (busy || !items.length) return;
    if (!name.value.trim()) return say({ ok: false, line: "Your name is missing: fill it in once." });
    busy = true;
    model.send({ do: "label", by: name.value, at, verdict, right_theme_id: right });
  }

  function say({ ok, line }) {
    notice.textContent = line;
    notice.classList.toggle("voc-error", !ok);
    if (!ok) name.focus({ preventScroll: true });
  }

  function go(step) {
    at = (at + step + items.length) % items.length;
    choosing = false;
    draw();
  }

  function tool(words, onclick, more = {}) {
    return make("button", { type: "button", class: "voc-tool", onclick, ...more }, words);
  }

  function whichOne() {
    const options = themes.filter(([theme_id]) => theme_id !== items[at].theme_id);
    const choose = make("select", { "aria-label": "The right theme", name: "right" });
    choose.append(make("option", { value: "" }, "Another one, or none of them"));
    choose.append(...options.map(([theme_id, words]) => make("option", { value: theme_id }, `${words} (${theme_id})`)));
    choose.value = view().rights[at] ?? "";
    const keep = make("button", { type: "button", class: "voc-save", onclick: () => save("wrong", choose.value) }, "Save");
    return make("div", { class: "voc-which" }, make("span", {}, "It belongs in"), choose, keep);
  }

  function draw() {
    if (!items.length) {
      fill(card, make("p", {}, "The machine placed nothing in this run, so there is nothing to judge."));
      return;
    }
    const item = items[at];
    const verdict = view().verdicts[at];
    const bar = make("progress", { max: items.length, value: done(), "aria-label": "Labelled" });
    const wrong = () => {
      choosing = !choosing;
      draw();
      card.querySelector("select")?.focus({ preventScroll: true });
    };
    fill(
      card,
      make("div", { class: "voc-foot" }, make("strong", {}, `Verbatim ${at + 1} of ${items.length}`), bar, `${done()} labelled`),
      make("blockquote", { class: "voc-quote", dir: "auto" }, item.said),
      make("p", {}, "was put into ", make("strong", {}, item.theme), " ", make("small", {}, item.theme_id)),
      item.description || item.phrases.length ? make("p", { class: "voc-hint" }, item.description || item.phrases.join(", ")) : null,
      make(
        "div",
        { class: "voc-tools" },
        tool("Right theme", () => save("right"), { "data-do": "right", "aria-pressed": String(verdict === "right") }),
        tool("Wrong theme", wrong, { "data-do": "wrong", "aria-pressed": String(verdict === "wrong" || choosing) }),
        tool("Back", () => go(-1)),
        tool("Next", () => go(1)),
      ),
      choosing || verdict === "wrong" ? whichOne() : null,
    );
    fill(result, ...view().result.map((line) => make("p", {}, line)));
  }

  name.addEventListener("change", open);
  model.on("change:answer", () => {
    const answer = model.get("answer");
    const labelled = busy;
    busy = false;
    say(answer);
    if (answer.ok) {
      at = firstOpen(labelled ? at + 1 : 0);
      choosing = false;
    }
    draw();
    if (answer.ok && labelled) card.querySelector("[data-do=right]")?.focus({ preventScroll: true });
  });

  settle(el);
  const who = make("label", { class: "voc-who" }, make("span", {}, "Your name"), name);
  const hint = "Every label is saved at once. Stop when you like and come back.";
  fill(el, make("div", { class: "voc-sheet" }, make("div", { class: "voc-head" }, make("h2", {}, "Is this the right theme?"), who), card, notice, result, items.length ? make("small", {}, hint) : null));
  draw();
  if (name.value.trim()) open();
}

export default { render };
