# A genuine MySQL server. Debian's stable release has none: the packages are taken from its unstable
# suite and unpacked in a folder of their own, where the server runs with the libraries that came with
# it. The machine's packages and its apt settings stay as they are. Sourced, after common.sh.
# shellcheck shell=bash

PREFIX=${TRACKER_TEST_SERVERS:-$HOME/.cache/events-tracker}/mysql
ROOT=$PREFIX/root

# Writes to file $1 the machine's own source of packages, with another suite: the mirror and the key
# that signs it stay those that the machine trusts.
unstable_source() {
  local release file
  # shellcheck source=/dev/null
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -r $file ]] || continue
    # A stanza is a paragraph; comments would end up in it.
    sed '/^#/d' "$file" | awk -v RS= -v release="$release" '
      ("\n" $0 "\n") ~ ("\nSuites:([^\n]* )?" release "[ \n]") {
        gsub(/(^|\n)Suites:[^\n]*/, "\nSuites: sid")
        gsub(/(^|\n)Components:[^\n]*/, "\nComponents: main")
        gsub(/(^|\n)Types:[^\n]*/, "\nTypes: deb")
        sub(/^\n/, "")
        print
        exit
      }' > "$1.sources"
    if [[ -s $1.sources ]]; then
      echo "$1.sources"
      return
    fi
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -r $file ]] || continue
    sed -nE "s/^(deb( +\[[^]]*\])? +[^ ]+) +$release +main( .*)?$/\1 sid main/p" "$file" |
      head -n 1 > "$1.list"
    if [[ -s $1.list ]]; then
      echo "$1.list"
      return
    fi
  done
  die "no source of $release's packages is named below /etc/apt"
}

install_server() {
  mkdir -p "$PREFIX"
  exec 9> "$PREFIX/install.lock"
  flock 9
  if [[ ! -d $ROOT ]]; then
    local apt=$PREFIX/apt source package
    rm -rf "$apt" "$ROOT.new"
    mkdir -p "$apt"/{lists,archives}/partial "$apt/none" "$ROOT.new"
    source=$(unstable_source "$apt/unstable")
    # Nothing counts as installed, so that every library comes along; but perl, which only helper
    # scripts need.
    cat > "$apt/status" << STATUS
Package: perl
Status: install ok installed
Architecture: $(dpkg --print-architecture)
Multi-Arch: allowed
Version: 5:999
Maintainer: none
Description: stands for the machine's own
STATUS
    cat > "$apt/apt.conf" << CONF
Dir::Etc::sourcelist "$source";
Dir::Etc::sourceparts "$apt/none";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "$apt/none";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::State::extended_states "$apt/extended_states";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
Dir::Log "$apt";
APT::Default-Release "";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
CONF
    say "downloading MySQL ..."
    {
      apt-get -c "$apt/apt.conf" -qq update &&
        apt-get -c "$apt/apt.conf" -qq -y --no-install-recommends --download-only \
          install mysql-server-core
    } > "$apt/log" 2>&1 9>&- || {
      cat "$apt/log" >&2
      die "MySQL could not be downloaded"
    }
    for package in "$apt"/archives/*.deb; do dpkg -x "$package" "$ROOT.new"; done
    rm -rf "$ROOT.new"/usr/share/{doc,man,locale} "$apt"
    mv "$ROOT.new" "$ROOT"
  fi
  exec 9>&-
}

# Replaces the process by mysqld with these options. It needs a newer C library than the machine's,
# so it is started by the loader that came with it.
mysqld() {
  local libraries loader as_user=()
  libraries=$(dirname "$(compgen -G "$ROOT/usr/lib/*/libc.so.6" | head -n 1)")
  loader=$(find "$ROOT/usr/lib" "$ROOT"/usr/lib64 -name 'ld-linux-*.so.*' 2> /dev/null | head -n 1)
  [[ -n $loader ]] || die "there is no loader below $ROOT: remove that folder and start again"
  if [[ $(id -u) == 0 ]]; then as_user=(--user=root); fi
  unset LD_LIBRARY_PATH LD_PRELOAD
  export OPENSSL_CONF=/dev/null OPENSSL_MODULES=$libraries/ossl-modules GCONV_PATH=$libraries/gconv
  exec setsid "$loader" --inhibit-cache --library-path "$libraries" --argv0 "$ROOT/usr/sbin/mysqld" \
    "$ROOT/usr/sbin/mysqld" --no-defaults --basedir="$ROOT/usr" "${as_user[@]}" \
    --lc-messages-dir="$ROOT/usr/share/mysql" --plugin-dir="$ROOT/usr/lib/mysql/plugin" \
    --secure-file-priv=NULL --innodb-redo-log-capacity=64M "$@"
}

initialise() { (mysqld --initialize-insecure --datadir="$1"); }
