// Makes elements. All text goes through here, and only as text: bytes from packets never become markup.
const SVG = "http://www.w3.org/2000/svg";

// Controls have pictures of their own; what turns or hides text is named instead of obeyed.
function safe(text) {
  return String(text).replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g, (letter) => {
    const code = letter.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return "\u27e8U+" + code.toString(16).toUpperCase().padStart(4, "0") + "\u27e9";
  });
}

function fill(element, attributes, children) {
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, safe(value));
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(typeof child === "object" ? child : safe(child));
  }
  return element;
}

function html(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

// The element of the page with this id.
function part(id) {
  return document.getElementById(id);
}

function say(id, text) {
  part(id).textContent = safe(text);
}

// Name and hint of a control.
function hint(id, text) {
  part(id).setAttribute("aria-label", text);
  part(id).setAttribute("title", text);
}

function pressed(id, is) {
  part(id).setAttribute("aria-pressed", String(Boolean(is)));
}

function on(id, event, act) {
  part(id).addEventListener(event, act);
}
