/**
 * Runs `work` with a stack that holds all it opens, and closes that whatever happens: at the end, on an error, on Ctrl-C and on
 * SIGTERM (with the exit code of a shell then). What fails because it is being closed is not reported.
 */
export async function withEnding<T>(work: (stack: AsyncDisposableStack) => Promise<T>): Promise<T> {
  const stack = new AsyncDisposableStack()
  let isInterrupted = false
  const interrupt = (code: number) => (): void => {
    if (isInterrupted) return
    isInterrupted = true
    const exit = (): never => process.exit(code)
    stack.disposeAsync().then(exit, exit)
  }
  const [onInterrupt, onTerminate] = [interrupt(130), interrupt(143)]
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  try {
    return await work(stack)
  } catch (error) {
    if (isInterrupted) return await new Promise<never>(() => {})
    throw error
  } finally {
    await stack.disposeAsync()
    process.off('SIGINT', onInterrupt)
    process.off('SIGTERM', onTerminate)
  }
}
