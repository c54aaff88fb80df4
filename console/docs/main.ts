import 'swagger-ui-dist/swagger-ui.css';
import SwaggerUi from 'swagger-ui-dist/swagger-ui-es-bundle.js';

// No validator: it would send the document's address to somebody else's site.
SwaggerUi({
  url: '/v1/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
});
