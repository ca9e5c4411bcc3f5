# claimwatch in a container: no root, nothing written outside /data and /tmp.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY pipeline pipeline
COPY config config
COPY migrations migrations
COPY demo demo
# The lock holds every extra (PostgreSQL, cluster), so one image serves every part.
RUN python -m venv /opt/claimwatch \
 && /opt/claimwatch/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock \
 && /opt/claimwatch/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /opt/claimwatch/bin/python -m compileall -q /opt/claimwatch/lib

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin claimwatch \
 && mkdir /data \
 && chown claimwatch /data
COPY --from=build /opt/claimwatch /opt/claimwatch
COPY config /config
ENV PATH=/opt/claimwatch/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CLAIMWATCH_CONFIG=/config \
    CLAIMWATCH__DATA=/data \
    CLAIMWATCH__LOGGING__FORMAT=json
USER claimwatch
WORKDIR /data
VOLUME /data
EXPOSE 8765
# Whether the process turns. It asks no database: one that is down is waited for, and is no reason to start again.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["claimwatch", "status", "--live"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["claimwatch"]
CMD ["run"]
