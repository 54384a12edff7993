// Why ranks and scores of a body moved between two years, in words and in parts that add up.
"use strict";

egov.moves = (code) => {
  const lists = egov.model().lists;
  const own = egov.lang();
  const bodyName = own === "vi" ? egov.body(code).body_name : egov.body(code).name_en;
  const rows = egov.about("changes", "moves", { body: code });
  const texts = egov.about("changes", "summaries", { body_code: code });
  if (!rows.length && !texts.length) return [egov.note(egov.t("no_moves"))];
  const pair = (from, to, index, universe) => `${index} ${universe} ${from} ${to}`;
  const pairs = new Map();
  const get = (key, title) => pairs.get(key) ?? pairs.set(key, { title, texts: [], rows: [] }).get(key);
  for (const text of texts) {
    const key = pair(text.from_year, text.assessment_year, text.index_code, text.universe);
    get(key, text).texts.push(text);
  }
  for (const row of rows) {
    const list = lists[row.list];
    get(pair(row.from_year, list.assessment_year, list.index_code, list.universe), { ...list, from_year: row.from_year }).rows.push(row);
  }
  return egov.sorted([...pairs.values()], (each) => -each.title.assessment_year).map(({ title, texts: said, rows: moved }) =>
    egov.h("details", { open: true },
      egov.h("summary", null, `${title.from_year} → ${title.assessment_year}: ${egov.label("index_code", title.index_code)}`),
      said.map((text) => egov.said(egov.unfolded(text[own], bodyName))),
      egov.h("ul", { class: "moves" }, egov.byCategory(moved.map((row) => ({ ...row, category: lists[row.list].category }))).map((row) => egov.h("li", null,
        egov.h("p", null, egov.unfolded(row[own], bodyName).join(". ")),
        egov.moved(row), egov.scoreParts(row))))));
};

// A summary, sentence by sentence; those that begin with what they are about stand in a list.
egov.said = (sentences) => {
  const ended = sentences.map((sentence) => (/[.:]$/.test(sentence) ? sentence : `${sentence}.`));
  const listed = (sentence) => /^[^:]{3,60}: /.test(sentence);
  return [egov.h("p", { class: "said" }, ended.filter((sentence) => !listed(sentence)).join(" ")),
    egov.h("ul", { class: "said" }, ended.filter(listed).map((sentence) => {
      const [about, ...rest] = sentence.split(": ");
      return egov.h("li", null, egov.h("b", null, about), `: ${rest.join(": ")}`);
    }))];
};

egov.rankParts = ["own_part", "peers_part", "method_part", "universe_part", "rounding_part"];

// Parts of the change of a rank; places gained are to the right.
egov.moved = (row) => {
  if (row.places_gained === null || egov.rankParts.every((name) => row[name] === null)) return null;
  const steps = egov.rankParts.filter((name) => row[name] !== null).map((name) => ({
    label: egov.t(name), amount: Number(row[name]), text: egov.signed(egov.short(row[name])), good: Number(row[name]) > 0,
  }));
  return egov.waterfall(0, steps, row.places_gained, egov.t("rank_parts", { n: egov.signed(row.places_gained) }));
};

// Parts of the change of a score by category and cause, the largest first; one part says nothing.
egov.scoreParts = (row) => {
  const list = egov.model().lists[row.list];
  const parts = egov.about("changes", "parts", { list: row.list, body: row.body }).filter((part) => Number(part.part) !== 0);
  if (parts.length < 2) return null;
  const steps = egov.sorted(parts, (part) => -Math.abs(Number(part.part))).map((part) => ({
    label: part.item === list.category ? egov.label("factor", part.factor)
      : `${egov.partName(list, part.item)}: ${egov.label("factor", part.factor)}`,
    amount: Number(part.part), text: egov.signed(egov.short(part.part)), good: Number(part.part) > 0,
  }));
  return egov.waterfall(0, steps, Number(row.score_change), egov.t("score_parts", { n: egov.signed(egov.short(row.score_change)) }));
};

// At most four decimals of a long decimal text, for display beside a bar.
egov.short = (text) => {
  const rounded = Number(text).toFixed(4).replace(/\.?0+$/, "");
  return rounded === "0" || rounded === "-0" ? String(text) : rounded;
};
