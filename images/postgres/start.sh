#!/bin/sh
# Create a database on the first start, then run the server. POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB are the
# first user and the first database. PGDATA is the data folder.
set -eu
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-postgres}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    : "${POSTGRES_PASSWORD:?is not set: the database would have no password}"
    mkdir -p "$PGDATA"
    password=$(mktemp)
    printf '%s\n' "$POSTGRES_PASSWORD" > "$password"
    initdb --pgdata="$PGDATA" --username="$user" --pwfile="$password" --encoding=UTF8 --locale=C.UTF-8 \
        --auth-local=trust --auth-host=scram-sha-256
    rm "$password"
    echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
    if [ "$database" != postgres ]; then
        printf 'create database "%s"\n' "$database" | postgres --single -D "$PGDATA" postgres > /dev/null
    fi
fi
unset POSTGRES_PASSWORD

# The fsGroup of a volume makes the directory writable for its group, which the server refuses.
chmod -R g-rwx,o-rwx "$PGDATA"
exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/tmp "$@"
