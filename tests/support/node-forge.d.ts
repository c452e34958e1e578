import "node-forge";

/** What node-forge has and its types lack. */
declare module "node-forge" {
	namespace pki {
		function getTBSCertificate(certificate: Certificate): asn1.Asn1;
	}
}
