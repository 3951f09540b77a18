import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'

import type { Pinning } from './pin.ts'

/** Where figures come from: without it they mean nothing to anybody else. */
export interface Environment {
  readonly node: string
  readonly v8: string
  readonly platform: string
  readonly kernel: string
  readonly cpu: string
  readonly cpuCount: number
  readonly memoryMb: number
  readonly cgroupCpuMax: string | undefined
  readonly pinning: Pinning
  readonly redis: string | undefined
}

export function describeEnvironment(pinning: Pinning, redis: string | undefined): Environment {
  return {
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    kernel: release(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cpuCount: cpus().length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    cgroupCpuMax: read('/sys/fs/cgroup/cpu.max')?.trim(),
    pinning,
    redis,
  }
}

/** Counters of the machine; two of them tell what happened between. Absent where the system does not say. */
export interface Pressure {
  readonly busyTicks: number
  readonly stealTicks: number
  readonly throttledUs: number
  /** Time in which somebody waited for a processor. */
  readonly waitedUs: number
  readonly load: number
}

export function readPressure(): Pressure {
  const ticks = (read('/proc/stat')?.split('\n', 1)[0] ?? '').trim().split(/\s+/).slice(1).map(Number)
  return {
    busyTicks: ticks.reduce((sum, value) => sum + value, 0),
    stealTicks: ticks[7] ?? 0,
    throttledUs: numberIn(read('/sys/fs/cgroup/cpu.stat'), /^throttled_usec (\d+)/m),
    waitedUs: numberIn(read('/proc/pressure/cpu'), /^some .*total=(\d+)/m),
    load: loadavg()[0] ?? 0,
  }
}

/** What disturbed the time between two readings. */
export interface Disturbance {
  /** The share of processor time that the hypervisor gave to others. */
  readonly steal: number
  /** The share of time that the control group was held back. */
  readonly throttled: number
  /** The share of time in which a process waited for a processor. */
  readonly waited: number
  readonly load: number
}

export function disturbanceBetween(before: Pressure, after: Pressure, elapsedMs: number): Disturbance {
  const ticks = after.busyTicks - before.busyTicks
  const share = (us: number): number => (elapsedMs > 0 ? us / 1_000 / elapsedMs : 0)
  return {
    steal: ticks > 0 ? (after.stealTicks - before.stealTicks) / ticks : 0,
    throttled: share(after.throttledUs - before.throttledUs),
    waited: share(after.waitedUs - before.waitedUs),
    load: after.load,
  }
}

/** A process in which the machine was taken away for more than a twentieth of the time is marked. */
export function isDisturbed({ steal, throttled }: Disturbance): boolean {
  return steal > 0.05 || throttled > 0.05
}

function numberIn(text: string | undefined, pattern: RegExp): number {
  return Number(pattern.exec(text ?? '')?.[1] ?? 0)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
