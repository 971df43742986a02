/**
 * The names of the Docker official images, present and former. A single word that is none of them is no image that anybody
 * can pull. Source: docker-library/official-images, folder library.
 */
const NAMES: ReadonlySet<string> = new Set(
  (
    'adminer adoptopenjdk aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux backdrop ' +
    'bash bonita buildpack-deps busybox caddy cassandra celery centos chronograf cirros clearlinux clefos clojure composer ' +
    'consul convertigo couchbase couchdb crate crux dart debian django docker drupal eclipse-mosquitto eclipse-temurin ' +
    'eggdrop elasticsearch elixir emqx erlang euleros express-gateway fedora flink fluentd friendica fsharp gazebo gcc ' +
    'geonetwork ghost glassfish golang gradle groovy haproxy haskell haxe hello-seattle hello-world hipache hitch ' +
    'hola-mundo httpd hylang ibm-semeru-runtimes ibmjava influxdb iojs irssi java jenkins jetty jobber joomla jruby julia ' +
    'kaazing-gateway kapacitor kibana known kong krakend lightstreamer liquibase logstash mageia mariadb matomo maven ' +
    'mediawiki memcached mongo mongo-express monica mono mysql nats nats-streaming neo4j neurodebian nextcloud nginx node ' +
    'notary nuxeo odoo open-liberty openjdk opensuse oraclelinux orientdb owncloud percona perl photon php php-zendserver ' +
    'phpmyadmin piwik plone postfixadmin postgres pypy python r-base rabbitmq rails rakudo-star rapidoid redis redmine ' +
    'registry rethinkdb rocket.chat rockylinux ros ruby rust sapmachine satosa scala scratch sentry silverpeas sl solr ' +
    'sonarqube sourcemage spark spiped storm swarm swift swipl teamspeak telegraf thrift tomcat tomee traefik ' +
    'ubuntu ubuntu-debootstrap ubuntu-upstart unit valkey varnish vault websphere-liberty wordpress xwiki yourls znc zookeeper'
  ).split(' '),
);

/** True for the name of an official image, as `FROM` takes it without a slash. */
export function isOfficialName(name: string): boolean {
  return NAMES.has(name);
}
