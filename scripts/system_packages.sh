#!/usr/bin/env bash
# Make sure that what PEEA needs of the system is there: install it when root or passwordless sudo is at hand, and
# otherwise name all that is missing in one message.
#
# Usage: system_packages.sh NEED=PACKAGE...   where NEED is a command, a shared library (lib*.so*) or a Python module
# (py:NAME), looked for itself since package names differ between releases, or else a Debian package (pkg:NAME).
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

there() {
    case $1 in
        py:*) "${PYTHON:-python3}" -c "import ${1#py:}" 2>/dev/null ;;
        pkg:*) dpkg-query --show --showformat='${Status}' "${1#pkg:}" 2>/dev/null | grep -q 'install ok installed' ;;
        lib*.so*) ldconfig -p | grep -qF "$1" ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

missing=()
for pair in "$@"; do
    there "${pair%%=*}" || missing+=("${pair#*=}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    echo "PEEA needs these system packages: ${missing[*]}" >&2
    echo "Ask an administrator to run: apt-get install ${missing[*]}" >&2
    echo "Then run make again." >&2
    exit 1
fi
echo "Installing system packages: ${missing[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
