/** What every AWS client needs, whether or not the server behind its endpoint looks at it. */
export const laptopAws = {
	region: "us-east-1",
	credentials: { accessKeyId: "laptop", secretAccessKey: "laptop" },
} as const;

/** The same for a process that builds its own clients; ends every search for real credentials. */
export const laptopAwsEnv = {
	AWS_REGION: laptopAws.region,
	AWS_ACCESS_KEY_ID: laptopAws.credentials.accessKeyId,
	AWS_SECRET_ACCESS_KEY: laptopAws.credentials.secretAccessKey,
	AWS_EC2_METADATA_DISABLED: "true",
} as const;
