// Suggests, while one types in the box, what the text may come to: the combobox pattern of ARIA.
// A scanner types fast and ends with Enter: that sends the form, as it does without this.

const box = document.getElementById("q");
const form = box.form;
const list = form.querySelector("[data-suggestions]");
const status = form.querySelector("[data-found]");
let asked = null;
let waiting = 0;

function options() {
  return [...list.children];
}

function chosen() {
  return document.getElementById(box.getAttribute("aria-activedescendant") ?? "");
}

function choose(option) {
  chosen()?.removeAttribute("aria-selected");
  if (!option) return box.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  box.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function show(found) {
  choose(null);
  list.replaceChildren(...found.map((each, place) => {
    const option = document.createElement("li");
    option.id = `suggestion-${place}`;
    option.role = "option";
    option.dataset.address = each.address;
    for (const part of ["name", "detail", "kind"]) {
      const text = document.createElement("span");
      text.className = part;
      text.textContent = each[part];
      option.append(text, " ");
    }
    return option;
  }));
  list.hidden = !found.length;
  box.setAttribute("aria-expanded", String(!list.hidden));
  status.textContent = found.length ? status.dataset.found.replace("{n}", found.length) : "";
}

async function suggest() {
  asked?.abort();
  asked = new AbortController();
  const text = box.value.trim();
  const about = new URLSearchParams({ q: text, lang: document.documentElement.lang.slice(0, 2) });
  try {
    const answer = await fetch(`/find.json?${about}`, { signal: asked.signal });
    if (answer.ok && box.value.trim() === text) show(await answer.json());
  } catch (error) {
    if (error.name !== "AbortError") show([]);
  }
}

function step(by) {
  const all = options();
  if (list.hidden || !all.length) return;
  const place = all.indexOf(chosen());
  // One more place than options: none is chosen there, and the box has the word.
  const next = (place + 1 + by + all.length + 1) % (all.length + 1) - 1;
  choose(all[next]);
}

if (list) {
  box.role = "combobox";
  status.role = "status";
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(suggest, 120);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      step(event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      location.assign(chosen().dataset.address);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      show([]);
    }
  });
  form.addEventListener("submit", () => asked?.abort());
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) show([]);
  });
  // The box keeps the focus: a press on a suggestion would take it, and close them.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.address);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    box.select();
  });
}
