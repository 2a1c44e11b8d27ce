#!/usr/bin/env bash
# Installs what is missing, builds, and runs everything on this machine until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")"

configuration=Release

usage() {
  cat <<'HELP'
usage: ./run.sh [--fresh] [--no-setup] [--KEY=VALUE ...]   Ctrl-C stops it

  --fresh                  start with empty data
  --no-setup               neither install nor build: run what is there
  --Servers=KIND           containers or local; by default containers where docker or podman answers
  --Replicas:NAME=N        processes of edge-api, workers-ingest, workers-dispatch or analytics-worker
  --DemoMail:PerMinute=N   how many mails a minute the simulator sends; 0 for none
  --DemoTexts:PerMinute=N  how many SMS, from +15550100001; 0.1 by default, and none without demo mail
  --Media:Folder=PATH      where the files of SMS are kept; .switchboard/media by default

  http://localhost:5080    the API            http://localhost:5090    the simulator
  http://localhost:18888   the dashboard: resources with their logs, stop and start, traces, metrics

It needs the .NET 10 SDK. Data and passwords are kept in .switchboard/ (started by root below a closed home folder: in /var/tmp),
those of containers in volumes, which --fresh leaves aside.
HELP
}

# The time of the last build here. A folder counts too: it changes when a file in it is deleted or moved.
built=AppHost/obj/run-sh-built
changed_since_built() {
  find . -mindepth 1 \( -name bin -o -name obj -o -name '.git' -o -name .switchboard \) -prune -o -newer "$built" -print -quit
}

setup=yes servers='' arguments=()
for argument in "$@"; do
  case "$argument" in
    -h | --help) usage; exit 0 ;;
    --no-setup) setup=no ;;
    --fresh) rm -rf .switchboard/media; arguments+=("$argument") ;;
    --Servers=*) servers=${argument#*=}; arguments+=("$argument") ;;
    *) arguments+=("$argument") ;;
  esac
done

. ./setup.sh
ensure_dotnet
if [ "$setup" = yes ]; then
  ensure_servers "$servers"
  if [ ! -e "$built" ] || [ -n "$(changed_since_built)" ]; then
    echo 'Restoring packages'
    dotnet restore AppHost --nologo --verbosity quiet
    echo 'Building'
    dotnet build AppHost --configuration "$configuration" --no-restore --nologo --verbosity quiet
    touch "$built"
  fi
fi
echo 'Starting; it says where things are when they are ready'
exec dotnet run --project AppHost --configuration "$configuration" --no-build -- ${arguments[@]+"${arguments[@]}"}
