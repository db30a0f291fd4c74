/**
 * Name of a service: what clients call a model. Letters, digits, `-` and `_`, starting with a letter or digit, at most 63.
 * Narrow enough to be a path segment, an object key, a metric dimension and (for `-`) a SageMaker endpoint name as it stands.
 */
export const SERVICE_NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
