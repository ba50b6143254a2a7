"""What is run inside a page: JavaScript, kept as short as it can be.

Everything is bounded: a page decides how much of it there is.
"""

from __future__ import annotations

from typing import Final

FRUGAL: Final = """
(() => {
  let left = MOST;
  const ask = fetch, send = XMLHttpRequest.prototype.send;
  window.fetch = (...given) => left-- > 0 ? ask(...given) : new Promise(() => {});
  XMLHttpRequest.prototype.send = function (...given) {
    if (left-- > 0) return send.apply(this, given);
  };
})();
"""
"""Run before the page's own: more requests than `MOST` are not even begun."""

SETTLED: Final = """
async ({least, quiet, cap}) => {
  const size = () => document.body ? document.body.innerText.length : 0;
  const pause = ms => new Promise(done => setTimeout(done, ms));
  const end = performance.now() + cap;
  let before = -1, since = performance.now();
  while (performance.now() < end) {
    const now = size();
    if (Math.abs(now - before) > before / 50) { before = now; since = performance.now(); }
    const still = performance.now() - since;
    if (document.readyState !== 'loading' && still >= (before >= least ? quiet : 4 * quiet)) break;
    await pause(100);
  }
  return document.readyState;
}
"""
"""Wait until the text of the page stays as it is; a page that has little is given longer."""

UNFOLDED: Final = """
async (most) => {
  const scope = document.querySelector('main, [role=main], article') || document.body;
  const outside = 'nav, header, footer, form, dialog, [role=navigation], [role=banner],' +
    '[role=contentinfo], [role=dialog], [role=alertdialog], [role=menubar], [role=search]';
  for (const details of scope.querySelectorAll('details:not([open])')) details.open = true;
  const here = location.href.split('#')[0];
  const opened = [];
  for (const control of scope.querySelectorAll('[aria-expanded=false]')) {
    if (opened.length >= most) break;
    const link = control.closest('a[href]');
    if (control.closest(outside) || control.matches('input, select, textarea, [role=combobox]') ||
        control.matches('[aria-haspopup]:not([aria-haspopup=false])') ||
        (link && !link.getAttribute('href').startsWith('#'))) continue;
    control.click();
    await new Promise(done => setTimeout(done, 15));
    if (location.href.split('#')[0] !== here) { history.back(); break; }
    const row = control.parentElement;
    const panel = document.getElementById(control.getAttribute('aria-controls') || '') ||
      control.nextElementSibling || (row && row.nextElementSibling);
    if (panel) opened.push([row || control, panel, panel.cloneNode(true)]);
  }
  /* Where opening one closes the others, what was seen of them is put back. */
  for (const [row, panel, seen] of opened) {
    const words = seen.textContent.trim();
    if (words && !(panel.isConnected && panel.textContent.trim())) {
      if (panel.isConnected) panel.replaceWith(seen); else row.after(seen);
    }
  }
  return opened.length;
}
"""
"""Open what is closed inside the main text, and nothing that leads elsewhere."""

SCROLLED: Final = """
async (most) => {
  const pause = ms => new Promise(done => setTimeout(done, ms));
  const root = document.scrollingElement || document.documentElement;
  for (let step = 0; step < most; step++) {
    const before = root.scrollTop;
    root.scrollTop = before + innerHeight;
    await pause(30);
    if (root.scrollTop === before) break;
  }
  root.scrollTop = 0;
}
"""
"""Go down the page once, so that what is loaded when it comes into view is."""

SERIALISED: Final = """
(longest) => {
  /* What covers the page and asks something is a dialog, whether it says so or not. */
  for (const part of document.querySelectorAll('body *')) {
    if (part.childElementCount && !part.hasAttribute('role') &&
        part.querySelector('button, [role=button], input[type=button]') &&
        getComputedStyle(part).position === 'fixed' &&
        part.textContent.length < longest && !part.querySelector('main, h1')) {
      part.setAttribute('role', 'dialog');
    }
  }
  const roots = [];
  const walk = node => {
    for (const part of node.querySelectorAll('*')) {
      if (part.shadowRoot) { roots.push(part.shadowRoot); walk(part.shadowRoot); }
    }
  };
  walk(document);
  const html = document.documentElement;
  const inner = html.getHTML ? html.getHTML({shadowRoots: roots}) : html.innerHTML;
  const shell = html.cloneNode(false).outerHTML;
  const end = shell.lastIndexOf('</html>');
  return '<!doctype html>' + shell.slice(0, end) + inner + '</html>';
}
"""
"""Write the page as markup, with what stands in shadow roots."""

SIZE: Final = "() => document.body ? document.body.innerText.length : 0"
"""Count the letters the page shows."""

FRAME: Final = (
    "() => document.body && document.body.innerText.length > 200 ? document.body.innerHTML : ''"
)
"""Return the markup inside a frame that shows some text."""

FRAMED: Final = """
(frame, inner) => {
  const part = document.createElement('section');
  part.setAttribute('data-frame', frame.src);
  part.innerHTML = inner;
  frame.replaceWith(part);
}
"""
"""Put the text of a frame in its place."""
