      "redshift-serverless:GetNamespace",
      "s3:AbortMultipartUpload",
   "Version":"2012-10-17"
