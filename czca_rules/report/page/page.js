"use strict";
// Filters and sorts what the page already shows. It writes no markup from data, keeps nothing,
// and sends nothing; print always shows every rule and row.
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (root, selector) => Array.from(root.querySelectorAll(selector));
  const fold = (text) => text.toLowerCase().replace(/\s+/g, " ");
  const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  const shown = (element, yes) => element.toggleAttribute("data-off", !yes);

  // A unit is a rule wherever it stands: an article, a row of a table, a line of a list.
  const units = all(document, "[data-rule]").map((element) => ({
    element,
    data: element.dataset,
    tables: all(element, "table.rows, table.lean"),
    borders: element.dataset.borders ? element.dataset.borders.split("|") : [],
  }));
  const ruleCount = new Set(units.map((unit) => unit.data.rule)).size;
  const texts = new WeakMap();
  const textOf = (element) => {
    if (!texts.has(element)) texts.set(element, fold(element.textContent));
    return texts.get(element);
  };
  // What a rule says apart from its rows.
  const headOf = (unit) => {
    if (unit.head === undefined) {
      unit.head = unit.tables.length
        ? fold(unit.data.rule + " " + all(unit.element, "h3, .duty, .margin, .because, .todo")
          .map((part) => part.textContent).join(" "))
        : textOf(unit.element);
    }
    return unit.head;
  };

  const wanted = () => {
    const border = $("filter-border");
    const chosen = border && border.selectedOptions[0];
    return {
      outcome: $("filter-outcome").value,
      level: $("filter-level").value,
      border: border ? border.value : "",
      tokens: chosen && chosen.dataset.tokens ? fold(chosen.dataset.tokens).split("|") : [],
      words: fold($("filter-text").value).trim().split(" ").filter(Boolean),
    };
  };

  const onBorder = (row, tokens) => {
    const key = " " + fold(row.cells[1] ? row.cells[1].textContent : "") + " ";
    return tokens.some((token) => key.includes(" " + token + " "));
  };

  // The rows of one table that stay; the sentence of a group stays with any of its rows.
  const filterTable = (table, asked, words) => {
    let kept = 0;
    for (const body of table.tBodies) {
      const said = all(body, "tr.message, tr.says");
      const spoken = said.map(textOf).join(" ");
      let any = 0;
      for (const row of body.rows) {
        if (said.includes(row)) continue;
        const yes = (!asked.tokens.length || onBorder(row, asked.tokens))
          && words.every((word) => spoken.includes(word) || textOf(row).includes(word));
        shown(row, yes);
        any += yes;
      }
      for (const row of said) shown(row, any > 0);
      kept += any;
    }
    return kept;
  };

  const filterUnit = (unit, asked) => {
    const { data, borders } = unit;
    let yes = (!asked.outcome || data.outcome === asked.outcome)
      && (!asked.level || data.level === asked.level)
      && (!asked.border || borders.includes(asked.border) || borders.includes("*"));
    if (!yes) {
      shown(unit.element, false);
      return { yes, rows: 0 };
    }
    const words = asked.words.filter((word) => !headOf(unit).includes(word));
    let rows = 0;
    for (const table of unit.tables) {
      const kept = filterTable(table, asked, words);
      const lean = table.classList.contains("lean");
      // Rows shown with their sentence stand among all rows again.
      if (lean || !table.parentElement.nextElementSibling?.matches("details")) rows += kept;
      const note = lean && table.closest("details").querySelector(".match");
      if (note) {
        const narrowed = asked.border || words.length;
        note.textContent = narrowed ? ", " + grouped(kept) + " of them match" : "";
      }
      shown(table.parentElement, kept > 0);
    }
    yes = !words.length || rows > 0;
    shown(unit.element, yes);
    return { yes, rows: yes ? rows : 0 };
  };

  const noteHidden = (section, count) => {
    let note = section.querySelector(":scope > .off-note");
    if (!note) {
      note = document.createElement("p");
      note.className = "off-note quiet";
      section.append(note);
    }
    note.textContent = count
      ? grouped(count) + (count === 1 ? " rule" : " rules") + " hidden here by the filter." : "";
  };

  const apply = () => {
    const asked = wanted();
    const kept = new Set();
    const hidden = new Map();
    let rows = 0;
    for (const unit of units) {
      const found = filterUnit(unit, asked);
      const section = unit.element.closest("section");
      const off = hidden.get(section) || new Set();
      hidden.set(section, off);
      if (found.yes) kept.add(unit.data.rule);
      else off.add(unit.data.rule);
      rows += found.rows;
    }
    hidden.forEach((off, section) => noteHidden(section, off.size));
    const narrowed = asked.outcome || asked.level || asked.border || asked.words.length;
    const partly = document.querySelector("[data-borders*='*']");
    $("filter-count").textContent = grouped(kept.size) + " of " + grouped(ruleCount)
      + " rules and " + grouped(rows) + (rows === 1 ? " listed row is" : " listed rows are")
      + " shown." + (narrowed && partly ? " Rows that are not listed on this page cannot be searched." : "");
    $("filter-clear").disabled = !narrowed;
  };

  // Sorting: numbers and lengths of time by size, all else as text; the third time as it was.
  const MINUTES = { d: 1440, h: 60, min: 1, s: 1 / 60 };
  const valueOf = (text) => {
    const plain = text.trim().replace(/\u2212/g, "-").replace(/^[^\d+-]+(?=\d|-\d)/, "")
      .replace(/\u202f/g, "");
    const number = /^[+-]?\d+(\.\d+)?(?=$|[^\d.:-])/.exec(plain);
    if (!number) return null;
    const lengths = Array.from(plain.matchAll(/(\d+) (d|h|min|s)\b/g));
    if (!lengths.length) return Number(number[0]);
    const sum = lengths.reduce((total, [, count, unit]) => total + count * MINUTES[unit], 0);
    return plain.startsWith("-") ? -sum : sum;
  };
  const compare = (left, right) => {
    if (left.empty || right.empty) return left.empty - right.empty;
    if (left.number !== null && right.number !== null) return left.number - right.number;
    return left.text.localeCompare(right.text, "en", { numeric: true });
  };
  const cellOf = (row, column) => {
    const text = row.cells[column] ? row.cells[column].textContent.trim() : "";
    return { text, number: valueOf(text), empty: text === "" };
  };
  const arranged = (parts, rowOf, column, direction) => {
    const keyed = parts.map((part, place) => {
      if (part.place === undefined) part.place = place;
      return { part, cell: cellOf(rowOf(part), column) };
    });
    const sign = direction === "descending" ? -1 : 1;
    keyed.sort((left, right) => (direction === "none" ? 0
      : left.cell.empty || right.cell.empty ? compare(left.cell, right.cell)
        : sign * compare(left.cell, right.cell)) || left.part.place - right.part.place);
    return keyed.map((item) => item.part);
  };
  const sortBy = (table, column, direction) => {
    const bodies = Array.from(table.tBodies);
    if (table.classList.contains("lean") || bodies.length === 1) {
      for (const body of bodies) {
        const said = all(body, "tr.says");
        const rows = Array.from(body.rows).filter((row) => !said.includes(row));
        body.append(...said, ...arranged(rows, (row) => row, column, direction));
      }
    } else {
      table.append(...arranged(bodies, (body) => body.rows[0], column, direction));
    }
  };
  const sortable = (table) => {
    const heads = Array.from(table.tHead.rows[0].cells);
    const parts = table.tBodies.length === 1 ? table.tBodies[0].rows : table.tBodies;
    if (parts.length < 3 && !table.classList.contains("lean")) return;
    heads.forEach((head, column) => {
      if (!head.textContent.trim() || head.querySelector(".hidden")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const first = table.tBodies[0].querySelector("tr:not(.says)");
        const numeric = first && cellOf(first, column).number !== null;
        const steps = numeric ? ["descending", "ascending", "none"]
          : ["ascending", "descending", "none"];
        const next = steps[(steps.indexOf(head.getAttribute("aria-sort") || "none") + 1) % 3];
        for (const other of heads) other.removeAttribute("aria-sort");
        if (next !== "none") head.setAttribute("aria-sort", next);
        sortBy(table, column, next);
      });
    });
  };

  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  };
  for (const id of ["filter-outcome", "filter-level", "filter-border"]) {
    const control = $(id);
    if (control) control.addEventListener("change", apply);
  }
  $("filter-text").addEventListener("input", soon);
  $("filter-clear").addEventListener("click", () => {
    for (const control of all($("filters"), "select, input")) control.value = "";
    apply();
    $("filter-text").focus();
  });
  all(document, "table.sortable").forEach(sortable);
  $("filters").hidden = false;
  apply();
})();
