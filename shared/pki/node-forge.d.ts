/** The parts of node-forge that we use; the types of the package describe only the whole of it. */
declare module "node-forge/lib/pki.js" {
	import { pki } from "node-forge";

	export default pki;
}
declare module "node-forge/lib/sha256.js" {
	import { md } from "node-forge";

	const sha256: typeof md.sha256;
	export default sha256;
}
