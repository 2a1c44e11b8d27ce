# Sourced by run.sh and test.sh, from the root of the repository. Nothing is done when nothing is missing.
#
#   ensure_dotnet          fails with a message unless a .NET SDK that global.json accepts is there
#   ensure_servers [KIND]  PostgreSQL, Redis, RabbitMQ and tzdata, by apt-get on Debian; fails with a message where it cannot.
#                          Unless KIND is local the servers need not be there where a container engine answers.
#   ensure_test_programs   Prometheus, Chromium and what the documents' commands need, in the same way: for tests alone

ensure_dotnet() {
  dotnet --version >/dev/null 2>&1 || {
    echo 'The .NET 10 SDK is missing: https://dotnet.microsoft.com/download' >&2
    return 1
  }
}

missing_servers() {
  ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || printf 'postgresql '
  [ -x /usr/bin/redis-server ] || [ -x /usr/local/bin/redis-server ] || printf 'redis-server '
  [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || printf 'rabbitmq-server '
}

container_engine_runs() {
  timeout 10 docker info >/dev/null 2>&1 || timeout 10 podman info >/dev/null 2>&1
}

ensure_servers() {
  local missing
  missing=$(missing_servers)
  case "${missing:+${1:-auto}}" in
    '' | local) ;;
    containers) missing='' ;;
    *) ! container_engine_runs || missing='' ;;
  esac
  # the processes themselves run here in any case
  [ -e /usr/share/zoneinfo/Europe/Vienna ] || missing="$missing tzdata"
  # shellcheck disable=SC2086
  [ -z "$missing" ] || install_packages $missing
}

ensure_test_programs() {
  local missing='' program
  [ -x /usr/bin/prometheus ] && [ -x /usr/bin/promtool ] || missing='prometheus'
  [ -x /usr/bin/chromium ] || missing="$missing chromium"
  for program in curl jq openssl; do command -v "$program" >/dev/null || missing="$missing $program"; done
  # shellcheck disable=SC2086
  [ -z "$missing" ] || install_packages $missing
}

install_packages() {
  local as_root=''
  [ "$(id -u)" -eq 0 ] || as_root='sudo'
  if ! command -v apt-get >/dev/null || { [ -n "$as_root" ] && ! command -v sudo >/dev/null; }; then
    echo "These packages are missing, and cannot be installed from here: $*" >&2
    return 1
  fi
  # the servers run privately, per run: the distribution's own services are not started
  local policy=/usr/sbin/policy-rc.d made_policy='' code=0
  if [ ! -e "$policy" ]; then
    made_policy=yes
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null && $as_root chmod +x "$policy"
  fi
  echo 'Reading the list of packages'
  $as_root apt-get update -qq || code=$?
  for package; do
    [ $code -eq 0 ] || break
    echo "Installing $package"
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null || code=$?
  done
  [ -z "$made_policy" ] || $as_root rm -f "$policy"
  [ $code -eq 0 ] || echo "apt-get could not install: $*" >&2
  return $code
}
