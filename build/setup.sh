# Sourced by scripts that need to set up the machine: the .NET SDK, PostgreSQL's server programs, packages.
# shellcheck shell=bash

export DOTNET_NOLOGO=1

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# Runs a command silently; if it fails, shows all of its output.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" -ne 0 ]; then
        cat "$log" >&2
    fi
    rm -f "$log"
    return "$status"
}

need_dotnet() {
    command -v dotnet >/dev/null || fail "The .NET 10 SDK is required, but dotnet is not in PATH: see https://dotnet.microsoft.com/download/dotnet/10.0"
    # In this directory, global.json determines which SDK is accepted.
    dotnet --version >/dev/null 2>&1 ||
        fail "The .NET 10 SDK is required, but dotnet has only: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ' -); see https://dotnet.microsoft.com/download/dotnet/10.0"
}

# Whether the service will find PostgreSQL's server programs. It searches the same directories.
has_postgres() {
    local directory
    local -a path
    IFS=: read -ra path <<<"$PATH"
    for directory in "${path[@]}" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
        /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin /Applications/Postgres.app/Contents/Versions/*/bin; do
        if [ -x "$directory/initdb" ] && [ -x "$directory/pg_ctl" ] && [ -x "$directory/postgres" ]; then
            return 0
        fi
    done
    return 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

may_install() {
    command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }
}

apt_install() {
    say "Installing $* ..."
    # The package lists may be missing or old. If they cannot be updated, the installation reports the error.
    quietly as_root apt-get update || say "apt-get update failed; trying with the existing package lists."
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# Installs the packages that are not installed yet.
need_packages() {
    local package
    local -a missing=()
    for package in "$@"; do
        if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
            missing+=("$package")
        fi
    done
    if [ "${#missing[@]}" -eq 0 ]; then
        return
    fi
    may_install || fail "Required packages are not installed: ${missing[*]} (apt-get install ${missing[*]})"
    apt_install "${missing[@]}" || fail "Required packages could not be installed: ${missing[*]}"
}

need_postgres() {
    if has_postgres; then
        return
    fi
    case $(uname -s) in
        Darwin) fail "PostgreSQL is required: brew install postgresql@17" ;;
    esac
    may_install || fail "PostgreSQL is required: apt-get install postgresql (or your distribution's package of the PostgreSQL server)"
    install_postgres || fail "PostgreSQL is required, and it could not be installed."
    has_postgres || fail "PostgreSQL is installed, but its server programs (initdb, pg_ctl, postgres) are not in the expected directories."
}

# Debian's package creates a cluster and starts it on port 5432. Only the programs are needed, so a temporary setting prevents that. The
# subshell removes the setting when it ends, however it ends.
install_postgres() (
    settings=/etc/postgresql-common/createcluster.d
    drop_in=$settings/attachments-programs-only.conf
    as_root mkdir -p "$settings"
    trap 'as_root rm -f "$drop_in"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    printf 'create_main_cluster = false\n' | as_root tee "$drop_in" >/dev/null
    apt_install postgresql
)
