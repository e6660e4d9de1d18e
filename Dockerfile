# syntax=docker/dockerfile:1
# Huhang in a container: what running needs, a snapshot and a dialogue model, nothing that builds.
#   docker build -t huhang .        (PIP_INDEX_URL as a build argument where a mirror is to be used,
#                                    LOCK=requirements-store.lock where HUHANG_STORE is to be set)
#   docker run -p 8080:8080 -v huhang-data:/data huhang
# The image's file system is only read: everything that is written lies in /data, and in /tmp for a moment.
# A new volume begins with the image's snapshot and model; to one that is there a newer image brings its
# knowledge and its model when it starts (serve --seed).

FROM python:3.10-slim-bookworm AS build
ARG PIP_INDEX_URL
ARG LOCK=requirements.lock
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /opt/huhang
# Three small packages come as sources and need a compiler's headers nowhere, only setuptools.
RUN python -m venv .venv && .venv/bin/pip install "setuptools>=68,<71" wheel
COPY ${LOCK} ./
RUN .venv/bin/pip install --no-compile --no-deps --require-hashes -r "${LOCK}"
COPY . .
RUN .venv/bin/pip install --no-deps --no-build-isolation --editable . \
 && .venv/bin/python -m compileall -q -j 0 . \
 && HUHANG_DATA_DIR=/seed .venv/bin/huhang kb build --publish --without-drafts \
 && HUHANG_DATA_DIR=/seed .venv/bin/huhang train bot \
 && rm -rf /seed/desk.sqlite* /seed/logs

FROM python:3.10-slim-bookworm
# libgomp: FAISS and LightGBM; the font: posters and cards.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 libglib2.0-0 fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 10001 huhang \
 && useradd --system --uid 10001 --gid huhang --home-dir /data --no-create-home huhang \
 && install -d -o huhang -g huhang -m 0700 /data
COPY --from=build /opt/huhang /opt/huhang
COPY --from=build --chown=huhang:huhang /seed/snapshots /data/snapshots
COPY --from=build --chown=huhang:huhang /seed/models /data/models
# For a volume that an earlier image has filled: it hides what lies in /data here.
COPY --from=build /seed/models /opt/huhang/seed/models
ENV HUHANG_DATA_DIR=/data HUHANG_HOST=0.0.0.0 HUHANG_PORT=8080 \
    HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PATH=/opt/huhang/.venv/bin:$PATH
WORKDIR /opt/huhang
USER huhang
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# Whether the process serves; whether it can answer all is /readyz, for a proxy that asks.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["huhang"]
CMD ["serve", "--seed", "/opt/huhang/seed"]
