/** Swagger UI over our own description; it asks no other host, as its validator's badge would. */
const dark = matchMedia('(prefers-color-scheme: dark)');
const adapt = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', adapt);
adapt();

SwaggerUIBundle({
  url: './openapi.json',
  domNode: document.getElementById('api'),
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  layout: 'BaseLayout',
  tryItOutEnabled: true,
  validatorUrl: null,
});
