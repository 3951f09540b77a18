/** Makes an element. Everything that is shown goes through text nodes: nothing that a key or a value holds becomes markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

export function svg(tag: string, attributes: Readonly<Record<string, string | number>> = {}): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  return made
}

/** An element of the page. */
export function byId(id: string): HTMLElement {
  return document.getElementById(id)!
}

export function dialogById(id: string): HTMLDialogElement {
  return document.getElementById(id) as HTMLDialogElement
}

/** Changes text only where it differs, so that a screen reader's place is kept. */
export function say(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text
}
