// What the figures of genealogies have in common: the records of a card beside it, the next match of a
// search within it, the arrow keys from card to card, and the reader's place when the page is asked anew.

const place = document.getElementById("figure");
const cards = document.getElementById("cards");
const beside = document.getElementById("card");
const CARRIED = ["within", "card"];  // what the address says of the figure without asking anew

function links() {
  return [...document.querySelectorAll("#figure a, #cards a")];
}

function linkOf(key) {
  return links().find((link) => link.dataset.card === key);
}

function said(name) {
  return new URL(location.href).searchParams.get(name);
}

function say(to, name, value) {
  if (value) to.searchParams.set(name, value);
  else to.searchParams.delete(name);
}

// -- the panel

let turns = 0;  // answers may come out of turn; only the last is shown

async function fill(key) {
  const turn = ++turns;
  const asked = new URL(place.dataset.panel, location.href);
  asked.searchParams.set("card", key);
  const answer = await fetch(asked);
  const panel = await answer.text();
  if (turn !== turns) return false;
  beside.innerHTML = answer.ok ? panel : "";
  return answer.ok;
}

function mark(key) {
  const here = new URL(location.href);
  say(here, "card", key);
  history.replaceState(null, "", here);
  for (const link of links()) {
    if (key && link.dataset.card === key) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

async function choose(link) {
  const key = link.dataset.card;
  const led = await fill(key).catch(() => null);
  if (led === null) location.assign(link.getAttribute("href"));
  if (!led) return;
  mark(key);
  reach(linkOf(key));
  beside.querySelector("h3").focus();
  beside.scrollIntoView({ block: "nearest" });
}

function close() {
  const key = beside.firstElementChild?.dataset.card;
  turns += 1;
  beside.replaceChildren();
  mark("");
  linkOf(key)?.focus();
}

function isPlain(event) {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

document.addEventListener("click", (event) => {
  if (!isPlain(event)) return;
  const link = event.target.closest("a");
  if (link?.matches("a[data-card]")) {
    event.preventDefault();
    choose(link);
  } else if (link?.matches("#card a.close")) {
    event.preventDefault();
    close();
  } else if (link?.matches("a[data-keeps]")) {
    const to = new URL(link.getAttribute("href"), location.href);
    const carried = CARRIED.filter((name) => name !== "within" || !link.closest("form.within"));
    for (const name of carried) say(to, name, said(name));
    to.hash = "";  // it would lead away from the place that is kept
    link.setAttribute("href", to.href);
    keep();
  }
});

beside?.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});

place?.addEventListener("cut", () => {
  const key = said("card");
  if (key) fill(key).catch(() => null);
});

// -- from card to card

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function spot(link) {
  const box = link.getBoundingClientRect();
  return { link, left: Math.round(box.left), top: Math.round(box.top) };
}

function neighbour(from, [right, down]) {
  const here = spot(from);
  const [nearest] = links()
    .map(spot)
    .filter(({ left, top }) =>
      down ? left === here.left && (top - here.top) * down > 0 : (left - here.left) * right > 0,
    )
    .sort(
      (a, b) =>
        Math.abs(a.left - here.left) - Math.abs(b.left - here.left) ||
        Math.abs(a.top - here.top) - Math.abs(b.top - here.top),
    );
  return nearest?.link;
}

// Of the cards over the figure one is a stop of the Tab key: the one that was come to last.
function reach(link) {
  if (!link || link.parentElement !== cards) return;
  for (const each of cards.children) each.tabIndex = each === link ? 0 : -1;
}

cards?.addEventListener("focusin", (event) => reach(event.target));
cards?.addEventListener("keydown", (event) => {
  const way = WAYS[event.key];
  if (!way || !event.target.matches("a")) return;
  event.preventDefault();
  neighbour(event.target, way)?.focus();
});

// -- the next match

const search = document.querySelector("form.within");

function next() {
  const found = links()
    .filter((link) => link.dataset.hits)
    .map(spot)
    .sort((a, b) => a.left - b.left || a.top - b.top)
    .map(({ link }) => link);
  if (!found.length) return;
  const at = (found.findIndex((link) => link.matches(".at")) + 1) % found.length;
  found.forEach((link, nth) => link.classList.toggle("at", nth === at));
  reach(found[at]);
  found[at].scrollIntoView({ block: "nearest", inline: "center" });
  const status = document.getElementById("within-said");
  const told = found[at].getAttribute("aria-label") ?? found[at].querySelector("title").textContent;
  const what = told.split(/; |\n/).slice(0, 2).join(" · ");
  const words = { n: at + 1, of: found.length, what };
  status.textContent = status.dataset.step.replace(/\{(\w+)\}/g, (_, name) => words[name]);
}

place?.addEventListener("next", next);
search?.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const isAsked = search.elements.within.value.trim() === (said("within") ?? "");
  if (!isAsked || !links().some((link) => link.dataset.hits)) return;
  event.preventDefault();
  next();
});

// -- the reader's place

const KEPT = "place";
const page = place?.dataset.key ?? location.pathname;  // an item's path may be encoded in many ways

function keep() {
  const { top } = place.getBoundingClientRect();
  const left = place.closest(".figure").scrollLeft;
  sessionStorage.setItem(KEPT, JSON.stringify({ page, top, left }));
}

function resume() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  sessionStorage.removeItem(KEPT);
  if (kept?.page !== page) return;
  place.dataset.kept = kept.left;  // for what is drawn later
  place.closest(".figure").scrollLeft = kept.left;
  scrollBy({ top: place.getBoundingClientRect().top - kept.top, behavior: "instant" });
}

if (place) {
  addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.target.matches("form[data-keeps]")) return;
    event.target.action = event.target.action.replace(/#.*/, "");
    keep();
  });
  // Not what is searched for: the form of the search says it.
  addEventListener("formdata", ({ target, formData }) => {
    if (!target.matches("form[data-keeps]")) return;
    for (const name of CARRIED) {
      if (name === "within" && target === search) continue;
      formData.delete(name);
      if (said(name)) formData.set(name, said(name));
    }
  });
  resume();
}
