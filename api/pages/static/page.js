// Puts the Plotly figure in the place of the plain drawing; figure.js lets its cards be chosen.

const place = document.getElementById("figure");
const dark = matchMedia("(prefers-color-scheme: dark)");

async function figure() {
  const theme = dark.matches ? "dark" : "light";
  const answer = await fetch(`${place.dataset.figure}&theme=${theme}`);
  if (!answer.ok) throw new Error(`figure: ${answer.status}`);
  return answer.json();
}

// What is asked goes into the address, so that a link shows others the same.
function ask(changes) {
  const here = new URL(location.href);
  const asked = ["figure", "panel"].map((name) => [name, new URL(place.dataset[name], here)]);
  for (const to of [here, ...asked.map(([, each]) => each)]) {
    for (const [name, value] of Object.entries(changes)) {
      if (value) to.searchParams.set(name, value);
      else to.searchParams.delete(name);
    }
  }
  for (const [name, to] of asked) place.dataset[name] = to.pathname + to.search;
  history.replaceState(null, "", here);
}

// Sliders over the instants at which something happened, or was recorded: they fill in the fields of
// the question, and the figure and the address follow.

const cuts = document.getElementById("cuts");

function field(name) {
  return document.querySelector(`form.question input[name="${name}"]`);
}

function slide(slider) {
  const steps = [...JSON.parse(slider.dataset.steps), ""];
  const said = slider.parentElement.querySelector("output");
  const now = field(slider.dataset.cut).value;
  const after = steps.findIndex((step) => step === now || (now && step > now));
  slider.value = now === "" || after < 0 ? steps.length - 1 : after;
  const tell = () => {
    const step = steps[slider.value];
    said.value = step ? step.replace("T", " ").replace(/(:\d\d)(\.\d+)?Z$/, "$1") : slider.dataset.all;
    slider.setAttribute("aria-valuetext", said.value);
  };
  slider.addEventListener("input", tell);
  slider.addEventListener("change", () => cut(slider.dataset.cut, steps[slider.value]));
  tell();
}

async function cut(name, value) {
  const was = `${field("as_of").value},${field("known_at").value}`;
  field(name).value = value;
  ask({ page: "", after: "", [name]: value, was });
  const status = document.getElementById("changed");
  try {
    const drawn = await show();
    if (!drawn) return;
    status.textContent = `${drawn.said} ${status.dataset.below}`;
    tellFound(drawn);
    place.dispatchEvent(new Event("cut"));
  } catch {
    location.reload();  // there is none at this cut: the page says so
  }
}

// A search within the figure, while one types; Enter leads to the next match.

const form = document.querySelector("form.within");
const found = document.getElementById("within-said");
let searching = Promise.resolve();
let pause;

function tellFound(drawn) {
  document.getElementById("within-hits")?.remove();  // it lists what was found before
  found.textContent = drawn.found;
}

async function search() {
  ask({ within: form.elements.within.value.trim() });
  const drawn = await show();
  if (drawn) tellFound(drawn);
}

function searchNow() {
  clearTimeout(pause);
  searching = search();
  return searching;
}

function listen() {
  const typed = form.elements.within;
  typed.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(searchNow, 250);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = new URL(location.href).searchParams.get("within") ?? "";
    await (typed.value.trim() === asked ? searching : searchNow());
    place.dispatchEvent(new Event("next"));
  });
}

// Over the cards, which Plotly draws as bars, lie links: for the keyboard, and for those who listen.

const layer = document.getElementById("cards");
const box = place?.closest(".figure");

function address({ kind, id }) {
  if (kind === "item") return place.dataset.item.replace("KEY", () => encodeURIComponent(id));
  const here = new URL(location.href);
  here.searchParams.append("open", id);
  here.hash = "genealogy";
  return here.href;
}

function link(card) {
  const over = document.createElement("a");
  over.href = address(card);
  over.tabIndex = -1;
  over.dataset.id = card.id;
  over.setAttribute("aria-label", card.said);
  if (card.kind === "item") over.dataset.card = card.id;
  else over.dataset.keeps = "";
  if (card.hits) over.dataset.hits = card.hits;
  for (const side of ["left", "top", "width", "height"]) over.style[side] = `${card[side]}px`;
  return over;
}

function linkOf(id) {
  return [...layer.children].find((each) => each.dataset.id === id);
}

// The card that the reader came to last stays where it is in the window of the figure.
function overlay(drawn) {
  const before = layer.querySelector("a[tabindex='0']");
  const chosen = new URL(location.href).searchParams.get("card");
  const id = before?.dataset.id ?? chosen ?? place.dataset.key;
  const left = before?.offsetLeft;
  layer.replaceChildren(...drawn.cards.map(link));
  layer.hidden = false;
  linkOf(chosen)?.setAttribute("aria-current", "true");
  const stop = linkOf(id) ?? linkOf(place.dataset.key) ?? layer.firstElementChild;
  if (!stop) return;
  stop.tabIndex = 0;
  if (before) box.scrollLeft += stop.dataset.id === id ? stop.offsetLeft - left : 0;
  else {
    const middle = stop.offsetLeft + stop.offsetWidth / 2;
    box.scrollLeft = place.dataset.kept ?? middle - box.clientWidth / 2;
  }
}

let turns = 0;  // answers may come out of turn; only the last is shown

async function show() {
  const turn = ++turns;
  const drawn = await figure();
  if (turn !== turns) return null;
  if (!place.classList.contains("js-plotly-plot")) place.replaceChildren();
  await Plotly.react(place, drawn.data, drawn.layout, drawn.config);
  overlay(drawn);
  return drawn;
}

if (place && globalThis.Plotly) {
  listen();
  if (cuts) {
    for (const slider of cuts.querySelectorAll("input")) slide(slider);
    cuts.hidden = false;
  }
  await show();
  // A press may be told of a line beside the card that the pointer is on: the pointer decides.
  let over = null;
  const lead = (to) => {
    over = to;
    place.classList.toggle("leads", Boolean(to));
  };
  const under = ({ customdata }) => (customdata ? linkOf(customdata[1]) : null);
  place.on("plotly_hover", ({ points }) => lead(under(points[0])));
  place.on("plotly_unhover", () => lead(null));
  place.on("plotly_click", ({ points }) => (over ?? under(points[0]))?.click());
  dark.addEventListener("change", show);
  const png = document.getElementById("png");
  png.hidden = false;
  png.addEventListener("click", () =>
    Plotly.downloadImage(place, { format: "png", filename: "genealogy", scale: 2 }),
  );
  place.dataset.ready = "yes";
}
