#!/usr/bin/env bash
# Checks everything: builds with warnings as errors, checks the format, runs every test with the real servers.
# The last line is the true total: "N passed, N failed". Safe while ./run.sh runs: its own build, ports and data.
set -uo pipefail
cd "$(dirname "$0")"

usage() {
  cat <<'HELP'
usage: ./test.sh [--only PROJECT] [--filter EXPRESSION] [--no-format]

  --only PROJECT       only the test project tests/PROJECT (Unit, EndToEnd, ...)
  --filter EXPRESSION  only the tests that match, as `dotnet test --filter` has it
  --no-format          leave out the format check
HELP
}

only='' filter='' format=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --only) only=${2:?"--only needs the name of a project in tests/"}; shift ;;
    --filter) filter=${2:?"--filter needs an expression"}; shift ;;
    --no-format) format=no ;;
    -h | --help) usage; exit 0 ;;
    *) echo "test.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

passed=0 failed=0 lanes=2
results=$(mktemp -d)
declare -A running=() # by process group, the project whose tests run there
declare -A seen=()
trap 'end_tests "${!running[@]}"; rm -rf "$results"' EXIT
trap 'exit 130' INT TERM

# Also what a run that was aborted leaves of its processes: they are a group of their own.
end_tests() { local group; for group; do kill -KILL -- "-$group" 2>/dev/null; unset "running[$group]"; done; }

# A step that fails counts as one failure, so that the last line never looks green by accident.
step() {
  local name=$1
  shift
  echo "== $name"
  "$@" || { echo "test.sh: $name failed" >&2; failed=$((failed + 1)); return 1; }
}

# Which tests failed and with what message, at the end, where whoever sees only the last lines finds it.
list_failures() {
  local log
  for log in "$results"/*.trx; do
    [ -f "$log" ] || continue
    awk -v project="$(basename "$log" .trx)" '
      /<UnitTestResult .*outcome="Failed"/ { match($0, /testName="[^"]*"/); print "failed: " project ": " substr($0, RSTART + 10, RLENGTH - 11); lines = 0 }
      /<UnitTestResult / { wanted = /outcome="Failed"/ }
      /<RunInfo .*outcome="Error"/ { print "failed: " project ": the run itself"; inside = 1; lines = 0 }
      wanted && /<(Message|StackTrace)>/ { inside = 1; lines = 0 }
      inside && lines < 12 { text = $0; gsub(/<[^>]*>/, "", text); print "    " text; lines++ }
      /<\/(Message|StackTrace|RunInfo)>/ { inside = 0 }' "$log"
  done
}

finish() {
  [ "$failed" -eq 0 ] || list_failures
  [ "$passed" -gt 0 ] || [ "$failed" -gt 0 ] || { echo 'test.sh: no test ran' >&2; failed=1; }
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && exit 0 || exit 1
}

count() { grep -oE '<Counters [^>]*>' "$1" | grep -oE " $2=\"[0-9]+\"" | grep -oE '[0-9]+' | head -n 1; }

start_format() {
  setsid nice dotnet format Aspire.sln --no-restore --verify-no-changes --verbosity minimal </dev/null >"$results/format.log" 2>&1 &
  running[$!]=format
  lanes=$((lanes + 1))
}

start_tests() {
  local name=$1
  # what was built, not its project: that would be read once more. A test that waits for what never comes must not hold up the others for ever.
  setsid dotnet test "tests/$name/bin/Debug/net10.0/Switchboard.Tests.$name.dll" --nologo --blame-hang-timeout 10m --blame-hang-dump-type none \
    --logger "trx;LogFileName=$results/$name.trx" --logger 'console;verbosity=minimal' ${filter:+--filter "$filter"} \
    </dev/null >"$results/$name.log" 2>&1 &
  running[$!]=$name
}

# Waits for one of those that run, and counts what came of it.
settle() {
  local group code name log p f
  wait -n -p group "${!running[@]}"
  code=$?
  name=${running[$group]}
  end_tests "$group"
  echo "== $name, ended after $((SECONDS / 60)) min $((SECONDS % 60)) s"
  cat "$results/$name.log"
  if [ "$name" = format ]; then
    lanes=$((lanes - 1))
    [ "$code" -eq 0 ] || { echo 'test.sh: format failed' >&2; failed=$((failed + 1)); }
    return
  fi
  log="$results/$name.trx"
  if [ -f "$log" ]; then
    p=$(count "$log" passed) f=$(count "$log" failed)
    passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0}))
    [ "$code" -eq 0 ] || [ "${f:-0}" -gt 0 ] || failed=$((failed + 1))
  elif [ -z "$filter" ] || [ "$code" -ne 0 ]; then
    echo "test.sh: $name left no result" >&2
    failed=$((failed + 1))
  fi
}

. ./setup.sh
step 'servers' ensure_servers local || finish
# without them the tests of deploy/monitoring and of pages fail, and no others
step 'test programs' ensure_test_programs
step 'build' dotnet build Aspire.sln --nologo --verbosity quiet || finish

# Two at a time, since most of their time tests wait for servers; the longest first, so that none is left over at the end. The check of
# the format runs beside the first.
[ "$format" = no ] || start_format
longest='EndToEnd Edge Simulator Redis Queries Dispatch Unit'
for name in $longest $(ls tests); do
  [ -n "$(ls "tests/$name"/*.csproj 2>/dev/null)" ] || continue
  [ -z "${seen[$name]:-}" ] || continue
  seen[$name]=yes
  [ -z "$only" ] || [ "$name" = "$only" ] || continue
  while [ "${#running[@]}" -ge "$lanes" ]; do settle; done
  start_tests "$name"
done
while [ "${#running[@]}" -gt 0 ]; do settle; done
finish
