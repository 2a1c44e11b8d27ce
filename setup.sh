# Sourced by run.sh and test.sh, from the root of the repository. Nothing is done when nothing is missing.
#
#   ensure_dotnet       fails with a message unless a .NET SDK that global.json accepts is there
#   ensure_servers      PostgreSQL, Redis and RabbitMQ, by apt-get on Debian; fails with a message where it cannot
#   choose_packages     exports UsePolyfills: false if the feed has the real packages and a container engine runs, true otherwise
#   ensure_dashboard    the Aspire CLI, by npm; only says what is missing where it cannot
#
# What they keep is in .switchboard/, which git ignores.

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

ensure_servers() {
  [ "${UsePolyfills:-true}" != false ] || return 0 # they run as containers
  local missing as_root=''
  missing=$(missing_servers)
  [ -n "$missing" ] || return 0

  [ "$(id -u)" -eq 0 ] || as_root='sudo'
  if ! command -v apt-get >/dev/null || { [ -n "$as_root" ] && ! command -v sudo >/dev/null; }; then
    echo "These servers are missing, and cannot be installed from here: $missing" >&2
    return 1
  fi
  echo "Installing: $missing"
  # the servers run privately, per run: the distribution's own services are not started
  local policy=/usr/sbin/policy-rc.d made_policy=''
  if [ ! -e "$policy" ]; then
    made_policy=yes
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null && $as_root chmod +x "$policy"
  fi
  # shellcheck disable=SC2086
  $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
  local code=$?
  [ -z "$made_policy" ] || $as_root rm -f "$policy"
  [ $code -eq 0 ] || echo "apt-get could not install: $missing" >&2
  return $code
}

# Asks the feed once, and remembers the answer as long as the versions stay the same.
choose_packages() {
  if [ -z "${UsePolyfills:-}" ]; then
    local asked answer
    asked=$(cksum <Directory.Packages.props | tr ' ' '-')
    if [ "$(head -n 1 .switchboard/packages 2>/dev/null)" = "$asked" ]; then
      answer=$(tail -n 1 .switchboard/packages)
    else
      answer=true
      if feed_has_packages && container_engine_runs; then answer=false; fi
      mkdir -p .switchboard
      printf '%s\n%s\n' "$asked" "$answer" >.switchboard/packages
    fi
    export UsePolyfills=$answer
  fi
}

feed_has_packages() {
  local probe=.switchboard/probe package version
  mkdir -p "$probe"
  for file in Directory.Build.props Directory.Build.targets Directory.Packages.props; do echo '<Project />' >"$probe/$file"; done
  {
    echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup>'
    for package in Aspire.Hosting.AppHost Aspire.Hosting.PostgreSQL Aspire.Npgsql FastEndpoints Microsoft.Extensions.Http.Resilience; do
      version=$(sed -n "s/.*Include=\"$package\" Version=\"\([^\"]*\)\".*/\1/p" Directory.Packages.props | head -n 1)
      echo "<PackageReference Include=\"$package\" Version=\"$version\" />"
    done
    echo '</ItemGroup></Project>'
  } >"$probe/Probe.csproj"
  UsePolyfills='' timeout 60 dotnet restore "$probe/Probe.csproj" --verbosity quiet >/dev/null 2>&1
  local code=$?
  rm -rf "$probe"
  return $code
}

container_engine_runs() {
  timeout 10 docker info >/dev/null 2>&1 || timeout 10 podman info >/dev/null 2>&1
}

ensure_dashboard() {
  [ "${UsePolyfills:-true}" != false ] || return 0 # it comes with the packages
  local folder=.switchboard/aspire-cli
  local program=$folder/node_modules/@microsoft/aspire-cli-linux-x64/bin/aspire
  [ ! -x "$program" ] || return 0
  if ! command -v npm >/dev/null; then
    echo 'No Aspire dashboard: npm, which has the Aspire CLI, is missing. All else works.' >&2
    return 0
  fi
  echo 'Getting the Aspire dashboard'
  mkdir -p "$folder"
  if ! timeout 180 npm install --prefix "$folder" --no-audit --no-fund --no-save --loglevel error @microsoft/aspire-cli-linux-x64@13.5.4 >/dev/null; then
    echo 'No Aspire dashboard: npm could not install @microsoft/aspire-cli-linux-x64. All else works.' >&2
  fi
  [ ! -f "$program" ] || chmod +x "$program"
  return 0
}
