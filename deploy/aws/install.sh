#!/bin/sh
# Installs this version of Abzug on a new server and starts it; nothing but Python is needed.
#
# usage: install.sh worker
#        install.sh web SECRET DATABASE_HOST REGION
#
# It lies in the unpacked wheelhouse, /opt/abzug/VERSION, beside wheels/ and units/.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
role=$1

python3 -m venv --without-pip "$here/venv"
# a wheel of pip can be run as it is; the wheelhouse holds exactly what the lock file names
python3 "$(echo "$here"/wheels/pip-*.whl)/pip" --python "$here/venv/bin/python" install --quiet --no-index \
  --no-compile --find-links "$here/wheels" abzug
ln -sfn "$here" /opt/abzug/current
id abzug >/dev/null 2>&1 || useradd --system --home-dir /var/lib/abzug --shell /usr/sbin/nologin abzug

case $role in
worker) services=abzug-worker ;;
web)
  services="abzug-web abzug-tracker"
  umask 077
  "$here/venv/bin/python" "$here/database_url.py" "$2" "$3" "$4" >/etc/abzug/secret.env
  umask 022
  ;;
*)
  echo "install.sh: no role $role" >&2
  exit 2
  ;;
esac
for service in $services; do
  install -m 644 "$here/units/$service.service" /etc/systemd/system/
done
systemctl daemon-reload
# shellcheck disable=SC2086  # two names, not one
systemctl enable --now $services
