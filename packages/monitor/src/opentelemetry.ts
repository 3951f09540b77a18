export { observeMetrics, type OtelMetricsOptions } from './otel-metrics.ts'
export { observeTraces, type OtelTracesOptions } from './otel-traces.ts'
