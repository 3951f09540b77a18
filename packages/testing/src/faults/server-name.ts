/** A name of the server that only the processes of the suite know. */
export const serverName = 'redis.faults.test'
