// Has a large scope worked out while its reader looks at how far it can reach, then shows it.

const link = document.querySelector("#whole a");
const working = document.getElementById("working");

working.hidden = false;
link.parentElement.hidden = true;
try {
  const answer = await fetch(link.href, { redirect: "manual" });
  if (answer.type !== "opaqueredirect") throw new Error(`scope: ${answer.status}`);
  location.replace(link.dataset.then + location.hash);
} catch {
  working.textContent = working.dataset.failed;
  link.parentElement.hidden = false;
}
