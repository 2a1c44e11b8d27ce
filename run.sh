#!/usr/bin/env bash
# Installs what is missing, builds, and runs the whole house on this machine until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")"

configuration=Release
program=AppHost/bin/$configuration/net10.0/AppHost.dll

usage() {
  cat <<'HELP'
usage: ./run.sh [--fresh] [--no-setup] [--KEY=VALUE ...]   run everything; Ctrl-C stops it
       ./run.sh status                                     what runs where
       ./run.sh resource NAME start|stop|restart           a command for one resource (all its replicas, or one of them)

  --fresh                  start with empty data
  --no-setup               neither install nor build: run what is there
  --Replicas:NAME=N        processes of edge-api, workers-ingest, workers-dispatch or analytics-worker
  --DemoMail:PerMinute=N   how many mails a minute the simulator sends; 0 for none
  --DemoTexts:PerMinute=N  how many texts, from +15550100001; 0.1 unless said, and none without demo mail
  --Media:Folder=PATH      where the files of texts are kept; .switchboard/media unless said

While it runs, type "help" for its commands.
  http://localhost:5080    the API            http://localhost:5090    the simulator
  http://localhost:18888   the dashboard (needs npm)

Data, passwords and tools are kept in .switchboard/ (as root, below a closed home folder: in /var/tmp).
UsePolyfills=true|false in the environment chooses the packages; otherwise the feed is asked once.
HELP
}

setup=yes arguments=()
case "${1:-}" in
  -h | --help) usage; exit 0 ;;
  status | resource)
    [ -f "$program" ] || { echo 'Not built yet: ./run.sh' >&2; exit 1; }
    exec dotnet "$program" "$@"
    ;;
esac
for argument in "$@"; do
  case "$argument" in
    --no-setup) setup=no ;;
    -h | --help) usage; exit 0 ;;
    --fresh) rm -rf .switchboard/media; arguments+=("$argument") ;;
    *) arguments+=("$argument") ;;
  esac
done

. ./setup.sh
ensure_dotnet
choose_packages
if [ "$setup" = yes ]; then
  ensure_servers
  ensure_dashboard
  echo 'Building'
  dotnet build AppHost --configuration "$configuration" --nologo --verbosity quiet
fi
exec dotnet run --project AppHost --configuration "$configuration" --no-build -- ${arguments[@]+"${arguments[@]}"}
