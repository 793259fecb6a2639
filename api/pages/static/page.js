// Puts the Plotly figure in the place of the plain drawing, and lets its cards be chosen.

const place = document.getElementById("figure");
const dark = matchMedia("(prefers-color-scheme: dark)");

async function figure() {
  const theme = dark.matches ? "dark" : "light";
  const answer = await fetch(`${place.dataset.figure}&theme=${theme}`);
  if (!answer.ok) throw new Error(`figure: ${answer.status}`);
  return answer.json();
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
  const here = new URL(location.href);
  const asked = new URL(place.dataset.figure, here);
  for (const address of [here, asked]) {
    for (const each of ["page", "after"]) address.searchParams.delete(each);
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
    address.searchParams.set("was", was);
  }
  place.dataset.figure = asked.pathname + asked.search;
  history.replaceState(null, "", here);
  const status = document.getElementById("changed");
  try {
    const drawn = await show();
    if (drawn) status.textContent = `${drawn.said} ${status.dataset.below}`;
  } catch {
    location.assign(here);  // there is none at this cut: the page says so
  }
}

function address(point) {
  const [kind, id] = point.customdata ?? [];
  if (kind === "item") return place.dataset.item.replace("KEY", () => encodeURIComponent(id));
  if (kind === "group") {
    const here = new URL(location.href);
    here.searchParams.append("open", id);
    here.hash = "genealogy";
    return here.href;
  }
  return null;
}

function showSeed(drawn) {
  const cards = drawn.data.find((trace) => trace.name === "cards");
  const seed = cards?.customdata.findIndex(
    ([kind, id]) => kind === "item" && id === place.dataset.key,
  );
  if (seed === undefined || seed < 0) return;
  const box = place.parentElement;
  box.scrollLeft = cards.base[seed] + cards.x[seed] / 2 - box.clientWidth / 2;
}

let turns = 0;  // answers may come out of turn; only the last is shown

async function show() {
  const turn = ++turns;
  const drawn = await figure();
  if (turn !== turns) return null;
  if (!place.classList.contains("js-plotly-plot")) place.replaceChildren();
  await Plotly.react(place, drawn.data, drawn.layout, drawn.config);
  return drawn;
}

if (place && globalThis.Plotly) {
  const drawn = await show();
  showSeed(drawn);
  // A press may be told of a line beside the card that the pointer is on: the pointer decides.
  let over = null;
  const lead = (to) => {
    over = to;
    place.classList.toggle("leads", to !== null);
  };
  place.on("plotly_hover", ({ points }) => lead(address(points[0])));
  place.on("plotly_unhover", () => lead(null));
  place.on("plotly_click", ({ points }) => {
    const to = over ?? address(points[0]);
    if (to) location.assign(to);
  });
  dark.addEventListener("change", show);
  const png = document.getElementById("png");
  png.hidden = false;
  png.addEventListener("click", () =>
    Plotly.downloadImage(place, { format: "png", filename: "genealogy", scale: 2 }),
  );
  if (cuts) {
    for (const slider of cuts.querySelectorAll("input")) slide(slider);
    cuts.hidden = false;
  }
  place.dataset.ready = "yes";
}
