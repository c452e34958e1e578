/** What serverless.yml deploys unless it is told otherwise. */
export const usualDeployment = "cellwright-dev";
