// Runs the scripts that can wait, in their order, once the page stands and the browser has nothing else to do.
addEventListener("load", () => {
  (window.requestIdleCallback ?? setTimeout)(() => {
    for (const waiting of document.querySelectorAll('script[type="text/later"]')) {
      const script = Object.assign(document.createElement("script"), { src: waiting.src, async: false });
      waiting.replaceWith(script);
    }
  });
});
