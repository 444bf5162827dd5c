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
    },
    {
        .name = "iam.upload-server-certificate",
        .producer = "aws iam upload-server-certificate",
        .proves = "one certificate's metadata at its upload",
        .claim = pb_upload_claim,
        .read = pb_get_read,
    },
    {
        .name = "iam.server-certificate-metadata",
        .producer =
            "--query, jq, PowerShell, Security Monkey: the service's field names, one object",
        .proves = "what the object shows of one certificate; nothing of any other",
        .claim = pb_metadata_claim,
        .read = pb_metadata_read,
    },
    {
        .name = "iam.server-certificate-metadata-array",
        .producer =
            "--query 'ServerCertificateMetadataList[*]', jq, PowerShell, CloudSploit, an array",
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
    {
        .name = "boto2.response",
        .producer = "boto 2's list_server_certs and get_server_certificate",
        .proves = "what the service's answer proves, a page of a list or one certificate",
        .claim = pb_boto2_claim,
        .read = pb_boto2_read,
        .is_whole = true,
    },
    {
        .name = "placebo.recording",
        .producer = "placebo's recordings of boto3, iam.ListServerCertificates_1.json",
        .proves = "what the recorded answer proves; a recorded refusal proves nothing",
        .claim = pb_placebo_claim,
        .read = pb_placebo_read,
        .is_whole = true,
    },
    {
        .name = "aws-list-all.response",
        .producer = "aws_list_all",
        .proves = "one page of the list, without those that follow it",
        .claim = pb_aws_list_all_claim,
        .read = pb_aws_list_all_read,
        .is_whole = true,
    },
    {
        .name = "aws-recon.resource",
        .producer = "aws-recon, array or lines",
        .proves = "certificates of the accounts named beside them",
        .claim = pb_aws_recon_claim,
        .read = pb_aws_recon_read,
        .is_whole = true,
    },
    {
        .name = "custodian.resources",
        .producer = "Cloud Custodian's resources.json",
        .proves = "a subset: what a policy's filters let through",
        .claim = pb_custodian_claim,
        .read = pb_custodian_read,
        .is_whole = true,
    },
    {
        .name = "steampipe.rows",
        .producer = "Steampipe's table aws_iam_server_certificate, --output json",
        .proves = "what the query selected",
        .claim = pb_steampipe_claim,
        .read = pb_steampipe_read,
        .is_whole = true,
    },
    {
        .name = "cloudquery.row",
        .producer = "CloudQuery's table aws_iam_server_certificates",
        .proves = "certificates of the accounts named in their rows",
        .claim = pb_cloudquery_claim,
        .read = pb_cloudquery_read,
        .is_whole = true,
    },
    {
        .name = "terraform.state",
        .producer = "Terraform states of version 3 and 4, terraform show -json",
        .proves = "the certificates that Terraform manages; bodies are its arguments",
        .claim = pb_terraform_claim,
        .read = pb_terraform_read,
        .is_whole = true,
    },
    {
        .name = "ansible.server-certificate-info",
        .producer = "Ansible's iam_server_certificate_info",
        .proves = "the first hundred certificates at most, or none for an error",
        .claim = pb_ansible_claim,
        .read = pb_ansible_read,
        .is_whole = true,
    },
    {
        .name = "config.item",
        .producer = "AWS Config's snapshots, histories, batch-get and select results",
        .proves = "that certificates exist or were deleted; nothing of their UploadDate",
        .claim = pb_config_claim,
        .read = pb_config_read,
        .is_whole = true,
    },
    {
        .name = "cloudtrail.record",
        .producer = "CloudTrail logs, lookup-events, EventBridge",
        .proves = "an upload, a renaming or a deletion, and when it was",
        .claim = pb_cloudtrail_claim,
        .read = pb_cloudtrail_read,
        .is_whole = true,
    },
    {
        .name = "ocsf.resource",
        .producer = "Prowler's and others' findings in OCSF",
        .proves = "certificates that a finding is about, without UploadDate",
        .claim = pb_ocsf_claim,
        .read = pb_ocsf_read,
        .is_whole = true,
    },
    {
        .name = "iam.list-server-certificate-tags",
        .producer = "aws iam list-server-certificate-tags",
        .proves = "tags of the certificate that the file is named after",
        .claim = pb_tag_list_claim,
        .read = pb_tag_list_read,
        .is_whole = true,
    },
    {
        .name = "acm.certificate",
        .producer = "aws acm describe-certificate, list-certificates",
        .proves = "a certificate in ACM: never judged, but its key may be an old one",
        .claim = pb_acm_claim,
        .read = pb_acm_read,
        .is_whole = true,
    },
    {
        .name = "acm.get-certificate",
        .producer = "aws acm get-certificate",
        .proves = "body and chain of a certificate in ACM",
        .claim = pb_acm_get_claim,
        .read = pb_acm_get_read,
        .is_whole = true,
    },
    {
        .name = "elb.load-balancers",
        .producer = "aws elb describe-load-balancers",
        .proves = "which certificates classic load balancers use",
        .claim = pb_elb_claim,
        .read = pb_elb_read,
        .is_whole = true,
    },
    {
        .name = "elbv2.listeners",
        .producer = "aws elbv2 describe-listeners, describe-listener-certificates",
        .proves = "which certificates a listener uses",
        .claim = pb_elbv2_claim,
        .read = pb_elbv2_read,
        .is_whole = true,
    },
    {
        .name = "cloudfront.distributions",
        .producer = "aws cloudfront list-distributions, get-distribution, Security Hub",
        .proves = "which certificates distributions use",
        .claim = pb_cloudfront_claim,
        .read = pb_cloudfront_read,
        .is_whole = true,
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
