// GET /checkout asks the same server for /stock. Prints the trace id of a request that it makes of itself, when all is sent.
const { NodeTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-node');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { trace } = require('@opentelemetry/api');

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'shop-js' }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: process.argv[2] }))],
});
provider.register();
registerInstrumentations({ instrumentations: [new HttpInstrumentation()] });

const http = require('http');
const get = (url) => new Promise((resolve, reject) =>
  http.get(url, (answer) => answer.resume().on('end', resolve)).on('error', reject));

const server = http.createServer(async (request, answer) => {
  if (request.url === '/checkout') {
    trace.getActiveSpan().addEvent('cart loaded', { items: 3 });
    await get(`http://127.0.0.1:${server.address().port}/stock`);
  }
  answer.end('7');
});
server.listen(0, '127.0.0.1', async () => {
  await trace.getTracer('main').startActiveSpan('buy', async (span) => {
    await get(`http://127.0.0.1:${server.address().port}/checkout`);
    span.end();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await provider.forceFlush();
    console.log(span.spanContext().traceId);
  });
  await provider.shutdown();
  server.close();
});
