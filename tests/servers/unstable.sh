# Packages of Debian's unstable suite, for what the stable one lacks: unpacked in a folder of their own,
# with every library that they need. The machine's packages and its apt settings stay as they are.
# Sourced, after common.sh.
# shellcheck shell=bash

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

# Unpacks packages $2… and all that they need below folder $1, unless it is there; one at a time does.
unpack_unstable() {
  local root=$1 apt=$1.apt source package
  shift
  mkdir -p "$(dirname "$root")"
  exec 9> "$root.lock"
  flock 9
  if [[ ! -d $root ]]; then
    rm -rf "$apt" "$root.new"
    mkdir -p "$apt"/{lists,archives}/partial "$apt/none" "$root.new"
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
    say "downloading $* ..."
    {
      apt-get -c "$apt/apt.conf" -qq update &&
        apt-get -c "$apt/apt.conf" -qq -y --no-install-recommends --download-only install "$@"
    } > "$apt/log" 2>&1 9>&- || {
      cat "$apt/log" >&2
      die "$* could not be downloaded"
    }
    for package in "$apt"/archives/*.deb; do dpkg -x "$package" "$root.new"; done
    rm -rf "$root.new"/usr/share/{doc,man,locale} "$apt"
    mv "$root.new" "$root"
  fi
  exec 9>&-
}
