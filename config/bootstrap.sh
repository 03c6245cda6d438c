#!/bin/sh
# Makes .venv if there is none, installs a requirements file into it, and then writes the stamp files that `make` checks.
# Runs before any package is installed, with the machine's shell and Python; reports in one sentence what is missing.
# Usage: sh config/bootstrap.sh [REQUIREMENTS STAMP...]
set -u
requirements=${1:-}
[ $# -eq 0 ] || shift

stop() {
    echo "$*" >&2
    exit 1
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Every Python on the PATH, whatever stands before it there, or the one that was named.
list_pythons() {
    [ -z "${PYTHON:-}" ] || { echo "$PYTHON" && return; }
    IFS=:
    for folder in $PATH; do
        for name in python3.13 python3.12 python3.11 python3 python; do
            [ -x "$folder/$name" ] && echo "$folder/$name"
        done
    done
}

# Microseconds that a Python takes for a little work, the best of several times.
measure() {
    "$1" -c 'import timeit; print(int(1e6 * min(timeit.repeat("[str(i) for i in range(9999)]", number=1, repeat=20))))'
}

# The quickest Python that is new enough, preferably one with a venv module. One that was compiled without optimizations
# takes a fifth longer for everything, and is often the first on the PATH of a machine that has two.
find_python() {
    for module in ensurepip,venv sys; do
        python='' least=''
        for candidate in $(list_pythons); do
            new_enough "$candidate" && "$candidate" -c "import $module" >/dev/null 2>&1 || continue
            took=$(measure "$candidate" 2>/dev/null)
            [ -n "$python" ] && [ "${took:-999999999}" -ge "${least:-999999999}" ] || python=$candidate least=$took
        done
        [ -n "$python" ] && echo "$python" && return
    done
    return 1
}

explain() {
    if grep -qiE 'no matching distribution|NewConnectionError|name resolution|max retries|timed out' "$log"; then
        stop "The packages could not be fetched from the package index: is there a network? All messages: $log"
    elif grep -qi 'no space left' "$log"; then
        stop "The disk is full. All messages: $log"
    fi
    stop "The packages could not be installed: $(grep -i error "$log" | tail -n 1) All messages: $log"
}

log=var/log/install.log
{ mkdir -p var/log && true >"$log"; } 2>/dev/null ||
    stop "This folder cannot be written to, and the desk keeps its packages and data in it: $(pwd)"

if ! new_enough .venv/bin/python; then
    python=$(find_python) || stop "Ledgerdesk needs Python 3.11 or newer; install one, or name it: make PYTHON=/path/to/python"
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
        stop "${python##*/} comes without its venv module; on Debian and Ubuntu: apt-get install python3-venv"
    "$python" -m venv --clear .venv >"$log" 2>&1 || stop "$python could not make the folder .venv. All messages: $log"
fi

[ -n "$requirements" ] || exit 0

has() {
    .venv/bin/python -c "import $1" >/dev/null 2>&1
}

# Those for PostgreSQL and Redis, which are installed by hand once, would keep the versions of an earlier release.
if [ "$requirements" = requirements.txt ] && { has psycopg || has redis; }; then
    requirements=requirements-extras.txt
fi

install() {
    PIP_USER=0 .venv/bin/python -m pip install --require-hashes --no-input --disable-pip-version-check \
        --progress-bar off "$@" >>"$log" 2>&1 </dev/null
}

echo "Installing $(grep -c == "$requirements") packages from $requirements into .venv …"
# The pip that comes with a Python may take thrice as long; if it cannot be replaced, that is all.
install --retries 0 -r requirements-pip.txt
: >"$log"
install --retries 2 --no-compile -r "$requirements" || explain
# On all processors, which pip does on one. Some packages carry files that no Python compiles, and some are run from
# other files than these, or not again.
.venv/bin/python -m compileall -q -j 0 -x '/site-packages/(mypyc?|pip|setuptools|pkg_resources)/' .venv/lib >>"$log" 2>&1
touch "$@"
