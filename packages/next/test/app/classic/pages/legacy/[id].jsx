export async function getStaticPaths() {
  return { paths: [{ params: { id: 'built' } }], fallback: 'blocking' }
}

export async function getStaticProps({ params }) {
  if (params.id === 'missing') return { notFound: true, revalidate: 3600 }
  return { props: { rendered: crypto.randomUUID() }, revalidate: 3600 }
}

export default function Page({ rendered }) {
  return <p data-name="rendered">{rendered}</p>
}
