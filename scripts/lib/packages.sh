# shellcheck shell=bash
#
# Installs Debian packages that are missing. Sourced by the scripts beside it.

die() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# install_missing PACKAGE...: touches neither network nor root rights if nothing is missing.
install_missing() {
  if ! command -v dpkg-query apt-get >/dev/null; then
    die "needs a Debian system (apt-get); elsewhere install the counterparts of: $*"
  fi

  local package missing=()
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    return
  fi

  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "run as root, or install first: ${missing[*]}"
    as_root=(sudo)
  fi
  echo "Installing: ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get
    -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update >/dev/null || die "apt-get update failed"
  "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null ||
    die "could not install: ${missing[*]}"
}
