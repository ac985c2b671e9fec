// A box that scrolls is a stop for the keyboard. The theme looks for such boxes as a page loads and as its window
// changes; here each is looked at when its own size changes, as it does when a folded part around it opens.
(() => {
  const boxes = "article :is(pre, .cell_output > .output, .pst-scrollable-table-container)";
  const watch = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      if (target.clientWidth) target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
    }
  });
  document.querySelectorAll(boxes).forEach((box) => watch.observe(box));
})();
