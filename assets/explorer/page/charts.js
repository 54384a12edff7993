// Small charts of our own, in SVG. Each says in words what it shows; no colour carries meaning alone.
"use strict";

// Where a value stands between the lowest and the highest of its list, with the median.
egov.strip = (value) => {
  const numbers = value.of.values.map((each) => each.value).filter((each) => each !== null)
    .map(Number).sort((a, b) => a - b);
  if (value.value === null || numbers.length < 3) return null;
  const [low, high] = [numbers[0], numbers.at(-1)];
  const median = numbers[Math.floor(numbers.length / 2)];
  const at = (number) => (high === low ? 60 : 4 + (112 * (number - low)) / (high - low));
  return egov.svg("svg", {
    class: "strip", viewBox: "0 0 120 16", width: "120", height: "16", role: "img",
    "aria-label": egov.t("strip", { low: egov.number(low), high: egov.number(high), median: egov.number(median) }),
  },
  egov.svg("line", { class: "span", x1: 4, x2: 116, y1: 8, y2: 8 }),
  egov.svg("line", { class: "median", x1: at(median), x2: at(median), y1: 2, y2: 14 }),
  egov.svg("circle", { class: "own", cx: at(Number(value.value)), cy: 8, r: 5 }));
};

// Ranks over the years of one category: a line only inside one method, between neighbouring years.
egov.history = (values, title) => {
  const points = egov.sorted(values.filter((v) => egov.rankOf(v) !== null), (v) => v.of.assessment_year);
  const years = points.map((v) => v.of.assessment_year);
  const [first, last] = [Math.min(...years), Math.max(...years)];
  const worst = Math.max(...points.map((v) => v.of.bodies_expected ?? v.of.bodies_held), ...points.map(egov.rankOf));
  const x = (year) => (first === last ? 130 : 22 + (216 * (year - first)) / (last - first));
  const y = (rank) => 20 + (56 * (rank - 1)) / Math.max(1, worst - 1);
  const marks = [];
  points.forEach((value, i) => {
    const [year, rank, before] = [value.of.assessment_year, egov.rankOf(value), points[i - 1]];
    if (before) {
      const [was, then] = [before.of.assessment_year, egov.rankOf(before)];
      if (before.of.regime !== value.of.regime) {
        const middle = (x(was) + x(year)) / 2;
        marks.push(egov.svg("line", { class: "break", x1: middle, x2: middle, y1: 8, y2: 84 }));
      } else if (year === was + 1) {
        marks.push(egov.svg("line", { class: "line", x1: x(was), y1: y(then), x2: x(year), y2: y(rank) }));
      }
    }
    marks.push(
      egov.svg("circle", { class: "own", cx: x(year), cy: y(rank), r: 4 }),
      egov.svg("text", { class: "rank", x: x(year), y: y(rank) - 7, "text-anchor": "middle" }, rank),
      egov.svg("text", { class: "year", x: x(year), y: 98, "text-anchor": "middle" }, year));
  });
  const said = points.map((v) => `${v.of.assessment_year}: ${egov.rankOf(v)}`).join("; ");
  return egov.h("figure", { class: "history" }, egov.h("figcaption", null, title),
    egov.svg("svg", { viewBox: "0 0 260 104", role: "img", "aria-label": `${title}. ${said}` }, marks));
};

// From one number to another in signed steps: [{label, amount}], amounts as numbers.
egov.waterfall = (from, steps, to, title) => {
  const moves = steps.filter((step) => step.amount !== 0);
  let at = from;
  const bars = moves.map((step) => {
    const bar = { ...step, start: at, end: at + step.amount };
    at = bar.end;
    return bar;
  });
  const ends = [from, to, ...bars.flatMap((bar) => [bar.start, bar.end])];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const x = (number) => (high === low ? 75 : 8 + (134 * (number - low)) / (high - low));
  return egov.h("table", { class: "waterfall" }, egov.h("caption", null, title),
    egov.h("tbody", null, bars.map((bar) => egov.h("tr", null,
      egov.h("th", { scope: "row" }, bar.label),
      egov.h("td", { class: "number" }, bar.text),
      egov.h("td", null, egov.svg("svg", { viewBox: "0 0 150 16", width: "150", height: "16", "aria-hidden": "true" },
        egov.svg("line", { class: "zero", x1: x(from), x2: x(from), y1: 0, y2: 16 }),
        egov.svg("rect", {
          class: bar.good ? "up" : "down", x: Math.min(x(bar.start), x(bar.end)), y: 3,
          width: Math.max(1, Math.abs(x(bar.end) - x(bar.start))), height: 10,
        })))))));
};

// What a part weighs in effect, with a mark where its nominal weight stands.
egov.weightBar = (nominal, effective, most) => {
  if (!effective) return null;
  const x = (row) => (116 * Math.max(0, Number(row.audit_value))) / most;
  return egov.svg("svg", { viewBox: "0 0 120 16", width: "120", height: "16", "aria-hidden": "true" },
    egov.svg("rect", { class: "weight", x: 0, y: 4, width: x(effective), height: 8 }),
    egov.svg("line", { class: "median", x1: x(nominal) + 1, x2: x(nominal) + 1, y1: 1, y2: 15 }));
};
