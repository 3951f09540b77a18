/** `.env.example`: every variable that matters, with what holds where it is not set. */
export function envExample(prefix: string): string {
  return `# Copy to .env, which is not committed. Node reads it with --env-file=.env, Next.js by itself. All variables: docs/reference/environment.md of Holdfast.

# Where Redis is. Without REDIS_HOST (or REDIS_URL) entries live in the memory of each process alone.
REDIS_HOST=localhost
REDIS_PORT=6379
# A long random one: openssl rand -hex 24
REDIS_PASSWORD=
# What every key in Redis begins with; deployments that share a server differ in it.
REDIS_KEY_PREFIX=${prefix}

# Seconds that an entry is fresh, where a call does not say.
CACHE_DEFAULT_TTL=3600
# The bound on the memory of each process.
CACHE_MAX_MEMORY=64mb
# While NODE_ENV=development: call loaders each time, store nothing.
SKIP_CACHE_DEV=false
# One line a call in the log, never values.
CACHE_DEBUG=false

# Warm what the kit lists on start, and again and again (seconds; 1800 in production where it is not set).
CACHE_WARM_ON_START=false
CACHE_WARM_INTERVAL=
# What a POST to the status route must carry as \`Authorization: Bearer\`; while it is empty, all are refused.
CACHE_ADMIN_TOKEN=
`
}

/** `docker-compose.yml`: a Redis for this application. Its password comes from \`.env\`, and it does not start without one. */
export function composeFile(): string {
  return `services:
  redis:
    image: redis:7-alpine
    restart: unless-stopped
    ports:
      # Of this machine alone.
      - '127.0.0.1:\${REDIS_PORT:-6379}:6379'
    environment:
      # Read by redis-cli, so that the health check signs in.
      REDISCLI_AUTH: \${REDIS_PASSWORD:?set REDIS_PASSWORD in .env}
    command:
      - redis-server
      - --requirepass
      - \${REDIS_PASSWORD:?set REDIS_PASSWORD in .env}
      - --appendonly
      - 'yes'
      - --maxmemory
      - 256mb
      # Everything but a few bytes of bookkeeping ends by itself; what is used least goes first.
      - --maxmemory-policy
      - volatile-lfu
    volumes:
      - redis-data:/data
    healthcheck:
      test: ['CMD-SHELL', 'redis-cli ping | grep -q PONG']
      interval: 5s
      timeout: 3s
      retries: 5

volumes:
  redis-data:
`
}
