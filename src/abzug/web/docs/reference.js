// A file of its own, because the page's policy allows no inline script.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  // else it asks a server on the internet whether the schema is valid
  validatorUrl: null,
});
