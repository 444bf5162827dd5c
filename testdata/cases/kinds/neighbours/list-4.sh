#!/bin/sh
aws iam list-server-certificates --query "ServerCertificateMetadataList[*].Arn" --output text
