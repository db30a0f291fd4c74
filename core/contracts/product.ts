/** The product's version, as package.json has it; a test holds them together. */
export const KEELSON_VERSION = '0.1.0';
