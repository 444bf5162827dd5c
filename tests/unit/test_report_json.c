/* SPDX-License-Identifier: MIT */
/* The json report to the byte, and its words against the schema's. */
#include "test_report_sample.h"

#include <stdio.h>

#include "base/escape.h"
#include "report/names.h"
#include "rules/verdict.h"

#define SCHEMA_PATH "src/report/prebleed-report-1.schema.json"

static const struct pb_report_options plain = {0};

/* clang-format off */
static const char *const nothing_report[] = {
    "{\n",
    "  \"schema\": \"prebleed-report/1\",\n",
    "  \"tool\": {\n",
    "    \"name\": \"prebleed\",\n",
    "    \"version\": \"0.1.0\"\n",
    "  },\n",
    "  \"parameters\": {\n",
    "    \"cutoff\": \"2014-04-01T00:00:00Z\",\n",
    "    \"as_of\": \"2016-06-01T12:00:00Z\",\n",
    "    \"fail_on\": \"high\",\n",
    "    \"require_complete\": false,\n",
    "    \"rules\": [\"IAM-033\"]\n",
    "  },\n",
    "  \"summary\": {\n",
    "    \"conclusion\": \"inconclusive\",\n",
    "    \"exit_status\": 3,\n",
    "    \"accounts\": 0,\n",
    "    \"certificates\": 0,\n",
    "    \"vulnerable\": 0,\n",
    "    \"clear\": 0,\n",
    "    \"undetermined\": 0,\n",
    "    \"not_judged\": 0,\n",
    "    \"waived\": 0,\n",
    "    \"findings\": {\"high\": 0, \"medium\": 0, \"low\": 0},\n",
    "    \"undetermined_reasons\": {},\n",
    "    \"evidence\": {\"items\": 0, \"used\": 0, \"ignored\": 0, \"unreadable\": 0, \"skipped"
    "\": 0, \"containers\": 0}\n",
    "  },\n",
    "  \"accounts\": [],\n",
    "  \"certificates\": [],\n",
    "  \"findings\": [],\n",
    "  \"evidence\": [],\n",
    "  \"diagnostics\": []\n",
    "}\n",
    NULL,
};

static const char *const empty_report[] = {
    "{\n",
    "  \"schema\": \"prebleed-report/1\",\n",
    "  \"tool\": {\n",
    "    \"name\": \"prebleed\",\n",
    "    \"version\": \"0.1.0\"\n",
    "  },\n",
    "  \"parameters\": {\n",
    "    \"cutoff\": \"2014-04-01T00:00:00Z\",\n",
    "    \"as_of\": \"2016-06-01T12:00:00Z\",\n",
    "    \"fail_on\": \"high\",\n",
    "    \"require_complete\": false,\n",
    "    \"rules\": [\"IAM-033\"]\n",
    "  },\n",
    "  \"summary\": {\n",
    "    \"conclusion\": \"pass\",\n",
    "    \"exit_status\": 0,\n",
    "    \"accounts\": 1,\n",
    "    \"certificates\": 0,\n",
    "    \"vulnerable\": 0,\n",
    "    \"clear\": 0,\n",
    "    \"undetermined\": 0,\n",
    "    \"not_judged\": 0,\n",
    "    \"waived\": 0,\n",
    "    \"findings\": {\"high\": 0, \"medium\": 0, \"low\": 0},\n",
    "    \"undetermined_reasons\": {},\n",
    "    \"evidence\": {\"items\": 1, \"used\": 1, \"ignored\": 0, \"unreadable\": 0, \"skipped"
    "\": 0, \"containers\": 0}\n",
    "  },\n",
    "  \"accounts\": [\n",
    "    {\"id\": \"111122223333\", \"partition\": null, \"id_from\": \"arn\", \"certificates\""
    ": 0, \"coverage\": \"unknown\", \"reasons\": [\"an empty list without any sign of truncati"
    "on\"]}\n",
    "  ],\n",
    "  \"certificates\": [],\n",
    "  \"findings\": [],\n",
    "  \"evidence\": [\n",
    "    {\"path\": \"list.json\", \"sha256\": null, \"bytes\": 0, \"status\": \"used\", \"shap"
    "e\": null, \"detail\": null}\n",
    "  ],\n",
    "  \"diagnostics\": []\n",
    "}\n",
    NULL,
};

static const char *const filled_report[] = {
    "{\n",
    "  \"schema\": \"prebleed-report/1\",\n",
    "  \"tool\": {\n",
    "    \"name\": \"prebleed\",\n",
    "    \"version\": \"0.1.0\"\n",
    "  },\n",
    "  \"parameters\": {\n",
    "    \"cutoff\": \"2014-04-01T00:00:00Z\",\n",
    "    \"as_of\": \"2016-06-01T12:00:00Z\",\n",
    "    \"fail_on\": \"high\",\n",
    "    \"require_complete\": false,\n",
    "    \"rules\": [\"IAM-033\"]\n",
    "  },\n",
    "  \"summary\": {\n",
    "    \"conclusion\": \"fail\",\n",
    "    \"exit_status\": 1,\n",
    "    \"accounts\": 1,\n",
    "    \"certificates\": 4,\n",
    "    \"vulnerable\": 1,\n",
    "    \"clear\": 2,\n",
    "    \"undetermined\": 1,\n",
    "    \"not_judged\": 0,\n",
    "    \"waived\": 0,\n",
    "    \"findings\": {\"high\": 3, \"medium\": 2, \"low\": 1},\n",
    "    \"undetermined_reasons\": {\"sample-reason\": 1},\n",
    "    \"evidence\": {\"items\": 3, \"used\": 2, \"ignored\": 0, \"unreadable\": 1, \"skipped"
    "\": 0, \"containers\": 1}\n",
    "  },\n",
    "  \"accounts\": [\n",
    "    {\"id\": \"111122223333\", \"partition\": \"aws\", \"id_from\": \"arn\", \"certificate"
    "s\": 4, \"coverage\": \"incomplete\", \"reasons\": [\"the account summary counts 5 server "
    "certificates, 4 were seen\"]}\n",
    "  ],\n",
    "  \"certificates\": [\n",
    "    {\"account\": \"111122223333\", \"partition\": \"aws\", \"name\": \"Checkout\", \"name"
    "_from\": \"evidence\", \"path\": null, \"id\": null, \"arn\": null, \"tags\": null, \"orig"
    "in\": \"iam\", \"presence\": \"unknown\", \"upload_date\": \"2015-01-09T08:00:00Z\", \"imp"
    "orted_at\": null, \"expiration\": null, \"verdict\": \"clear\", \"basis\": \"upload-date\""
    ", \"reason\": null, \"x509\": {\"subject\": \"CN=www.example.com,O=Example Shop,C=US\", \""
    "issuer\": \"CN=Example Class 3 Secure Server CA - G4,OU=Terms of use at https://ca.example"
    "/rpa (c)10,O=Example Trust Network\\\\, Inc.,C=US\", \"serial\": \"0A1B2C3D\", \"not_befor"
    "e\": \"2013-05-01T00:00:00Z\", \"not_after\": \"2016-05-02T23:59:59Z\", \"key\": {\"algori"
    "thm\": \"RSA\", \"bits\": 2048, \"curve\": null, \"exponent\": 65537, \"spki_sha256\": \"e"
    "fefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef\"}, \"signature_algorithm"
    "\": \"sha1WithRSAEncryption\", \"sha256\": \"ababababababababababababababababababababababa"
    "bababababababababab\", \"sha1\": \"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd\", \"subject_a"
    "lternative_names\": [], \"is_ca\": false, \"is_self_signed\": false}, \"chain\": [], \"rev"
    "ocation\": null, \"in_use_by\": [], \"observations\": [{\"evidence\": 2, \"document\": 0, "
    "\"shape\": \"iam.list-server-certificates\", \"pointer\": \"/ServerCertificateMetadataList"
    "/0\", \"line\": 31, \"upload_date\": null}]},\n",
    "    {\"account\": \"111122223333\", \"partition\": \"aws\", \"name\": \"Frontend\", \"name"
    "_from\": \"evidence\", \"path\": \"/cloudfront/\", \"id\": \"ASCAEXAMPLE0000000001\", \"ar"
    "n\": \"arn:aws:iam::111122223333:server-certificate/cloudfront/Frontend\", \"tags\": null,"
    " \"origin\": \"iam\", \"presence\": \"present\", \"upload_date\": \"2014-03-24T21:11:59.06"
    "8Z\", \"imported_at\": null, \"expiration\": \"2016-05-02T23:59:59Z\", \"verdict\": \"vuln"
    "erable\", \"basis\": \"upload-date\", \"reason\": null, \"x509\": {\"subject\": \"CN=www.e"
    "xample.com,O=Example Shop,C=US\", \"issuer\": \"CN=Example Class 3 Secure Server CA - G4,O"
    "U=Terms of use at https://ca.example/rpa (c)10,O=Example Trust Network\\\\, Inc.,C=US\", "
    "\"serial\": \"0A1B2C3D\", \"not_before\": \"2013-05-01T00:00:00Z\", \"not_after\": \"2016-"
    "05-02T23:59:59Z\", \"key\": {\"algorithm\": \"RSA\", \"bits\": 2048, \"curve\": null, \"ex"
    "ponent\": 65537, \"spki_sha256\": \"efefefefefefefefefefefefefefefefefefefefefefefefefefef"
    "efefefefef\"}, \"signature_algorithm\": \"sha1WithRSAEncryption\", \"sha256\": \"ababababa"
    "bababababababababababababababababababababababababababab\", \"sha1\": \"cdcdcdcdcdcdcdcdcdc"
    "dcdcdcdcdcdcdcdcdcdcd\", \"subject_alternative_names\": [], \"is_ca\": false, \"is_self_si"
    "gned\": false}, \"chain\": [], \"revocation\": null, \"in_use_by\": [], \"observations\": "
    "[{\"evidence\": 2, \"document\": 0, \"shape\": \"iam.list-server-certificates\", \"pointer"
    "\": \"/ServerCertificateMetadataList/0\", \"line\": 12, \"upload_date\": null}, {\"evidenc"
    "e\": 1, \"document\": 0, \"shape\": \"iam.get-server-certificate\", \"pointer\": \"/Server"
    "Certificate\", \"line\": 4, \"upload_date\": null}]},\n",
    "    {\"account\": \"111122223333\", \"partition\": \"aws\", \"name\": \"cdn\", \"name_from"
    "\": \"evidence\", \"path\": null, \"id\": null, \"arn\": null, \"tags\": null, \"origin\":"
    " \"iam\", \"presence\": \"unknown\", \"upload_date\": \"2014-10-01T00:00:00Z\", \"imported"
    "_at\": null, \"expiration\": null, \"verdict\": \"clear\", \"basis\": \"upload-date\", \"r"
    "eason\": null, \"x509\": null, \"chain\": [], \"revocation\": null, \"in_use_by\": [], \"o"
    "bservations\": [{\"evidence\": 2, \"document\": 0, \"shape\": \"iam.list-server-certificat"
    "es\", \"pointer\": \"/ServerCertificateMetadataList/0\", \"line\": 21, \"upload_date\": nu"
    "ll}]},\n",
    "    {\"account\": \"111122223333\", \"partition\": \"aws\", \"name\": \"legacy-api\", \"na"
    "me_from\": \"file\", \"path\": null, \"id\": null, \"arn\": null, \"tags\": null, \"origin"
    "\": \"iam\", \"presence\": \"unknown\", \"upload_date\": null, \"imported_at\": null, \"ex"
    "piration\": null, \"verdict\": \"undetermined\", \"basis\": null, \"reason\": \"sample-rea"
    "son\", \"x509\": null, \"chain\": [], \"revocation\": null, \"in_use_by\": [], \"observati"
    "ons\": [{\"evidence\": 2, \"document\": 0, \"shape\": \"iam.list-server-certificates\", \""
    "pointer\": \"/ServerCertificateMetadataList/0\", \"line\": null, \"upload_date\": null}]}\n",
    "  ],\n",
    "  \"findings\": [\n",
    "    {\"rule\": \"IAM-033\", \"severity\": \"high\", \"account\": \"111122223333\", \"certi"
    "ficate\": 1, \"evidence\": null, \"message\": \"uploaded 7 days before the cutoff\", \"sta"
    "te\": null, \"waiver\": null},\n",
    "    {\"rule\": \"key-reuse\", \"severity\": \"high\", \"account\": \"111122223333\", \"cer"
    "tificate\": 0, \"evidence\": null, \"message\": \"the same public key as Frontend, which i"
    "s vulnerable, so a new upload changed nothing\", \"state\": null, \"waiver\": null},\n",
    "    {\"rule\": \"private-key-in-evidence\", \"severity\": \"high\", \"account\": null, \"c"
    "ertificate\": null, \"evidence\": 1, \"message\": \"a PEM private key in line 17\", \"stat"
    "e\": null, \"waiver\": null},\n",
    "    {\"rule\": \"undetermined\", \"severity\": \"medium\", \"account\": \"111122223333\", "
    "\"certificate\": 3, \"evidence\": null, \"message\": \"no date\", \"state\": null, \"waive"
    "r\": null},\n",
    "    {\"rule\": \"coverage-gap\", \"severity\": \"medium\", \"account\": \"111122223333\", "
    "\"certificate\": null, \"evidence\": null, \"message\": \"elb/prod-web:443 uses shop-2012,"
    " which is not in the evidence\", \"state\": null, \"waiver\": null},\n",
    "    {\"rule\": \"expired\", \"severity\": \"low\", \"account\": \"111122223333\", \"certif"
    "icate\": 0, \"evidence\": null, \"message\": \"expired 2016-05-02, 29 days before 2016-06-"
    "01\", \"state\": null, \"waiver\": null}\n",
    "  ],\n",
    "  \"evidence\": [\n",
    "    {\"path\": \"b.tar\", \"sha256\": null, \"bytes\": 10240, \"status\": \"container\", "
    "\"shape\": null, \"detail\": null},\n",
    "    {\"path\": \"b.tar!/111122223333/get.json\", \"sha256\": \"5a5a5a5a5a5a5a5a5a5a5a5a5a5"
    "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\", \"bytes\": 2048, \"status\": \"used\", \"shape\":"
    " \"iam.get-server-certificate\", \"detail\": null},\n",
    "    {\"path\": \"b.tar!/111122223333/list.json\", \"sha256\": null, \"bytes\": 0, \"status"
    "\": \"used\", \"shape\": null, \"detail\": null},\n",
    "    {\"path\": \"b.tar!/222233334444/list.json\", \"sha256\": null, \"bytes\": 0, \"status"
    "\": \"unreadable\", \"shape\": null, \"detail\": \"cut off inside the document\"}\n",
    "  ],\n",
    "  \"diagnostics\": [\n",
    "    {\"severity\": \"note\", \"code\": \"id-prefix\", \"where\": \"b.tar!/111122223333/get"
    ".json\", \"message\": \"an odd id\"},\n",
    "    {\"severity\": \"warning\", \"code\": \"json-repaired\", \"where\": \"b.tar!/111122223"
    "333/get.json:3:40\", \"message\": \"a raw line break inside a string was escaped\"},\n",
    "    {\"severity\": \"error\", \"code\": \"json-truncated\", \"where\": \"b.tar!/2222333344"
    "44/list.json#/ServerCertificateMetadataList/8\", \"message\": \"the text ends inside an ob"
    "ject\"}\n",
    "  ]\n",
    "}\n",
    NULL,
};

static const char *const hostile_report[] = {
    "{\n",
    "  \"schema\": \"prebleed-report/1\",\n",
    "  \"tool\": {\n",
    "    \"name\": \"prebleed\",\n",
    "    \"version\": \"0.1.0\"\n",
    "  },\n",
    "  \"parameters\": {\n",
    "    \"cutoff\": \"2014-04-01T00:00:00Z\",\n",
    "    \"as_of\": \"2016-06-01T12:00:00Z\",\n",
    "    \"fail_on\": \"high\",\n",
    "    \"require_complete\": false,\n",
    "    \"rules\": [\"IAM-033\"]\n",
    "  },\n",
    "  \"summary\": {\n",
    "    \"conclusion\": \"fail\",\n",
    "    \"exit_status\": 1,\n",
    "    \"accounts\": 1,\n",
    "    \"certificates\": 8,\n",
    "    \"vulnerable\": 8,\n",
    "    \"clear\": 0,\n",
    "    \"undetermined\": 0,\n",
    "    \"not_judged\": 0,\n",
    "    \"waived\": 0,\n",
    "    \"findings\": {\"high\": 8, \"medium\": 0, \"low\": 0},\n",
    "    \"undetermined_reasons\": {},\n",
    "    \"evidence\": {\"items\": 1, \"used\": 1, \"ignored\": 0, \"unreadable\": 0, \"skipped"
    "\": 0, \"containers\": 0}\n",
    "  },\n",
    "  \"accounts\": [\n",
    "    {\"id\": null, \"partition\": null, \"id_from\": null, \"certificates\": 8, \"coverage"
    "\": \"unknown\", \"reasons\": [\"reason \\u001b[2J with \357\277\275\"]}\n",
    "  ],\n",
    "  \"certificates\": [\n",
    "    {\"account\": null, \"partition\": null, \"name\": \"\\u001b[31mred\\u0007\\n\", \"nam"
    "e_from\": \"evidence\", \"path\": null, \"id\": null, \"arn\": null, \"tags\": null, \"ori"
    "gin\": \"iam\", \"presence\": \"unknown\", \"upload_date\": \"2014-03-31T23:59:59.5Z\", \""
    "imported_at\": null, \"expiration\": null, \"verdict\": \"vulnerable\", \"basis\": \"uploa"
    "d-date\", \"reason\": null, \"x509\": null, \"chain\": [], \"revocation\": null, \"in_use_"
    "by\": [], \"observations\": [{\"evidence\": 0, \"document\": 0, \"shape\": \"iam.list-serv"
    "er-certificates\", \"pointer\": \"/ServerCertificateMetadataList/0\", \"line\": 1, \"uploa"
    "d_date\": null}]},\n",
    "    {\"account\": null, \"partition\": null, \"name\": \"abc\342\200\256txt.exe\", \"name_"
    "from\": \"evidence\", \"path\": null, \"id\": null, \"arn\": null, \"tags\": null, \"origi"
    "n\": \"iam\", \"presence\": \"unknown\", \"upload_date\": \"2014-03-31T23:59:59.5Z\", \"im"
    "ported_at\": null, \"expiration\": null, \"verdict\": \"vulnerable\", \"basis\": \"upload-"
    "date\", \"reason\": null, \"x509\": null, \"chain\": [], \"revocation\": null, \"in_use_by"
    "\": [], \"observations\": [{\"evidence\": 0, \"document\": 0, \"shape\": \"iam.list-server"
    "-certificates\", \"pointer\": \"/ServerCertificateMetadataList/0\", \"line\": 1, \"upload_"
    "date\": null}]},\n",
    "    {\"account\": null, \"partition\": null, \"name\": \"not utf-8 \357\277\275\357\277"
    "\275(\", \"name_from\": \"evidence\", \"path\": null, \"id\": null, \"arn\": null, \"tags"
    "\": null, \"origin\": \"iam\", \"presence\": \"unknown\", \"upload_date\": \"2014-03-31T23"
    ":59:59.5Z\", \"imported_at\": null, \"expiration\": null, \"verdict\": \"vulnerable\", \"b"
    "asis\": \"upload-date\", \"reason\": null, \"x509\": null, \"chain\": [], \"revocation\": "
    "null, \"in_use_by\": [], \"observations\": [{\"evidence\": 0, \"document\": 0, \"shape\": "
    "\"iam.list-server-certificates\", \"pointer\": \"/ServerCertificateMetadataList/0\", \"lin"
    "e\": 1, \"upload_date\": null}]},\n",
    "    {\"account\": null, \"partition\": null, \"name\": \"quote \\\" ' \\\\ $(id) `\", \"na"
    "me_from\": \"evidence\", \"path\": null, \"id\": null, \"arn\": null, \"tags\": null, \"or"
    "igin\": \"iam\", \"presence\": \"unknown\", \"upload_date\": \"2014-03-31T23:59:59.5Z\", "
    "\"imported_at\": null, \"expiration\": null, \"verdict\": \"vulnerable\", \"basis\": \"upl"
    "oad-date\", \"reason\": null, \"x509\": null, \"chain\": [], \"revocation\": null, \"in_us"
    "e_by\": [], \"observations\": [{\"evidence\": 0, \"document\": 0, \"shape\": \"iam.list-se"
    "rver-certificates\", \"pointer\": \"/ServerCertificateMetadataList/0\", \"line\": 1, \"upl"
    "oad_date\": null}]},\n",
    "    {\"account\": null, \"partition\": null, \"name\": \"--no-verify-ssl\", \"name_from\":"
    " \"evidence\", \"path\": null, \"id\": null, \"arn\": null, \"tags\": null, \"origin\": \""
    "iam\", \"presence\": \"unknown\", \"upload_date\": \"2014-03-31T23:59:59.5Z\", \"imported_"
    "at\": null, \"expiration\": null, \"verdict\": \"vulnerable\", \"basis\": \"upload-date\","
    " \"reason\": null, \"x509\": null, \"chain\": [], \"revocation\": null, \"in_use_by\": [],"
    " \"observations\": [{\"evidence\": 0, \"document\": 0, \"shape\": \"iam.list-server-certif"
    "icates\", \"pointer\": \"/ServerCertificateMetadataList/0\", \"line\": 1, \"upload_date\":"
    " null}]},\n",
    "    {\"account\": null, \"partition\": null, \"name\": \"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\","
    " \"name_from\": \"evidence\", \"path\": null, \"id\": null, \"arn\": null, \"tags\": null,"
    " \"origin\": \"iam\", \"presence\": \"unknown\", \"upload_date\": \"2014-03-31T23:59:59.5Z"
    "\", \"imported_at\": null, \"expiration\": null, \"verdict\": \"vulnerable\", \"basis\": "
    "\"upload-date\", \"reason\": null, \"x509\": null, \"chain\": [], \"revocation\": null, \""
    "in_use_by\": [], \"observations\": [{\"evidence\": 0, \"document\": 0, \"shape\": \"iam.li"
    "st-server-certificates\", \"pointer\": \"/ServerCertificateMetadataList/0\", \"line\": 1, "
    "\"upload_date\": null}]},\n",
    "    {\"account\": null, \"partition\": null, \"name\": null, \"name_from\": null, \"path\""
    ": null, \"id\": null, \"arn\": null, \"tags\": null, \"origin\": \"iam\", \"presence\": \""
    "unknown\", \"upload_date\": \"2014-03-31T23:59:59.5Z\", \"imported_at\": null, \"expiratio"
    "n\": null, \"verdict\": \"vulnerable\", \"basis\": \"upload-date\", \"reason\": null, \"x5"
    "09\": null, \"chain\": [], \"revocation\": null, \"in_use_by\": [], \"observations\": [{\""
    "evidence\": 0, \"document\": 0, \"shape\": \"iam.list-server-certificates\", \"pointer\": "
    "\"/ServerCertificateMetadataList/0\", \"line\": 1, \"upload_date\": null}]},\n",
    "    {\"account\": null, \"partition\": null, \"name\": \"\", \"name_from\": \"evidence\", "
    "\"path\": null, \"id\": null, \"arn\": null, \"tags\": null, \"origin\": \"iam\", \"presen"
    "ce\": \"unknown\", \"upload_date\": \"2014-03-31T23:59:59.5Z\", \"imported_at\": null, \"e"
    "xpiration\": null, \"verdict\": \"vulnerable\", \"basis\": \"upload-date\", \"reason\": nu"
    "ll, \"x509\": null, \"chain\": [], \"revocation\": null, \"in_use_by\": [], \"observations"
    "\": [{\"evidence\": 0, \"document\": 0, \"shape\": \"iam.list-server-certificates\", \"poi"
    "nter\": \"/ServerCertificateMetadataList/0\", \"line\": 1, \"upload_date\": null}]}\n",
    "  ],\n",
    "  \"findings\": [\n",
    "    {\"rule\": \"IAM-033\", \"severity\": \"high\", \"account\": null, \"certificate\": 0,"
    " \"evidence\": null, \"message\": \"message \\u001b[31m \357\277\275\", \"state\": null, "
    "\"waiver\": null},\n",
    "    {\"rule\": \"IAM-033\", \"severity\": \"high\", \"account\": null, \"certificate\": 1,"
    " \"evidence\": null, \"message\": \"message \\u001b[31m \357\277\275\", \"state\": null, "
    "\"waiver\": null},\n",
    "    {\"rule\": \"IAM-033\", \"severity\": \"high\", \"account\": null, \"certificate\": 2,"
    " \"evidence\": null, \"message\": \"message \\u001b[31m \357\277\275\", \"state\": null, "
    "\"waiver\": null},\n",
    "    {\"rule\": \"IAM-033\", \"severity\": \"high\", \"account\": null, \"certificate\": 3,"
    " \"evidence\": null, \"message\": \"message \\u001b[31m \357\277\275\", \"state\": null, "
    "\"waiver\": null},\n",
    "    {\"rule\": \"IAM-033\", \"severity\": \"high\", \"account\": null, \"certificate\": 4,"
    " \"evidence\": null, \"message\": \"message \\u001b[31m \357\277\275\", \"state\": null, "
    "\"waiver\": null},\n",
    "    {\"rule\": \"IAM-033\", \"severity\": \"high\", \"account\": null, \"certificate\": 5,"
    " \"evidence\": null, \"message\": \"message \\u001b[31m \357\277\275\", \"state\": null, "
    "\"waiver\": null},\n",
    "    {\"rule\": \"IAM-033\", \"severity\": \"high\", \"account\": null, \"certificate\": 6,"
    " \"evidence\": null, \"message\": \"message \\u001b[31m \357\277\275\", \"state\": null, "
    "\"waiver\": null},\n",
    "    {\"rule\": \"IAM-033\", \"severity\": \"high\", \"account\": null, \"certificate\": 7,"
    " \"evidence\": null, \"message\": \"message \\u001b[31m \357\277\275\", \"state\": null, "
    "\"waiver\": null}\n",
    "  ],\n",
    "  \"evidence\": [\n",
    "    {\"path\": \"dir\\\\\\\\with\\\\x0anewline/\\\\xff\\\\xe2\\\\x80\\\\xae.json\", \"sha2"
    "56\": null, \"bytes\": 0, \"status\": \"used\", \"shape\": null, \"detail\": null}\n",
    "  ],\n",
    "  \"diagnostics\": []\n",
    "}\n",
    NULL,
};
/* clang-format on */

static void no_evidence_at_all_makes_a_whole_report(void **state)
{
    struct sample sample;

    (void)state;
    sample_init(&sample);
    sample_sum_up(&sample);
    sample_expect(&sample, "json", plain, nothing_report);
    sample_release(&sample);
}

static void an_account_without_certificates_is_listed(void **state)
{
    struct sample sample;

    (void)state;
    sample_init(&sample);
    sample_fill_empty(&sample);
    sample_expect(&sample, "json", plain, empty_report);
    sample_release(&sample);
}

static void hostile_names_are_json_strings_in_utf_8(void **state)
{
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    sample_init(&sample);
    sample_fill_hostile(&sample);
    sample_expect(&sample, "json", plain, hostile_report);
    sample_write(&sample, "json", plain, &out);
    assert_int_equal(pb_utf8_find_invalid(pb_buffer_slice(&out)), SIZE_MAX);
    pb_buffer_release(&out);
    sample_release(&sample);
}

static void every_member_stands_where_the_contract_says(void **state)
{
    struct sample sample;

    (void)state;
    sample_init(&sample);
    sample_fill(&sample);
    sample_expect(&sample, "json", plain, filled_report);
    sample_release(&sample);
}

static void options_for_people_change_nothing(void **state)
{
    struct sample sample;

    (void)state;
    sample_init(&sample);
    sample_fill(&sample);
    sample_expect(&sample, "json",
                  (struct pb_report_options){.has_color = true, .is_verbose = true}, filled_report);
    sample_release(&sample);
}

static void never_is_written_where_nothing_makes_status_1(void **state)
{
    struct sample sample;
    struct pb_buffer out;

    (void)state;
    sample_init(&sample);
    sample.parameters.has_fail_on = false;
    sample_sum_up(&sample);
    sample_write(&sample, "json", plain, &out);
    assert_non_null(strstr(out.data, "\"fail_on\": \"never\""));
    pb_buffer_release(&out);
    sample_release(&sample);
}

static void read_schema(struct pb_buffer *schema)
{
    FILE *file = fopen(SCHEMA_PATH, "rb");
    int byte;

    if (file == NULL) {
        print_message("SKIP: " SCHEMA_PATH " is not below the working directory\n");
        skip();
    }
    pb_buffer_init(schema, SIZE_MAX);
    while ((byte = fgetc(file)) != EOF)
        pb_buffer_append_byte(schema, (char)byte);
    fclose(file);
}

static void expect_word(const struct pb_buffer *schema, const char *word)
{
    struct pb_buffer quoted;

    if (word == NULL)
        return;
    pb_buffer_init(&quoted, SIZE_MAX);
    pb_buffer_append_format(&quoted, "\"%s\"", word);
    if (pb_slice_find(pb_buffer_slice(schema), pb_buffer_slice(&quoted), 0) == SIZE_MAX)
        fail_msg("the schema does not know \"%s\"", word);
    pb_buffer_release(&quoted);
}

static void every_word_of_an_enumeration_is_in_the_schema(void **state)
{
    struct pb_buffer schema;
    size_t count;

    (void)state;
    read_schema(&schema);
    for (int i = PB_ID_UNKNOWN; i <= PB_ID_FROM_CALLER_IDENTITY; i++)
        expect_word(&schema, pb_report_id_from_name((enum pb_id_from)i));
    for (int i = PB_COVERAGE_UNKNOWN; i <= PB_COVERAGE_INCOMPLETE; i++)
        expect_word(&schema, pb_report_coverage_name((enum pb_coverage)i));
    for (int i = PB_ORIGIN_IAM; i <= PB_ORIGIN_ACM; i++)
        expect_word(&schema, pb_report_origin_name((enum pb_origin)i));
    for (int i = PB_PRESENCE_UNKNOWN; i <= PB_PRESENCE_DELETED; i++)
        expect_word(&schema, pb_report_presence_name((enum pb_presence)i));
    for (int i = PB_VERDICT_NONE; i <= PB_VERDICT_UNDETERMINED; i++)
        expect_word(&schema, pb_verdict_name((enum pb_verdict)i));
    for (int i = PB_BASIS_NONE; i <= PB_BASIS_VALIDITY; i++)
        expect_word(&schema, pb_basis_name((enum pb_basis)i));
    for (int i = PB_LEVEL_LOW; i <= PB_LEVEL_HIGH; i++)
        expect_word(&schema, pb_level_name((enum pb_level)i));
    for (int i = PB_SEVERITY_NOTE; i <= PB_SEVERITY_ERROR; i++)
        expect_word(&schema, pb_severity_name((enum pb_severity)i));
    for (int i = PB_CONCLUSION_PASS; i <= PB_CONCLUSION_INCONCLUSIVE; i++)
        expect_word(&schema, pb_conclusion_name((enum pb_conclusion)i));
    for (int i = PB_ENTRY_USED; i <= PB_ENTRY_CONTAINER; i++)
        expect_word(&schema, pb_entry_status_name((enum pb_entry_status)i));
    const struct pb_rule *const *rules = pb_rules(&count);
    for (size_t i = 0; i < count; i++)
        expect_word(&schema, rules[i]->name);
    pb_buffer_release(&schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_evidence_at_all_makes_a_whole_report),
        cmocka_unit_test(hostile_names_are_json_strings_in_utf_8),
        cmocka_unit_test(an_account_without_certificates_is_listed),
        cmocka_unit_test(every_member_stands_where_the_contract_says),
        cmocka_unit_test(options_for_people_change_nothing),
        cmocka_unit_test(never_is_written_where_nothing_makes_status_1),
        cmocka_unit_test(every_word_of_an_enumeration_is_in_the_schema),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
