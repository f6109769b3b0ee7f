import { CONSUMER, cancelSubject, inboxPrefix, workStream } from './names.js';

/** The subjects that a worker of a zone needs, and no others. */
export function workerPermissions(zone: string): {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
} {
  const stream = workStream(zone);
  return {
    publish: [
      `$JS.API.CONSUMER.INFO.${stream}.${CONSUMER}`,
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${CONSUMER}`,
      `$JS.ACK.${stream}.${CONSUMER}.>`,
      `kw.part.${zone}.>`,
      `kw.done.${zone}.>`,
    ],
    subscribe: [`${inboxPrefix(zone)}.>`, cancelSubject(zone)],
  };
}

function list(subjects: readonly string[]): string {
  return subjects.map((subject) => `    ${JSON.stringify(subject)}`).join('\n');
}

/** As the configuration of nats-server has it: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/authorization */
export function permissionsBlock(zone: string): string {
  const { publish, subscribe } = workerPermissions(zone);
  return `# of kernward worker --zone ${zone}
permissions: {
  publish: { allow: [
${list(publish)}
  ] }
  subscribe: { allow: [
${list(subscribe)}
  ] }
}
`;
}
