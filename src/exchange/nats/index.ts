/** What needs the client of NATS. */
export { connectNats } from './connect.js';
export { createNatsExchange } from './nats-exchange.js';
