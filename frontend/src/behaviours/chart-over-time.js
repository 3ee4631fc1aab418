// Draws the series in data-chart. The same numbers stand in the table beside it.
import {
  CategoryScale,
  Chart,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from "chart.js";

Chart.register(CategoryScale, Filler, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip);

// Told apart by dash and marker too, not by colour alone.
const looks = [
  { token: "--interactive", dash: [], marker: "circle" },
  { token: "--none-solid", dash: [6, 4], marker: "rect" },
  { token: "--bad-solid", dash: [2, 3], marker: "triangle" },
  { token: "--good-solid", dash: [10, 3, 2, 3], marker: "rectRot" },
  { token: "--warn-solid", dash: [1, 4], marker: "star" },
];

export function colour(canvas, token) {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  canvas.parentElement.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

// A value between two that are missing would be a line without an end.
function isAlone(values, at) {
  return (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null;
}

function dataset(canvas, line, number, hasGaps) {
  const look = looks[number % looks.length];
  const ink = colour(canvas, look.token);
  return {
    label: line.name,
    data: line.values,
    borderColor: ink,
    backgroundColor: ink,
    borderDash: look.dash,
    borderWidth: 2,
    pointStyle: look.marker,
    pointRadius: line.values.map((value, at) => (line.values.length > 40 && !(hasGaps && isAlone(line.values, at)) ? 0 : 3)),
    spanGaps: !hasGaps, // days of which nothing is known
    tension: 0,
  };
}

function options(canvas, unit) {
  const muted = colour(canvas, "--muted");
  const grid = colour(canvas, "--line");
  const font = { family: getComputedStyle(canvas.parentElement).fontFamily, size: 12 };
  return {
    animation: false,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    scales: {
      x: { grid: { display: false }, ticks: { color: muted, font, maxTicksLimit: 8, maxRotation: 0 } },
      y: { beginAtZero: true, grace: unit ? "10%" : 0, grid: { color: grid }, border: { display: false }, ticks: unit ? { color: muted, font, callback: (value) => `${value}${unit}` } : { color: muted, font, precision: 0 } },
    },
    plugins: { legend: { align: "start", labels: { color: muted, font, usePointStyle: true, boxWidth: 8, boxHeight: 7, padding: 14 } } },
  };
}

export function mount(canvas) {
  const series = JSON.parse(canvas.dataset.chart);
  const datasets = () => series.lines.map((line, number) => dataset(canvas, line, number, series.gaps));
  const chart = new Chart(canvas, { type: "line", data: { labels: series.labels, datasets: datasets() }, options: options(canvas, series.unit) });

  const recolour = () => {
    if (!canvas.isConnected) return;
    chart.data.datasets = datasets();
    Object.assign(chart.options, options(canvas, series.unit));
    chart.update();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  matchMedia("print").addEventListener("change", () => {
    recolour(); // paper is light in both themes
    if (canvas.isConnected) chart.resize(); // and as wide as it is: nobody waits for the next frame
  });
  new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  document.addEventListener("htmx:beforeCleanupElement", function end(event) {
    if (!event.target.contains?.(canvas)) return;
    chart.destroy();
    document.removeEventListener("htmx:beforeCleanupElement", end);
  });
}
