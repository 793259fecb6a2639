# The service alone; docker-compose.yml adds Neo4j.
#   docker build -t tracegraph .
#   docker run -p 127.0.0.1:8000:8000 -v tracegraph:/data tracegraph

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/tracegraph
COPY requirements/core.txt /src/requirements/core.txt
RUN /opt/tracegraph/bin/pip install --require-hashes -r /src/requirements/core.txt
COPY . /src
RUN /opt/tracegraph/bin/pip install --no-deps --no-build-isolation /src

FROM python:3.13-slim
# Reports as PDF: Pango sets the text, in these fonts.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home tracegraph \
    && install --directory --owner tracegraph --group tracegraph /data
COPY --from=build /opt/tracegraph /opt/tracegraph
ENV PATH=/opt/tracegraph/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TRACEGRAPH_STORE=sqlite:////data/tracegraph.db
USER tracegraph
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["tracegraph", "serve", "--host", "0.0.0.0", "--port", "8000"]
