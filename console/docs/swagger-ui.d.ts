/** The part of Swagger UI's bundle that the page uses. https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/ */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface Options {
    readonly url: string;
    readonly dom_id: string;
    readonly deepLinking: boolean;
    readonly validatorUrl: string | null;
    readonly defaultModelsExpandDepth: number;
  }
  export default function SwaggerUi(options: Options): unknown;
}

declare module 'swagger-ui-dist/swagger-ui.css';
