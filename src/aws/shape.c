/* SPDX-License-Identifier: MIT */
#include "aws/shape.h"

#include "aws/producers.h"

static const struct pb_shape shapes[] = {
    {
        .name = "iam.list-server-certificates",
        .producer = "aws iam list-server-certificates, SDKs' ListServerCertificates",
        .proves = "name, ARN, id and UploadDate of each certificate of a page or an account",
        .claim = pb_list_claim,
        .read = pb_list_read,
        .is_whole = true,
    },
    {
        .name = "iam.get-server-certificate",
        .producer = "aws iam get-server-certificate, also with --query ServerCertificate",
        .proves = "one certificate's metadata, body and chain",
        .claim = pb_get_claim,
        .read = pb_get_read,
        .is_whole = true,
    },
    {
        .name = "iam.upload-server-certificate",
        .producer = "aws iam upload-server-certificate",
        .proves = "one certificate's metadata at its upload",
        .claim = pb_upload_claim,
        .read = pb_get_read,
        .is_whole = true,
    },
    {
        .name = "iam.server-certificate-metadata",
        .producer = "--query, jq and exports that keep the service's field names, one object",
        .proves = "what the object shows of one certificate; nothing of any other",
        .claim = pb_metadata_claim,
        .read = pb_metadata_read,
    },
    {
        .name = "iam.server-certificate-metadata-array",
        .producer = "--query 'ServerCertificateMetadataList[*]', jq and exports, an array",
        .proves = "what the objects show; filters and cut pages leave no trace",
        .claim = pb_metadata_array_claim,
        .read = pb_metadata_array_read,
        .is_whole = true,
    },
    {
        .name = "query.renamed",
        .producer = "--query '...[*].{Name:ServerCertificateName,Upload:UploadDate}'",
        .proves = "what the objects show under the user's own keys",
        .claim = pb_renamed_claim,
        .read = pb_renamed_read,
        .is_whole = true,
    },
    {
        .name = "query.rows",
        .producer = "--query '...[*].[ServerCertificateName,UploadDate]'",
        .proves = "what the rows show; columns are known by their values",
        .claim = pb_rows_claim,
        .read = pb_rows_read,
        .is_whole = true,
    },
    {
        .name = "query.names",
        .producer = "--query '...[*].ServerCertificateName' (or Arn, ServerCertificateId)",
        .proves = "that these certificates exist; nothing of their dates",
        .claim = pb_names_claim,
        .read = pb_texts_read,
        .is_whole = true,
    },
    {
        .name = "query.dates",
        .producer = "--query '...[*].UploadDate', --query '...UploadDate'",
        .proves = "dates of upload, without saying of which certificate",
        .claim = pb_dates_claim,
        .read = pb_texts_read,
        .is_whole = true,
    },
    {
        .name = "query.body",
        .producer = "--query 'ServerCertificate.CertificateBody'",
        .proves = "a certificate's body, without name and UploadDate",
        .claim = pb_bodies_claim,
        .read = pb_texts_read,
        .is_whole = true,
    },
    {
        .name = "iam.get-account-summary",
        .producer = "aws iam get-account-summary",
        .proves = "how many server certificates the account has",
        .claim = pb_summary_claim,
        .read = pb_summary_read,
    },
    {
        .name = "sts.get-caller-identity",
        .producer = "aws sts get-caller-identity",
        .proves = "which account and partition the evidence beside it belongs to",
        .claim = pb_identity_claim,
        .read = pb_identity_read,
    },
};

const struct pb_shape *pb_shapes(size_t *count)
{
    *count = sizeof shapes / sizeof shapes[0];
    return shapes;
}

const struct pb_shape *pb_shape_find(const struct pb_node *node, size_t *rivals)
{
    const struct pb_shape *found = NULL;
    enum pb_claim strongest = PB_CLAIM_NONE;

    *rivals = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        enum pb_claim claim = shapes[i].claim(node);
        if (claim == PB_CLAIM_NONE || claim < strongest)
            continue;
        *rivals = claim > strongest ? 1 : *rivals + 1;
        if (claim > strongest)
            found = &shapes[i];
        strongest = claim;
    }
    return found;
}
