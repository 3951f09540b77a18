import type { FinalLook, HitWindow, SubjectRecord } from './record.ts'
import type { FaultPlace, FaultSubjectOptions } from './subject.ts'
import type { Act } from './traffic.ts'

/** What a process says when it ends, before the milliseconds since its cache was closed, without its own stalls. */
export const leftIn = 'left in'

/** What a process is told to open. */
export interface SubjectPlan extends FaultSubjectOptions {
  /** URL of a {@link FaultSubjectModule}. */
  readonly module: string
  readonly seed: number
}

/** What the suite can ask of a process. */
export type SubjectMethods = {
  /** Imports the module and opens its cache. */
  open(plan: SubjectPlan): Promise<{ readonly deadlineMs: number }>
  /** Reads each key once. */
  warm(): Promise<void>
  /** Begins to call, with these acts and no others. */
  act(acts: readonly Act[]): void
  /** Reads of the keys that are only read, since the last time. */
  hits(): HitWindow
  /** Reads a value through that is as large as that. */
  readHuge(bytes: number): Promise<void>
  /** Lets the event loop stand still. */
  stall(ms: number): void
  /** Steps what `Date` shows, in milliseconds; 0 puts it right. */
  stepClock(ms: number): void
  /** Takes the server's name out of the DNS of this process, or puts it back. */
  forgetName(isGone: boolean): void
  /** Opens a second cache on the same Redis and looks at all keys with both. */
  look(place: FaultPlace): Promise<FinalLook>
  /** Ends all calls and tells what was seen. */
  end(): Promise<SubjectRecord>
  /** Closes the cache; the process must end by itself after that. */
  leave(): Promise<{ readonly closedInMs: number; readonly stalledMs: number }>
}
