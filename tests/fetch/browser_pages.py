"""Applications of our own making: pages that show nothing until their scripts have run."""

# ruff: noqa: E501 - the text of pages

from __future__ import annotations

from fetch_servers import reply

HTML = "Content-Type: text/html; charset=utf-8"
SCRIPT = "Content-Type: text/javascript"
SENTENCE = "We keep what you tell us only for as long as it is needed for what you told it for."
POLICY = (
    "<main><h1>Privacy Policy</h1><p>Last updated: 4 May 2026</p>"
    + "".join(f"<h2>{n}. Part {n}</h2><p>{SENTENCE} That is rule {n}.</p>" for n in range(1, 9))
    + "</main>"
)
SHELL = """<!doctype html><html lang="en"><head><title>Policy</title></head>
<body><div id="root"></div><script src="/app.js"></script><script>var start = 1;</script></body></html>"""


def page(body: str, *headers: str) -> bytes:
    """Answer with a page."""
    return reply(body.encode(), "200 OK", HTML, *headers)


def application(text: str = POLICY, *, script: str = "") -> dict[str, bytes]:
    """Return a single-page application that shows `text` a moment after it has started."""
    code = f"setTimeout(() => {{ document.getElementById('root').innerHTML = {text!r}; {script} }}, 30);"
    return {"/policy": page(SHELL), "/app.js": reply(code.encode(), "200 OK", SCRIPT)}


FOLDED = f"""<main><h1>Terms</h1><p>{SENTENCE}</p>
<details><summary>More</summary><p>Said in a details element.</p></details>
<div class="fold"><h2><button aria-expanded="false" aria-controls="one" onclick="show(this)">One</button></h2><div id="one"></div></div>
<div class="fold"><h2><button aria-expanded="false" aria-controls="two" onclick="show(this)">Two</button></h2><div id="two"></div></div>
<a href="/elsewhere" aria-expanded="false" onclick="location='/elsewhere'">Leave</a>
<button aria-expanded="false" onclick="location='/elsewhere'">Leave as well</button>
<div id="host"></div><div style="height:6000px"></div><div id="lazy"></div></main>
<iframe src="/frame"></iframe>
<div style="position:fixed;bottom:0"><p>We and our partners use cookies to make you happy.</p><button>Accept all</button></div>
<script>
var texts = {{one: '<p>Said behind the first button.</p>', two: '<p>Said behind the second button.</p>'}};
function show(button) {{
  for (var each of document.querySelectorAll('.fold button')) {{
    each.setAttribute('aria-expanded', 'false');
    document.getElementById(each.getAttribute('aria-controls')).innerHTML = '';
  }}
  button.setAttribute('aria-expanded', 'true');
  var name = button.getAttribute('aria-controls');
  document.getElementById(name).innerHTML = texts[name];
}}
document.getElementById('host').attachShadow({{mode: 'open'}}).innerHTML = '<p>Said in a shadow root.</p>';
new IntersectionObserver(function (seen) {{
  if (seen.some(one => one.isIntersecting)) document.getElementById('lazy').innerHTML = '<p>Said far down the page.</p>';
}}).observe(document.getElementById('lazy'));
</script>"""
"""Hides its text in every way there is; one button of a pair closes the other."""
