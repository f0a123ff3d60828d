"use strict";
(function () {
  function each(selector, root, action) {
    Array.prototype.forEach.call((root || document).querySelectorAll(selector), action);
  }

  /* Sorting: a header becomes a button; rows without a number stay at the end. */
  function value(row, column, asText) {
    var cell = row.cells[column];
    var given = cell.getAttribute("data-value");
    if (asText) return given === null ? cell.textContent : given;
    return given === null ? null : Number(given);
  }

  function sort(table, header, column, direction) {
    var body = table.tBodies[0];
    var asText = header.getAttribute("data-sort") === "text";
    var sign = direction === "ascending" ? 1 : -1;
    var rows = Array.prototype.slice.call(body.rows);
    rows.sort(function (one, other) {
      var a = value(one, column, asText), b = value(other, column, asText);
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (asText ? a.localeCompare(b) : a - b);
    });
    rows.forEach(function (row) { body.appendChild(row); });
    each("th[aria-sort]", table, function (other) { other.removeAttribute("aria-sort"); });
    header.setAttribute("aria-sort", direction);
  }

  each("table.sortable", document, function (table) {
    each("thead th", table, function (header, column) {
      var button = document.createElement("button");
      button.type = "button";
      while (header.firstChild) button.appendChild(header.firstChild);
      header.appendChild(button);
      button.addEventListener("click", function () {
        var first = header.getAttribute("data-sort") === "descending" ? "descending" : "ascending";
        var now = header.getAttribute("aria-sort");
        var turned = now === "ascending" ? "descending" : "ascending";
        sort(table, header, column, now ? turned : first);
      });
    });
  });

  /* Pointing at a strategy in a legend highlights its lines. */
  each(".legend", document, function (legend) {
    var section = legend.parentNode;
    function light(place) {
      each(".panels [data-s]", section, function (part) {
        var mine = part.getAttribute("data-s") === place;
        part.classList.toggle("dim", place !== null && !mine);
        part.classList.toggle("lit", place !== null && mine);
      });
    }
    each("li", legend, function (item) {
      item.addEventListener("mouseenter", function () { light(item.getAttribute("data-s")); });
      item.addEventListener("mouseleave", function () { light(null); });
    });
  });

  /* The embedded data, as JSON text. */
  function unpack() {
    var packed = atob(document.getElementById("cltool-data").textContent);
    var bytes = new Uint8Array(packed.length);
    for (var i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
    var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  }

  var save = document.getElementById("save");
  if (save && typeof DecompressionStream === "function") {
    save.hidden = false;
    save.addEventListener("click", function () {
      unpack().then(function (text) {
        var link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
        link.download = "report.json";
        link.click();
        setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
      });
    });
  }
})();
