/** What services beside a sandbox hold, told from their images. */
import { parseImageReference } from './image-reference.ts';
import { words } from './word-set.ts';

export type NeighbourKind =
  | 'database'
  | 'cache'
  | 'queue'
  | 'search-engine'
  | 'object-store'
  | 'engine-proxy'
  | 'admin-ui'
  | 'secret-store'
  | 'identity-provider'
  | 'browser'
  | 'mail-catcher'
  | 'proxy'
  | 'monitoring'
  | 'model-server';

export interface NeighbourRow {
  readonly kind: NeighbourKind;
  /** Last segments of repositories. */
  readonly names: readonly string[];
  /** Repositories whose last segment alone says nothing. */
  readonly repositories: readonly string[];
  readonly reason: string;
  readonly reference: string;
}

const HUB = 'https://hub.docker.com/search?image_filter=official';

export const NEIGHBOURS: readonly NeighbourRow[] = [
  {
    kind: 'database',
    names: words(`
      postgres postgresql postgis pgvector timescaledb timescaledb-ha mysql mysql-server mariadb percona
      mongo mongodb mongodb-community-server cassandra scylla couchdb couchbase neo4j cockroach
      clickhouse-server clickhouse influxdb questdb arangodb rethinkdb surrealdb dgraph dynamodb-local
      mssql-server azure-sql-edge oracle-free oracle-xe firebird db2 tidb yugabyte qdrant weaviate
      milvus chroma pgbouncer pgbouncer-exporter sqld ferretdb vitess etcd
    `),
    repositories: ['mcr.microsoft.com/mssql/server', 'supabase/postgres', 'chromadb/chroma'],
    reason: 'It holds data of the project, behind a development password or none.',
    reference: HUB,
  },
  {
    kind: 'cache',
    names: words(`
      redis redis-stack redis-stack-server valkey memcached keydb dragonfly garnet varnish hazelcast
    `),
    repositories: [],
    reason: 'It holds sessions and jobs, and most often has no password.',
    reference: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/',
  },
  {
    kind: 'queue',
    names: words(`
      rabbitmq kafka cp-kafka redpanda nats activemq activemq-artemis pulsar zookeeper cp-zookeeper
      eclipse-mosquitto elasticmq beanstalkd nsq temporal auto-setup
    `),
    repositories: ['temporalio/auto-setup'],
    reason: 'Messages in it are orders to other services.',
    reference: HUB,
  },
  {
    kind: 'search-engine',
    names: words(`
      elasticsearch opensearch solr meilisearch typesense manticore zincsearch sonic
    `),
    repositories: [],
    reason: 'It holds a copy of the data, often without a password.',
    reference: HUB,
  },
  {
    kind: 'object-store',
    names: words(`
      minio localstack localstack-pro azurite fake-gcs-server s3mock adobe-s3mock seaweedfs garage moto
      s3ninja
    `),
    repositories: ['mcr.microsoft.com/azure-storage/azurite'],
    reason: 'It holds files of the project behind well-known keys.',
    reference: HUB,
  },
  {
    kind: 'engine-proxy',
    names: ['docker-socket-proxy', 'socket-proxy', 'docker-proxy', 'dind', 'docker-api-proxy'],
    repositories: ['library/docker', 'cetusguard/cetusguard', 'hectorm/cetusguard'],
    reason: 'It passes orders to a container engine.',
    reference: 'https://github.com/Tecnativa/docker-socket-proxy',
  },
  {
    kind: 'admin-ui',
    names: words(`
      adminer pgadmin4 phpmyadmin mongo-express redis-commander redisinsight portainer portainer-ce
      portainer-ee dockge yacht dozzle kafka-ui akhq kibana rabbitmq-management cloudbeaver sqlpad
      flower pgweb watchtower
    `),
    repositories: [],
    reason: 'It administers other services for whoever opens its page.',
    reference: HUB,
  },
  {
    kind: 'secret-store',
    names: words(`
      vault openbao infisical vaultwarden bitwarden consul onepassword-connect connect-api
    `),
    repositories: ['hashicorp/vault', '1password/connect-api'],
    reason: 'It holds secrets, in development mode behind a well-known token.',
    reference: 'https://developer.hashicorp.com/vault/docs/concepts/dev-server',
  },
  {
    kind: 'identity-provider',
    names: words(`
      keycloak authentik dex hydra kratos zitadel openldap oauth2-proxy authelia gotrue
      mock-oauth2-server ory
    `),
    repositories: [],
    reason: 'It decides who is who for other services.',
    reference: HUB,
  },
  {
    kind: 'browser',
    names: words(`
      standalone-chrome standalone-chromium standalone-firefox node-chrome chrome chromium browserless
      firefox kasmweb headless-shell webtop
    `),
    repositories: ['browserless/chrome', 'mcr.microsoft.com/playwright'],
    reason: 'It opens any address for whoever drives it, with the sessions that it holds.',
    reference: 'https://www.selenium.dev/documentation/grid/',
  },
  {
    kind: 'mail-catcher',
    names: words(`
      mailhog mailpit mailcatcher maildev smtp4dev inbucket greenmail docker-mailserver
    `),
    repositories: [],
    reason: 'It shows mails of the project, password resets included.',
    reference: HUB,
  },
  {
    kind: 'proxy',
    names: words(`
      squid tinyproxy envoy traefik haproxy nginx nginx-proxy nginx-proxy-manager caddy mitmproxy
      smokescreen privoxy kong gluetun dante wireguard cloudflared httpd
    `),
    repositories: ['linuxserver/swag'],
    reason: 'It passes traffic on, which may be a way out or a way in.',
    reference: HUB,
  },
  {
    kind: 'monitoring',
    names: words(`
      grafana prometheus alertmanager loki promtail jaeger all-in-one zipkin tempo
      opentelemetry-collector opentelemetry-collector-contrib cadvisor node-exporter telegraf sentry
      vector fluent-bit fluentd logstash filebeat uptime-kuma netdata datadog seq
    `),
    repositories: ['datadog/agent'],
    reason: 'It holds logs and measurements of other services.',
    reference: HUB,
  },
  {
    kind: 'model-server',
    names: words(`
      ollama vllm-openai localai litellm open-webui text-generation-inference llama.cpp tritonserver
      langfuse
    `),
    repositories: [],
    reason: 'It answers prompts on the account or hardware of its owner.',
    reference: 'https://github.com/ollama/ollama/blob/main/docs/faq.md',
  },
];

const BY_NAME = new Map(NEIGHBOURS.flatMap((row) => row.names.map((name) => [name, row] as const)));
const BY_REPOSITORY = new Map(
  NEIGHBOURS.flatMap((row) => row.repositories.map((repository) => [repository, row] as const)),
);

/** What a service with this image holds; null when its name tells nothing. */
export function neighbourKind(image: string): NeighbourKind | null {
  const reference = parseImageReference(image);
  if (reference === null) return null;
  const { registry, repository, name } = reference;
  const full = registry === 'docker.io' ? repository : `${registry}/${repository}`;
  return (BY_REPOSITORY.get(full) ?? BY_NAME.get(name))?.kind ?? null;
}
