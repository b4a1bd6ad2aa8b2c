// Elements without markup: every word from outside is set as text, so nothing in a verbatim can act.

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// New children; whoever worked in the old ones with the keyboard goes on at the same place.
function fill(node, ...children) {
  const path = [];
  for (let at = document.activeElement; node.contains(at) && at !== node; at = at.parentElement) {
    path.unshift([...at.parentElement.children].indexOf(at));
  }
  const worked = path.length ? document.activeElement.tagName : null;
  node.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
  const there = path.reduce((at, place) => at?.children[place], node);
  if (worked && there?.tagName === worked) there.focus({ preventScroll: true });
}

// Keys that are meant for the page stay in it: a letter would otherwise be a command of the notebook around it.
function settle(el) {
  el.classList.add("voc-x");
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  el.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
}

function counted(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
}

function inMoney(currency) {
  const options = { style: "currency", currency, notation: "compact", maximumSignificantDigits: 3 };
  const format = new Intl.NumberFormat("en-US", options);
  return (amount) => (amount === null || amount === undefined ? "–" : format.format(amount));
}

function shortened(text, most) {
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;
}

// Who works here is asked once a browser.
function remembered() {
  try {
    return window.localStorage.getItem("vocanalytics.by") ?? "";
  } catch {
    return "";
  }
}

function remember(by) {
  try {
    window.localStorage.setItem("vocanalytics.by", by);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
