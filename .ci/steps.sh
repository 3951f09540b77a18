# What the scripts beside this one have in common: source it. Each step runs even after a failed one; `finish` says which failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CI=true NO_COLOR=1 NPM_CONFIG_UPDATE_NOTIFIER=false
reports=.load/reports
mkdir -p "$reports"
failed=()

# step <name> <longest, in minutes> <command…>. A Markdown report of that name goes into the summary of the run, where there is one.
step() {
  local name=$1 minutes=$2 started=$SECONDS status=0
  shift 2
  echo "::: $name"
  timeout -k 10 "$((minutes * 60))" "$@" </dev/null || status=$?
  [ -z "${GITHUB_STEP_SUMMARY:-}" ] || [ ! -f "$reports/$name.md" ] || cat "$reports/$name.md" >>"$GITHUB_STEP_SUMMARY"
  if [ "$status" -eq 0 ]; then echo "::: $name: ok in $((SECONDS - started)) s"; else
    # 1: broken, 3: cannot be judged on this machine, 124: not ended in time.
    echo "::: $name: FAILED with $status after $((SECONDS - started)) s"
    failed+=("$name")
  fi
}

# The options that write all reports of a step.
reported() { echo --json "$reports/$1.json" --md "$reports/$1.md" --html "$reports/$1.html" --junit "$reports/$1.xml"; }

install() {
  # Explicit: an install that fails inside a script would not fail it.
  npx -y pnpm@12 install --frozen-lockfile || { echo "::: install: FAILED"; exit 1; }
}

finish() {
  echo "::: all steps in $SECONDS s; failed: ${failed[*]:-none}; reports in $reports"
  [ ${#failed[@]} -eq 0 ]
}
