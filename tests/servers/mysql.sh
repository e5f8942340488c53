# A genuine MySQL server. Debian's stable release has none: it is of the unstable suite, and runs with
# the libraries that came with it. Sourced, after common.sh and unstable.sh.
# shellcheck shell=bash

PREFIX=${TRACKER_TEST_SERVERS:-$HOME/.cache/events-tracker}/mysql
ROOT=$PREFIX/root

install_server() { unpack_unstable "$ROOT" mysql-server-core; }

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
