# The image of every REX process: api (the default), worker, scheduler, migrate and all other commands of `rex`.

FROM python:3.12-slim AS builder
WORKDIR /build
COPY requirements-build.lock requirements-image.lock ./
RUN python -m venv /opt/build && python -m venv /opt/rex
RUN /opt/build/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r requirements-build.lock
RUN /opt/rex/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r requirements-image.lock
COPY pyproject.toml README.md ./
COPY domain ./domain
COPY application ./application
COPY adapters ./adapters
COPY migrations ./migrations
COPY entrypoints ./entrypoints
RUN /opt/build/bin/python -m pip wheel --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir wheels .
RUN /opt/rex/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-index wheels/*.whl
RUN /opt/rex/bin/python -m pip uninstall --yes --disable-pip-version-check pip

FROM python:3.12-slim
RUN groupadd --system --gid 10001 rex && useradd --system --uid 10001 --gid 10001 --create-home --home-dir /var/lib/rex rex
COPY --from=builder /opt/rex /opt/rex
ENV PATH=/opt/rex/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    REX_ENV=production \
    REX_DATA_DIR=/var/lib/rex
USER 10001:10001
WORKDIR /var/lib/rex
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.build_opener(web.ProxyHandler({})).open('http://127.0.0.1:' + os.environ.get('BACKEND_PORT', '4000') + '/api/health/ready', timeout=4)"]
ENTRYPOINT ["rex"]
CMD ["api"]
