#!/usr/bin/env bash
# One table from one sitting: the bare chain and one or more builds of the product alternately, round after round, on its own servers.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

usage() {
  cat <<'HELP'
usage: bench/run.sh [options] [email|sms|ingest|notify|social|tracked-api|social-api|notify-api|broker]   (email by default)

  --rounds N          how often each is run (3; of social-api and notify-api 1)
  --seconds S         how long load is put on (10; of social-api and notify-api 30); of ingest --mails N (20000), of notify
                      --recipients N (10000), of social --posts N (20000), 333 a second, of a tenth as many accounts
  --warm-up S         how long before, unmeasured (45; of social-api and notify-api 20): until then the runtime compiles what turns out to
                      be hot, in the same processes; ingest reads as many mails before as it is measured with
  --accounts N --posts N             how many rows of social-api are there before (50000, 1000000)
  --recipients N --notifications N   the same of notify-api (1000000, 5000000)
  --rows N            of email: how many notifications are there before (0); more than once to compare over different ones
  --rate N            requests a second of social-api and notify-api, evenly spread (60)
  --connections C     how many connections send (32)
  --tree PATH         a built checkout to measure (this one); more than once to compare, the first is what the others are divided by
  --bare PATH         a folder with the bare chain: bare/ and bare-batched/ (a project each, with bare/provider.js and bare/email.lua,
                      which need node and wrk); by default BARE_CHAIN, and without either it is left out. email only; it goes first
  --no-build          measure the trees as they are; else each is built in Release
  -- OPTIONS          handed on to bench/Load

The product runs in Release with the keys of Development: one process of each kind, traces sampled at 1 % and sent, no dashboard. Servers are those
that are installed (postgresql, redis-server, rabbitmq-server), with fsync and quorum queues on, in a temporary folder.
CPU is user and system time by process between the first request and the last delivery (of sms: to the end of its checks), per accepted
item; that of the bare chain's one process is in the column of the edge. Commits are transactions that wrote, messages those that the broker
took. It prints a line a run, then medians, and ratios with minimum, median and maximum. Of email sent-p50… are times from the mail until the provider
has its message, which is where the bare chain ends, and e2e-p50… those until its status came back that it was delivered.

broker leaves the product out: jobs of 1 KB through the job engine, then through the bare client, a message each and in as many messages as the
engine made of them; all in jobs a second, and the engine divided by either (JOBS=200000 in all, CALLERS=256 at once).

social-api and notify-api ask an API over many rows, which they insert by SQL, and print a table of each kind of request before that line:
how many were answered, how many not with 2xx, times as the caller has them from when each was due, and as the edge says in
X-Response-Time. In the line p50… are those of all GETs, e2e-p50… those of all writes. Of tracked-api, which has twice --mails tracked mails,
p50… are those of lists, e2e-p50… those of analytics.
HELP
}

scenario=email rounds='' seconds='' warm_up='' mails=20000 recipients='' posts='' accounts=50000 notifications=5000000 rate=60
connections=32 trees=() rows=() bare=${BARE_CHAIN:-} build=yes
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --rounds) rounds=$2; shift ;;
    --seconds) seconds=$2; shift ;;
    --warm-up) warm_up=$2; shift ;;
    --mails) mails=$2; shift ;;
    --recipients) recipients=$2; shift ;;
    --posts) posts=$2; shift ;;
    --accounts) accounts=$2; shift ;;
    --notifications) notifications=$2; shift ;;
    --rate) rate=$2; shift ;;
    --rows) rows+=("$2"); shift ;;
    --connections) connections=$2; shift ;;
    --tree) trees+=("$(cd "$2" && pwd)"); shift ;;
    --bare) bare=$2; shift ;;
    --no-build) build=no ;;
    --) shift; break ;;
    email | sms | ingest | notify | social | tracked-api | social-api | notify-api | broker) scenario=$1 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
more=("$@")
case "$scenario" in
  social-api | notify-api) : "${rounds:=1}" "${seconds:=30}" "${warm_up:=20}" "${posts:=1000000}" "${recipients:=1000000}" ;;
  *) : "${rounds:=3}" "${seconds:=10}" "${warm_up:=45}" "${posts:=20000}" "${recipients:=10000}" ;;
esac
[ ${#trees[@]} -gt 0 ] || trees=("$(dirname "$here")")
[ -z "$(printf '%s\n' "${trees[@]##*/}" | sort | uniq -d)" ] || { echo "Two trees have a folder of one name, by which they are told apart." >&2; exit 2; }
[ ${#rows[@]} -gt 0 ] || rows=(0)
candidates=()
for tree in "${trees[@]}"; do for count in "${rows[@]}"; do candidates+=("$tree:$count"); done; done
[ "$scenario" = email ] && [ -n "$bare" ] && candidates=(bare bare-batched "${candidates[@]}")

# ---- servers ----------------------------------------------------------------------------------------------------------------------

base=${BENCH_PORT:-21000}
pg_port=$base redis_port=$((base + 1)) amqp_port=$((base + 2)) metrics_port=$((base + 3)) epmd_port=$((base + 4)) dist_port=$((base + 5))
edge_port=$((base + 10)) simulator_port=$((base + 14)) smtp_port=$((base + 15)) bare_port=3100
work=$(mktemp -d "${TMPDIR:-/tmp}/switchboard-bench-XXXXXX")
chmod 711 "$work"
servers=() started=()
cleanup() {
  local pid
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  kill -INT "${postgres_pid:-}" 2>/dev/null || true # it would wait for its clients on TERM
  for pid in "${servers[@]}"; do [ "$pid" = "${postgres_pid:-}" ] || kill "$pid" 2>/dev/null || true; done
  for pid in "${servers[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

as_postgres=() as_rabbitmq=() # PostgreSQL refuses root
if [ "$(id -u)" = 0 ]; then
  as_postgres=(setpriv --reuid=postgres --regid=postgres --clear-groups --)
  as_rabbitmq=(setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups --)
fi
own() { mkdir -p "$2"; [ "$(id -u)" != 0 ] || chown -R "$1:" "$2"; }
until_true() { # SECONDS COMMAND…
  local left=$(($1 * 10)); shift
  until "$@" >/dev/null 2>&1; do left=$((left - 1)); [ "$left" -gt 0 ] || { echo "No success: $*" >&2; exit 1; }; sleep 0.1; done
}

pg_bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
export PGHOST=127.0.0.1 PGPORT=$pg_port PGUSER=postgres
sql() { psql -XAtq -d "${2:-postgres}" -c "$1"; }

own postgres "$work/pg"
cd "$work"
"${as_postgres[@]}" "$pg_bin/initdb" -D "$work/pg/data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null
"${as_postgres[@]}" "$pg_bin/postgres" -D "$work/pg/data" -p "$pg_port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
  -c shared_buffers=256MB -c max_connections=200 -c wal_compression=lz4 -c max_wal_size=2GB -c log_checkpoints=off \
  -c shared_preload_libraries="${PG_LIBRARIES:-}" >"$work/pg.log" 2>&1 &
servers+=($!) postgres_pid=$!
redis-server --bind 127.0.0.1 --port "$redis_port" --save '' --dir "$work" >"$work/redis.log" 2>&1 &
servers+=($!) redis_pid=$!
mkdir "$work/mq"
cat >"$work/mq/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:$amqp_port
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = $metrics_port
log.console = true
log.console.level = warning
log.file = false
CONF
echo '[rabbitmq_prometheus].' >"$work/mq/enabled_plugins"; : >"$work/mq/env.conf"
export ERL_EPMD_PORT=$epmd_port ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_NODENAME=bench@localhost RABBITMQ_DIST_PORT=$dist_port \
  RABBITMQ_CONF_ENV_FILE=$work/mq/env.conf RABBITMQ_CONFIG_FILE=$work/mq/rabbitmq.conf RABBITMQ_NODE_PORT=$amqp_port \
  RABBITMQ_ENABLED_PLUGINS_FILE=$work/mq/enabled_plugins RABBITMQ_MNESIA_BASE=$work/mq/mnesia RABBITMQ_LOG_BASE=$work/mq/log \
  RABBITMQ_PID_FILE=$work/mq/pid ERL_FLAGS='-start_epmd false' RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+sbwt none +sbwtdcpu none +sbwtdio none' \
  RUNNING_UNDER_SYSTEMD=true
own rabbitmq "$work/mq"
epmd -port "$epmd_port" -address 127.0.0.1 & servers+=($!)
until_true 10 epmd -port "$epmd_port" -names
mq() { HOME=$work/mq "${as_rabbitmq[@]}" "/usr/lib/rabbitmq/bin/$1" "${@:2}"; }
HOME=$work/mq "${as_rabbitmq[@]}" /usr/lib/rabbitmq/bin/rabbitmq-server >"$work/mq.log" 2>&1 &
servers+=($!) rabbitmq_pid=$!
until_true 60 curl -sf "http://127.0.0.1:$metrics_port/metrics"
until_true 30 psql -XAtq -d postgres -c 'SELECT 1'

# ---- counters ---------------------------------------------------------------------------------------------------------------------

# One line: ticks of user and system time (of children that ended too) of postgres, rabbitmq, redis and each process of the candidate, then
# commits, WAL bytes, messages. With few forks: on a busy machine each takes its time, and the load goes on meanwhile.
counters() {
  local pids pid
  read -r pids <"/proc/$postgres_pid/task/$postgres_pid/children" || true # it ends without a line break
  # shellcheck disable=SC2086
  ticks "$postgres_pid" $pids
  for pid in "$rabbitmq_pid" "$redis_pid" "${watched[@]}"; do ticks "$pid"; done
  sql "SELECT pg_snapshot_xmax(pg_current_snapshot()) || ' ' || (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)" | tr '\n' ' '
  curl -s "http://127.0.0.1:$metrics_port/metrics" | awk '/^rabbitmq_global_messages_received_total\{/ { n += $2 } END { print n + 0 }'
}
ticks() { # PID…
  local pid sum=0 line
  for pid; do
    read -r line 2>/dev/null <"/proc/$pid/stat" || continue
    # shellcheck disable=SC2086
    set -- ${line##*) }
    sum=$((sum + ${12} + ${13} + ${14} + ${15}))
  done
  printf '%d ' "$sum"
}

# ---- candidates -------------------------------------------------------------------------------------------------------------------

# Traces are made and sent to where nobody takes them: that costs what it costs. No limit but the machine holds up the load, which is
# one address and a few keys.
environment() { # PROJECT PORT
  local simulator=http://127.0.0.1:$simulator_port edge=http://127.0.0.1:$edge_port
  cat <<VARIABLES
ConnectionStrings__switchboard=Host=127.0.0.1;Port=$pg_port;Username=postgres;Database=$database
ConnectionStrings__redis=127.0.0.1:$redis_port
ConnectionStrings__rabbitmq=amqp://guest:guest@127.0.0.1:$amqp_port/$database
Encryption__Key=$key
ASPNETCORE_URLS=http://127.0.0.1:$2
ASPNETCORE_ENVIRONMENT=Development
DOTNET_ENVIRONMENT=Development
Logging__LogLevel__Default=Warning
OTEL_EXPORTER_OTLP_ENDPOINT=$simulator
OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
Tracing__TracesPerSecond=0
Tracing__SampleRatio=0.01
RATE_LIMIT_MESSAGES_PER_HOUR=1000000
RateLimits__Default__Permits=10000000
Gmail__ApiBaseUrl=$simulator/gmail
Gmail__TokenUrl=$simulator/gmail/oauth/token
Gmail__PushKeysUrl=$simulator/gmail/oauth/jwks
Graph__ApiBaseUrl=$simulator/graph
Graph__Authority=$simulator/microsoft/common
Graph__PublicBaseUrl=$edge
WhatsApp__BaseUrl=$simulator/whatsapp
Twilio__ApiBaseUrl=$simulator/twilio
Social__PublicBaseUrl=$edge
Social__BlueskyServer=$simulator/social/bluesky
Social__Instagram__ApiBaseUrl=$simulator/social/instagram
Social__Instagram__AuthorizationUrl=$simulator/social/instagram/oauth/authorize
Social__Instagram__TokenUrl=$simulator/social/instagram/oauth/access_token
Social__Facebook__ApiBaseUrl=$simulator/social/facebook
Social__Facebook__AuthorizationUrl=$simulator/social/facebook/dialog/oauth
Social__Facebook__TokenUrl=$simulator/social/facebook/oauth/access_token
Social__X__ApiBaseUrl=$simulator/social/x
Social__X__AuthorizationUrl=$simulator/social/x/i/oauth2/authorize
Social__X__TokenUrl=$simulator/social/x/2/oauth2/token
Social__LinkedIn__ApiBaseUrl=$simulator/social/linkedin
Social__LinkedIn__AuthorizationUrl=$simulator/social/linkedin/oauth/v2/authorization
Social__LinkedIn__TokenUrl=$simulator/social/linkedin/oauth/v2/accessToken
Email__Host=127.0.0.1
Email__Port=$smtp_port
Smtp__Port=$smtp_port
Twilio__PublicBaseUrl=$edge
Speech__BaseUrl=$simulator/speech
Media__Folder=$work/media
Simulator__Url=$simulator
Simulator__DataFolder=$work/simulator
services__edge-api__http__0=$edge
DemoMail__PerMinute=0
DemoTexts__PerMinute=0
VARIABLES
  printf '%s' "${BENCH_ENV:+$BENCH_ENV
}"
}
program() { # PROJECT: its file
  ls "$tree/$1/bin/Release/net10.0/"*"$1.dll" | head -1
}
start() { # PROJECT PORT
  mapfile -t variables < <(environment "$1" "$2")
  (cd "$tree/$1" && exec env "${variables[@]}" dotnet "$(program "$1")") >>"$work/$1.log" 2>&1 &
  started+=($!) watched+=($!)
}
stop() {
  local pid
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  started=() watched=()
}

fresh() { # NAME: an empty database, and a virtual host of the broker
  database=$1
  sql "CREATE DATABASE $database"
  redis-cli -p "$redis_port" FLUSHALL >/dev/null
  mq rabbitmqctl -q add_vhost "$database" >/dev/null; mq rabbitmqctl -q set_permissions -p "$database" guest '.*' '.*' '.*' >/dev/null
}
migrate() {
  mapfile -t variables < <(environment Migrations 0)
  (cd "$tree/Migrations" && env "${variables[@]}" DOTNET_ENVIRONMENT=Development dotnet "$(program Migrations)") >>"$work/Migrations.log" 2>&1
}
start_product() {
  mkdir -p "$work/media" "$work/simulator"
  migrate
  local port=$edge_port project
  for project in Edge.Api Workers.Ingest Workers.Dispatch Analytics.Worker Simulator; do start "$project" "$port"; port=$((port + 1)); done
  for port in $(seq "$edge_port" "$simulator_port"); do until_true 60 curl -sf "http://127.0.0.1:$port/health"; done
}
measure() { # COMMAND…: runs it; the counters around its work are in before and after, its report in report
  local line
  rm -f "$work"/{before,after,report}
  while IFS= read -r line; do
    echo "$line" >>"$work/load.log"
    case "$line" in
      Sending* | Syncing* | Asking* | Waiting*) [ -s "$work/before" ] || counters >"$work/before" ;;
      Checking*) counters >"$work/after" ;;
      '{'*) [ -s "$work/after" ] || counters >"$work/after"; echo "$line" >"$work/report" ;;
      *'requests failed'*) echo "$line" >&2 ;;
      Inserted* | '  '*) echo "$line" ;;
    esac
  done < <("$@" 2>&1 || true)
  [ -s "$work/report" ] || { echo "$name did not report" >&2; tail -n 5 "$work"/*.log >&2; exit 1; }
}
load() { # SECONDS MAILS RECIPIENTS POSTS
  local options=(--edge "http://127.0.0.1:$edge_port" --simulator "http://127.0.0.1:$simulator_port")
  case "$scenario" in
    email) options+=(--seconds "$1" --connections "$connections") ;;
    sms) options+=(--seconds "$1" --concurrent "$connections" --media-share 0 --ingest-pid "${watched[1]}") ;;
    ingest) options+=(--mails "$2" --lift-limits --ingest-pid "${watched[1]}") ;;
    notify) options+=(--recipients "$3") ;;
    social) options+=(--posts "$4" --accounts "$(($4 / 10))" --seconds "$(($4 * 3 / 1000))") ;;
    social-api | notify-api)
      options+=(--seconds "$1" --warm-up "$warm_up" --rate "$rate" --connections "$connections"
        --database "Host=127.0.0.1;Port=$pg_port;Username=postgres;Database=$database")
      if [ "$scenario" = social-api ]; then options+=(--accounts "$accounts" --posts "$4")
      else options+=(--recipients "$3" --notifications "$notifications"); fi ;;
    tracked-api) options+=(--seconds "$1" --warm-up "$warm_up" --connections "$connections" --seed-rows "$((2 * $2))"
      --database "Host=127.0.0.1;Port=$pg_port;Username=postgres;Database=$database") ;;
  esac
  TERM=dumb dotnet "$here"/Load/bin/Release/net10.0/*Load.dll "$scenario" "${options[@]}" "${more[@]}"
}

# ---- the bare chain ---------------------------------------------------------------------------------------------------------------

start_bare() {
  [ -d "$work/built-$name" ] || dotnet build "$bare/$name" -c Release -o "$work/built-$name" --nologo -v q \
    -p:BaseIntermediateOutputPath="$work/obj-$name/" >&2
  node "$bare/bare/provider.js" & started+=($!)
  PG="Host=127.0.0.1;Port=$pg_port;Username=postgres;Database=$database" AMQP=amqp://guest:guest@127.0.0.1:$amqp_port/$database \
    PROVIDER=http://127.0.0.1:3900/v1/messages URLS=http://127.0.0.1:$bare_port dotnet "$work/built-$name/$name.dll" & started+=($!)
  watched=("${started[1]}")
  until_true 30 curl -sf -X POST "http://127.0.0.1:$bare_port/echo"
  # wrk prints no percentiles that one can choose
  printf 'dofile("%s")\nfunction done(all, latency) io.write(string.format("accepted %%d %%f %%f %%f %%f\\n", all.requests, all.requests / all.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3)) end\n' \
    "$bare/bare/email.lua" >"$work/wrk.lua"
}
load_bare() { # SECONDS: as a report of bench/Load
  local accepted rate p50 p95 p99 delivered last=-1
  echo Sending
  read -r _ accepted rate p50 p95 p99 < <(RUN=m$RANDOM wrk -t1 -c"$connections" -d"${1}s" -s "$work/wrk.lua" "http://127.0.0.1:$bare_port/webhooks/email" | grep ^accepted)
  while :; do
    delivered=$(sql "SELECT count(*) FROM limit_n WHERE delivery_status = 'delivered'" "$database")
    [ "$delivered" != "$last" ] || break
    last=$delivered; sleep 0.5
  done
  echo Checking
  sql "SELECT format('{\"accepted\":%s,\"acceptedPerSecond\":%s,\"deliveredPerSecond\":%s,\"acceptMs\":{\"p50\":%s,\"p95\":%s,\"p99\":%s},\"endToEndMs\":{\"p50\":%s,\"p95\":%s,\"p99\":%s},\"lost\":%s,\"duplicated\":0}',
      $accepted, $rate, count(*) / extract(epoch FROM max(sent_at) - min(received_at)), $p50, $p95, $p99, p[1], p[2], p[3], greatest($accepted - count(*), 0))
    FROM limit_n, LATERAL (SELECT percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM sent_at - received_at) * 1e3) AS p
      FROM limit_n WHERE delivery_status = 'delivered') AS all_of_them WHERE delivery_status = 'delivered' GROUP BY p" "$database"
}

# ---- the runs ---------------------------------------------------------------------------------------------------------------------

key=$(head -c 32 /dev/urandom | base64)
watched=()
if [ "$build" = yes ]; then
  for tree in "${trees[@]}"; do
    projects=(Migrations)
    [ "$scenario" = broker ] || projects+=(Edge.Api Workers.Ingest Workers.Dispatch Analytics.Worker Simulator)
    for project in "${projects[@]}"; do
      dotnet build "$tree/$project" -c Release --nologo -v q >&2
    done
  done
  for project in Load Broker; do dotnet build "$here/$project" -c Release --nologo -v q >&2; done
fi

field() { grep -o "\"$1\":[-0-9.]*" "$work/report" | head -1 | cut -d: -f2; }
percentiles() { sed -n "s/.*\"$1\":{[^}]*\"p50\":\([-0-9.]*\),\"p95\":\([-0-9.]*\),\"p99\":\([-0-9.]*\)}.*/\1 \2 \3/p" "$work/report"; }
first_of() { local one; for one; do [ -z "$one" ] || { echo "$one"; return; }; done; echo 0; }
items() { grep -o '"\(accepted\|mails\|answered\|messages\)":[0-9]*' "$work/report" | awk -F: '{ n += $2 } END { print n }'; }
columns='run accepted/s deliver/s p50 p95 p99 sent-p50 sent-p95 sent-p99 e2e-p50 e2e-p95 e2e-p99 lost dup cpu pg mq redis edge ingest disp anal sim commits WAL msgs'
aligned() { awk -v width="${1:-12}" '{ for (i = 1; i <= NF; i++) printf (i == 1 ? "%-14s" : "%" width "s"), $i; print "" }'; }
record() { # a line of the table, from the counters and the report
  local accept e2e sent
  case "$scenario" in
    social-api | notify-api) accept=$(percentiles getMs); e2e=$(percentiles writeMs) ;;
    tracked-api) accept=$(percentiles tracked); e2e=$(percentiles analytics) ;;
    *) accept=$(percentiles acceptMs); e2e=$(percentiles endToEndMs) ;;
  esac
  [ -n "$accept" ] || accept=$(percentiles ms)
  sent=$(percentiles sentMs)
  { cat "$work/before"; cat "$work/after"; } | awk -v name="$label" -v n="$(items)" -v rate="$(first_of "$(field acceptedPerSecond)" "$(field perSecond)")" \
    -v delivered="$(first_of "$(field deliveredPerSecond)" "$(field enrichedPerSecond)" "$(field mailsPerSecond)" "$(field messagesPerSecond)")" \
    -v accept="${accept:-0 0 0}" -v sent="${sent:-${e2e:-0 0 0}}" -v e2e="${e2e:-0 0 0}" -v lost="$(first_of "$(field lost)")" -v dup="$(first_of "$(field duplicated)")" '
    NR == 1 { for (i = 1; i <= NF; i++) before[i] = $i }
    NR == 2 {
      for (i = 1; i <= NF; i++) d[i] = ($i - before[i]) / n
      # a process that is not there has no column; the simulator is no part of the product
      servers = NF - 3; total = 0
      for (i = 1; i <= servers; i++) { cpu[i] = d[i] * 10; if (i < 8) total += cpu[i] }
      split(accept " " sent " " e2e, ms, " ")
      printf "%s %.0f %.0f", name, rate, delivered
      for (i = 1; i <= 9; i++) printf " %.1f", ms[i]
      printf " %d %d %.3f", lost, dup, total
      for (i = 1; i <= 8; i++) printf " %.3f", cpu[i]
      printf " %.3f %.0f %.3f\n", d[NF - 2], d[NF - 1], d[NF]
    }'
}

echo "$(date -u +%F) $(git -C "$here" rev-parse --short HEAD 2>/dev/null || true) $scenario, $rounds rounds; CPU in ms, WAL in bytes, all per item"
if [ "$scenario" = broker ]; then
  tree=${trees[0]}
  fresh bench
  migrate
  for round in $(seq "$rounds"); do
    env "${variables[@]}" METRICS="http://127.0.0.1:$metrics_port/" dotnet "$here"/Broker/bin/Release/net10.0/*Broker.dll
  done
  exit
fi
echo "$columns" | aligned
run=0
for round in $(seq "$rounds"); do
  for candidate in "${candidates[@]}"; do
    run=$((run + 1))
    fresh "bench$run"
    case "$candidate" in
      /*)
        name=$candidate tree=${candidate%:*} count=${candidate##*:}
        label=$(basename "$tree")
        [ "$count" = 0 ] || label+=:$count
        start_product
        [ "$count" = 0 ] || psql -XAtq -v ON_ERROR_STOP=1 -d "$database" -v rows="$count" -f "$here/rows.sql"
        [[ "$scenario" = *-api ]] || measure load "$warm_up" "$mails" 2000 2000
        measure load "$seconds" "$mails" "$recipients" "$posts" ;;
      *)
        name=$candidate label=$candidate
        start_bare
        RUN=w$RANDOM wrk -t1 -c"$connections" -d"${warm_up}s" -s "$bare/bare/email.lua" "http://127.0.0.1:$bare_port/webhooks/email" >/dev/null
        sleep 3; sql 'TRUNCATE limit_n' "$database"
        measure load_bare "$seconds" ;;
    esac
    record | tee -a "$work/table" | aligned
    stop
    mq rabbitmqctl -q delete_vhost "$database" >/dev/null; sql "DROP DATABASE $database WITH (FORCE)"
  done
done

awk -v columns="$columns" '
  function median(values, count,   i, j, t, v) {
    for (i = 1; i <= count; i++) v[i] = values[i]
    for (i = 2; i <= count; i++) for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    least = v[1]; most = v[count]
    return count % 2 ? v[(count + 1) / 2] : (v[count / 2] + v[count / 2 + 1]) / 2
  }
  { if (!($1 in rounds)) names[++known] = $1; r = ++rounds[$1]; for (i = 2; i <= NF; i++) all[$1, i, r] = $i; width = NF }
  END {
    print "medians"; print columns
    for (k = 1; k <= known; k++) {
      line = names[k]
      for (i = 2; i <= width; i++) { for (r = 1; r <= rounds[names[k]]; r++) one[r] = all[names[k], i, r]; line = line " " median(one, rounds[names[k]]) }
      print line
    }
    print "ratios-to-" names[1] "-min/median/max"
    for (k = 2; k <= known; k++) {
      line = names[k]
      for (i = 2; i <= width; i++) {
        n = 0
        for (r = 1; r <= rounds[names[k]]; r++) if (all[names[1], i, r] > 0) one[++n] = all[names[k], i, r] / all[names[1], i, r]
        if (n) { m = median(one, n); line = line sprintf(" %.2f/%.2f/%.2f", least, m, most) } else line = line " -"
      }
      print line
    }
  }' "$work/table" | aligned 16
