# One image for all services; the command says which: gateway, assembler, query, topics create, or up for all in one.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN mvn -q -B -Dquick -pl standalone -am package

FROM eclipse-temurin:17-jre
RUN useradd --uid 10001 --home-dir /opt/traced --no-create-home traced \
  && mkdir /data && chown traced:traced /data
COPY --from=build /src/standalone/target/lib /opt/traced/lib
COPY traced /opt/traced/traced
# Makes the archive of classes for quick starts, which cannot be written later.
RUN /opt/traced/traced up --help >/dev/null && test -f /opt/traced/classes.jsa
USER traced
WORKDIR /opt/traced
ENV DATA_DIR=/data
VOLUME /data
EXPOSE 8080 4317 4318 9411
ENTRYPOINT ["/opt/traced/traced"]
