// Draws the lines in data-chart over time, each with its name at its end. Few people unsubscribe or complain: those have
// a scale of their own, in a strip below. The same numbers stand in the table beside it.
import { CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement, Tooltip } from "chart.js";
import { colour } from "./chart-over-time.js";

Chart.register(CategoryScale, LinearScale, LineController, LineElement, PointElement, Tooltip);

// Told apart by dash and marker too, not by colour alone; the keys above the chart show the same dashes.
const looks = {
  clicked: { token: "--interactive", dash: [], marker: "circle", width: 2.5 },
  opened: { token: "--muted", dash: [7, 4], marker: "rect", width: 2 },
  unsubscribed: { token: "--ink", dash: [], marker: "rectRot", width: 1.5 },
  bounced: { token: "--warn", dash: [2, 3], marker: "triangle", width: 2 },
  complained: { token: "--bad", dash: [9, 3, 2, 3], marker: "crossRot", width: 2 },
};
const narrow = 560;
const apart = 15;

function dataset(canvas, line) {
  const look = looks[line.key];
  const ink = colour(canvas, look.token);
  return {
    label: line.name,
    data: line.values,
    yAxisID: line.few ? "few" : "many",
    borderColor: ink,
    backgroundColor: ink,
    borderDash: look.dash,
    borderWidth: look.width,
    pointStyle: look.marker,
    pointRadius: 0,
    pointHoverRadius: 4,
    tension: 0,
    clip: 4,
  };
}

function scale(paint, weight, isLower) {
  return {
    beginAtZero: true,
    grace: isLower ? "30%" : "4%",
    stack: "rows",
    stackWeight: weight,
    grid: { color: paint.line },
    border: { display: false },
    ticks: {
      color: paint.muted,
      font: paint.font,
      precision: 0,
      maxTicksLimit: isLower ? 4 : 6,
      // The lower strip's last would stand on the upper one's nought.
      callback: (value, index, all) => (isLower && index && index === all.length - 1 ? "" : value.toLocaleString("en")),
    },
  };
}

function options(canvas, series) {
  const font = { family: getComputedStyle(canvas.parentElement).fontFamily, size: 12 };
  const paint = { font, muted: colour(canvas, "--muted"), line: colour(canvas, "--line") };
  const scales = {
    x: { grid: { display: false }, ticks: { color: paint.muted, font, maxTicksLimit: canvas.clientWidth < narrow ? 4 : 9, maxRotation: 0 } },
  };
  const has = (few) => series.lines.some((line) => line.few === few);
  if (has(true)) scales.few = scale(paint, 3, has(false));
  if (has(false)) scales.many = scale(paint, 4, false);
  return {
    animation: false,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    layout: { padding: { right: canvas.parentElement.clientWidth < narrow ? 6 : 118 } },
    scales,
    plugins: { legend: { display: false }, tooltip: { usePointStyle: true } },
  };
}

const namesAtTheEnd = {
  id: "names-at-the-end",
  afterDraw(chart) {
    if (chart.canvas.parentElement.clientWidth < narrow) return;
    const { ctx, chartArea } = chart;
    const ends = chart.data.datasets
      .map((drawn, index) => ({ drawn, y: chart.getDatasetMeta(index).data.at(-1)?.y }))
      .filter((end) => end.y !== undefined)
      .sort((one, other) => one.y - other.y);
    for (let index = 1; index < ends.length; index += 1) ends[index].y = Math.max(ends[index].y, ends[index - 1].y + apart);
    ends.forEach((end, index) => {
      end.y = Math.min(end.y, chart.height - 8 - apart * (ends.length - 1 - index));
    });
    ctx.save();
    ctx.font = `12px ${chart.options.scales.x.ticks.font.family}`;
    ctx.textBaseline = "middle";
    for (const { drawn, y } of ends) {
      ctx.fillStyle = drawn.borderColor;
      ctx.fillText(drawn.label, chartArea.right + 10, y);
    }
    ctx.restore();
  },
};

export function mount(canvas) {
  const series = JSON.parse(canvas.dataset.chart);
  const datasets = () => series.lines.map((line) => dataset(canvas, line));
  const chart = new Chart(canvas, {
    type: "line",
    data: { labels: series.labels, datasets: datasets() },
    options: options(canvas, series),
    plugins: [namesAtTheEnd],
  });

  const repaint = () => {
    if (!canvas.isConnected) return;
    chart.data.datasets = datasets();
    Object.assign(chart.options, options(canvas, series));
    chart.update();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  matchMedia("print").addEventListener("change", () => {
    repaint(); // paper is light in both themes
    if (canvas.isConnected) chart.resize(); // and as wide as it is: nobody waits for the next frame
  });
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  document.addEventListener("htmx:beforeCleanupElement", function end(event) {
    if (!event.target.contains?.(canvas)) return;
    chart.destroy();
    document.removeEventListener("htmx:beforeCleanupElement", end);
  });
}
