// esbuild makes one file of all styles that a module imports.
declare module "*.css";
