/** What listens on well-known ports. */

export type PortKind = 'database' | 'ssh' | 'debugger' | 'engine' | 'admin-ui' | 'desktop' | 'notebook';

export interface PortRow {
  readonly port: number;
  readonly kind: PortKind;
  /** What listens there, for messages. */
  readonly title: string;
  readonly reason: string;
  readonly reference: string;
}

const REASONS: Readonly<Record<PortKind, string>> = {
  database: 'Whoever reaches it needs a development password, or none.',
  ssh: 'Whoever reaches it can guess passwords.',
  debugger: 'A debugger runs any code for whoever connects.',
  engine: 'Whoever reaches it starts containers on the host.',
  'admin-ui': 'Whoever reaches it administers what stands behind.',
  desktop: 'Whoever reaches it types on a desktop.',
  notebook: 'A notebook runs any code for whoever it lets in.',
};

const REGISTERED = 'https://www.iana.org/assignments/service-names-port-numbers/';

const port = (number: number, kind: PortKind, title: string, reference = REGISTERED): PortRow => ({
  port: number,
  kind,
  title,
  reason: REASONS[kind],
  reference,
});

export const PORTS: readonly PortRow[] = [
  port(5432, 'database', 'PostgreSQL'),
  port(
    5433,
    'database',
    'PostgreSQL',
    'https://docs.yugabyte.com/preview/reference/configuration/default-ports/',
  ),
  port(6432, 'database', 'PgBouncer', 'https://www.pgbouncer.org/config.html'),
  port(3306, 'database', 'MySQL'),
  port(
    33060,
    'database',
    'MySQL X protocol',
    'https://dev.mysql.com/doc/refman/en/x-plugin-options-system-variables.html',
  ),
  port(1433, 'database', 'SQL Server'),
  port(1521, 'database', 'Oracle'),
  port(27017, 'database', 'MongoDB', 'https://www.mongodb.com/docs/manual/reference/default-mongodb-port/'),
  port(6379, 'database', 'Redis'),
  port(11211, 'database', 'memcached'),
  port(
    9200,
    'database',
    'Elasticsearch',
    'https://www.elastic.co/docs/reference/elasticsearch/configuration-reference/networking-settings',
  ),
  port(
    9300,
    'database',
    'Elasticsearch transport',
    'https://www.elastic.co/docs/reference/elasticsearch/configuration-reference/networking-settings',
  ),
  port(9042, 'database', 'Cassandra'),
  port(5984, 'database', 'CouchDB'),
  port(7474, 'database', 'Neo4j'),
  port(7687, 'database', 'Neo4j'),
  port(8086, 'database', 'InfluxDB', 'https://docs.influxdata.com/influxdb/v2/reference/config-options/'),
  port(26257, 'database', 'CockroachDB', 'https://www.cockroachlabs.com/docs/stable/cockroach-start'),
  port(2379, 'database', 'etcd'),
  port(6333, 'database', 'Qdrant', 'https://qdrant.tech/documentation/guides/configuration/'),
  port(22, 'ssh', 'ssh'),
  port(2222, 'ssh', 'ssh', 'https://github.com/devcontainers/features/tree/main/src/sshd'),
  port(9229, 'debugger', "Node's inspector", 'https://nodejs.org/en/learn/getting-started/debugging'),
  port(9230, 'debugger', "Node's inspector", 'https://nodejs.org/en/learn/getting-started/debugging'),
  port(5678, 'debugger', 'debugpy', 'https://github.com/microsoft/debugpy'),
  port(
    5005,
    'debugger',
    "Java's debugger",
    'https://docs.oracle.com/en/java/javase/21/docs/specs/jpda/conninv.html',
  ),
  port(2345, 'debugger', 'Delve', 'https://github.com/go-delve/delve/tree/master/Documentation'),
  port(40000, 'debugger', 'Delve', 'https://github.com/go-delve/delve/tree/master/Documentation'),
  port(9222, 'debugger', "Chrome's developer tools", 'https://chromedevtools.github.io/devtools-protocol/'),
  port(1234, 'debugger', 'gdbserver', 'https://sourceware.org/gdb/current/onlinedocs/gdb.html/Server.html'),
  port(
    8888,
    'notebook',
    'Jupyter, if that is what listens there',
    'https://jupyter-server.readthedocs.io/en/latest/operators/public-server.html',
  ),
  port(2375, 'engine', 'the Docker API'),
  port(2376, 'engine', 'the Docker API with TLS'),
  port(
    10250,
    'engine',
    'the kubelet',
    'https://kubernetes.io/docs/reference/networking/ports-and-protocols/',
  ),
  port(
    6443,
    'engine',
    'the Kubernetes API',
    'https://kubernetes.io/docs/reference/networking/ports-and-protocols/',
  ),
  port(9000, 'admin-ui', 'Portainer or MinIO', 'https://docs.portainer.io/start/install-ce'),
  port(15672, 'admin-ui', 'RabbitMQ', 'https://www.rabbitmq.com/docs/management'),
  port(8200, 'admin-ui', 'Vault', 'https://developer.hashicorp.com/vault/docs/configuration/listener/tcp'),
  port(5901, 'desktop', 'VNC'),
  port(5900, 'desktop', 'VNC'),
  port(6080, 'desktop', 'noVNC', 'https://github.com/devcontainers/features/tree/main/src/desktop-lite'),
  port(3389, 'desktop', 'remote desktop'),
];

const PORT_BY_NUMBER = new Map(PORTS.map((row) => [row.port, row]));
const WIDEST_RANGE = 65_536;

/** What is known to listen on a port, or on one of a range (`5430-5440`), protocol left out; else null. */
export function portRow(text: string): PortRow | null {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/\w{1,10})?$/.exec(text.trim());
  if (match === null) return null;
  const first = Number(match[1]);
  const last = Math.min(Number(match[2] ?? match[1]), WIDEST_RANGE);
  if (first === last) return PORT_BY_NUMBER.get(first) ?? null;
  return PORTS.find((row) => row.port >= first && row.port <= last) ?? null;
}
