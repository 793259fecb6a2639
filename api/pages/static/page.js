// Puts the Plotly figure in the place of the plain drawing, and lets its cards be chosen.

const place = document.getElementById("figure");
const dark = matchMedia("(prefers-color-scheme: dark)");

async function figure() {
  const theme = dark.matches ? "dark" : "light";
  const answer = await fetch(`${place.dataset.figure}&theme=${theme}`);
  if (!answer.ok) throw new Error(`figure: ${answer.status}`);
  return answer.json();
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

async function show() {
  const drawn = await figure();
  if (!place.classList.contains("js-plotly-plot")) place.replaceChildren();
  await Plotly.react(place, drawn.data, drawn.layout, drawn.config);
  return drawn;
}

if (place && globalThis.Plotly) {
  const drawn = await show();
  showSeed(drawn);
  place.on("plotly_click", ({ points }) => {
    const to = address(points[0]);
    if (to) location.assign(to);
  });
  place.on("plotly_hover", ({ points }) => {
    place.classList.toggle("leads", address(points[0]) !== null);
  });
  place.on("plotly_unhover", () => place.classList.remove("leads"));
  dark.addEventListener("change", show);
  const png = document.getElementById("png");
  png.hidden = false;
  png.addEventListener("click", () =>
    Plotly.downloadImage(place, { format: "png", filename: "genealogy", scale: 2 }),
  );
  place.dataset.ready = "yes";
}
