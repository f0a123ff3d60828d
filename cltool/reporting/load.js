/* Runs the page's script, which the page carries as base64 of gzip. */
(async () => {
  if (typeof DecompressionStream !== "function") return;
  const packed = atob(document.getElementById("cltool-script").textContent);
  const bytes = Uint8Array.from(packed, (one) => one.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.body.append(script);
})();
