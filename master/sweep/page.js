// Shows the chosen chunk count's lanes and rows, and tips without the browser's delay.
const select = document.getElementById("point");
const tip = document.getElementById("tip");

function show(point) {
  select.value = point;
  for (const run of document.querySelectorAll("[data-run]")) run.hidden = run.dataset.run !== point;
}
select.addEventListener("change", () => show(select.value));
show(select.value);

for (const title of document.querySelectorAll("svg title")) {
  title.parentNode.tip = title.textContent;
  title.remove();
}
document.addEventListener("pointermove", (event) => {
  const text = event.target.tip;
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = text;
  const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
  const below = event.clientY + 18;
  tip.style.left = left + "px";
  tip.style.top = (below + tip.offsetHeight < innerHeight ? below : event.clientY - tip.offsetHeight - 10) + "px";
});
document.addEventListener("click", (event) => {
  const point = event.target.dataset && event.target.dataset.point;
  if (point) show(point);
});
