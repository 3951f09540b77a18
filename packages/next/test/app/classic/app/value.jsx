/** A value that the acceptance test finds in the page. */
export function Value({ name, of }) {
  return <p data-name={name}>{of}</p>
}
