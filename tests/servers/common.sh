# What the scripts of this folder share: processes, ports, and waiting for a server. Sourced.
# shellcheck shell=bash

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# Whether process $1 is there, and is more than a zombie that nobody has waited for. (While other
# threads of a killed server end, its first one is a zombie already.)
alive() {
  local state threads
  state=$(sed 's/.*) //' "/proc/$1/stat" 2> /dev/null) || return 1
  threads=("/proc/$1/task"/*)
  [[ $state != Z* || ${#threads[@]} -gt 1 ]]
}

# Sets PID to the process that file $1 names, if it still is the server of data folder $2: a number
# in a file may by now belong to something else.
running() {
  PID=''
  [[ -r $1 ]] && read -r PID _ < "$1" && [[ -n $PID ]] &&
    grep -qzxF -e "--datadir=$2" "/proc/$PID/cmdline" 2> /dev/null
}

listening() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)) && listening "$port"; do :; done
  echo "$port"
}

# The version in the greeting that MySQL and MariaDB send once they take connections; MariaDB's
# begins with a version that old clients expect.
greeting() {
  (
    exec 3<> "/dev/tcp/127.0.0.1/$1"
    timeout 2 head -c 64 <&3 | tail -c +6 | tr '\0' '\n' | sed -n '1s/^5\.5\.5-//;1p'
  ) 2> /dev/null || true
}

# Waits until process $1 answers on port $2; $3 is its log.
wait_for_answer() {
  local end=$((SECONDS + 90))
  until [[ -n $(greeting "$2") ]]; do
    alive "$1" || {
      tail -n 20 "$3" >&2
      die "it ended before it answered"
    }
    ((SECONDS < end)) || die "no answer on port $2 within 90 s: see $3"
    sleep 0.1
  done
}

# Sends signal $2 to process $1 and waits until it is gone.
end_process() {
  local end=$((SECONDS + 60))
  kill "-$2" "$1"
  while alive "$1"; do
    ((SECONDS < end)) || die "process $1 has not ended within 60 s"
    sleep 0.1
  done
}

# Prints the options that every server of the tests is started with: small, on this machine only.
small_server() {
  printf '%s\n' --bind-address=127.0.0.1 --socket=server.sock --pid-file=mysqld.pid \
    --innodb-buffer-pool-size=64M --innodb-log-buffer-size=4M --max-connections=200 \
    --table-open-cache=400
}

# --- one server with a data folder of its own, for mysql-server and mariadb-server ---------------
#
# The script that sources this defines install_server, initialise FOLDER (which makes a data folder)
# and launch (which replaces the process by the server, with its options), and names DEFAULT_PORT and
# PREFIX, the folder where everything lives.

single_server_usage() {
  cat << USAGE
usage: $(basename "$0") start [--port N] [--datadir FOLDER] [--fast]
       $(basename "$0") stop|kill [--datadir FOLDER]

  start   start it (installing it first), wait until it answers, and print its URL; harmless to repeat
  stop    end it cleanly
  kill    end it as a power cut would: SIGKILL

  --port N          on 127.0.0.1 (default $DEFAULT_PORT; 0 picks a free one)
  --datadir FOLDER  default $PREFIX/data; one server per folder
  --fast            a commit survives the end of the process, but not a power cut
USAGE
}

single_server() {
  local command=${1:-}
  shift || true
  PORT='' FAST='' DATADIR=$PREFIX/data
  while [[ $# -gt 0 ]]; do
    case $1 in
      --port) PORT=${2:?--port needs a number} && shift 2 ;;
      --datadir) DATADIR=${2:?--datadir needs a folder} && shift 2 ;;
      --fast) FAST=1 && shift ;;
      *) single_server_usage >&2 && exit 2 ;;
    esac
  done
  DATADIR=$(realpath -m "$DATADIR")
  case $command in
    start) start_single ;;
    stop) stop_single TERM ;;
    kill) stop_single KILL ;;
    *) single_server_usage >&2 && exit 2 ;;
  esac
}

start_single() {
  mkdir -p "$(dirname "$DATADIR")"
  exec 8> "$DATADIR.lock"
  flock 8 # one start at a time
  if running "$DATADIR.pid" "$DATADIR"; then
    local port
    read -r _ port < "$DATADIR.pid"
    [[ -z $PORT || $PORT == 0 || $PORT == "$port" ]] || die "it runs already, on port $port"
    PORT=$port
  else
    install_server
    PORT=${PORT:-$DEFAULT_PORT}
    if [[ $PORT == 0 ]]; then PORT=$(free_port); fi
    if listening "$PORT"; then die "port $PORT is taken"; fi
    if [[ ! -d $DATADIR ]]; then
      # Made beside its place and moved there, so that a folder is whole or absent.
      rm -rf "$DATADIR.new"
      initialise "$DATADIR.new" > "$DATADIR.init.log" 2>&1 || {
        cat "$DATADIR.init.log" >&2
        die "the data folder could not be made"
      }
      mv "$DATADIR.new" "$DATADIR"
    fi
    cd "$DATADIR"
    rm -f server.sock server.sock.lock # a killed server leaves them
    launch < /dev/null >> "$DATADIR.log" 2>&1 8>&- &
    PID=$!
    echo "$PID $PORT" > "$DATADIR.pid"
  fi
  wait_for_answer "$PID" "$PORT" "$DATADIR.log"
  say "$(greeting "$PORT") answers on port $PORT (process $PID, log $DATADIR.log)"
  echo "mysql://root@127.0.0.1:$PORT/"
}

stop_single() {
  if running "$DATADIR.pid" "$DATADIR"; then
    end_process "$PID" "$1"
    say "ended"
  else
    say "it was not running"
  fi
  rm -f "$DATADIR.pid"
}
