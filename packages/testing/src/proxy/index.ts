export { commanders, subscribers, type Direction, type Fault, type ProxiedConnection, type Where } from './fault.ts'
export { startFaultProxy, type FaultProxy, type ProxyTarget } from './start-fault-proxy.ts'
export { startRefusingProxy, type RefusingProxy, type Rewrite } from './start-refusing-proxy.ts'
