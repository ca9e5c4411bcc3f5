# claimwatch in a container: no root, no writing outside /data.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY pipeline pipeline
COPY config config
COPY migrations migrations
COPY demo demo
RUN python -m venv /opt/claimwatch \
 && /opt/claimwatch/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
 && /opt/claimwatch/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin claimwatch \
 && mkdir /data && chown claimwatch /data
COPY --from=build /opt/claimwatch /opt/claimwatch
ENV PATH=/opt/claimwatch/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CLAIMWATCH_CONFIG=/config
USER claimwatch
WORKDIR /data
VOLUME /data
EXPOSE 8765
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["claimwatch", "status", "--live"]
ENTRYPOINT ["claimwatch"]
CMD ["run"]
