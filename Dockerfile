# The tracker with its pages, for docker and podman: docs/container.md says how it is run.
#
# The base is any image with Python 3.11 or newer as python3, and its venv module.
ARG BASE=docker.io/library/python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /source
# pip stays behind: the image has only what runs.
RUN python3 -m venv /pip && python3 -m venv --without-pip /opt/events-tracker
COPY . .
RUN /pip/bin/pip --python /opt/events-tracker/bin/python install \
        --no-cache-dir --disable-pip-version-check -c constraints.txt '.[web]' \
    && cp deploy/container/*.py deploy/container/dev.env /opt/events-tracker/

FROM ${BASE}
ARG VERSION=unreleased
LABEL org.opencontainers.image.title="Events Tracker" \
      org.opencontainers.image.description="Finds alarm accounts with too many events in Segware's Sigma Cloud, says so once, and says when it is over" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
# The uid is fixed, so that files of the host can be given to it.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data \
        --shell /usr/sbin/nologin tracker \
    && install --directory --owner=tracker --group=tracker --mode=750 /data /etc/events-tracker
COPY --from=build /opt/events-tracker /opt/events-tracker
# Pages are for others than this container, whatever a .env says that serves a host as well.
ENV PATH=/opt/events-tracker/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WEB_BIND=0.0.0.0 \
    WEB_PORT=8480
EXPOSE 8480
# Where SQLite is, unless DATABASE_URL names another place.
VOLUME /data
WORKDIR /data
USER 10001:10001
# For the worker; whoever serves pages asks `healthy.py web` instead, as compose.yaml does.
HEALTHCHECK --interval=60s --timeout=20s --start-period=120s --retries=3 \
    CMD ["python", "/opt/events-tracker/healthy.py"]
ENTRYPOINT ["tracker"]
CMD ["run"]
